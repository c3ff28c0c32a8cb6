"""Token360's reference assets: a picture is registered once and then named, ``asset://ta_…``.

Sources: https://token360.ai/en-US/docs/models/virtual-portrait and a published client (read 2026-09). The
pages name the calls, the states and the envelope; how the fields of ``data`` are called is from the client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .errors import Ambiguous, Busy, GatewayError, Lost, Refused
from .values import FailureClass, Registered, RegisteredState
from .wire import FilePart, Reply, WireRequest, as_mapping, as_text, people_text, raw_text, retry_after

KIND = "VIRTUAL_PORTRAIT"  # ready at once; REAL_FACE wants the person at a page that lives for 120 s
_SUCCESS = (0, 200, "0", "200")
_ID = re.compile(r"ta_\w{1,100}")
_GROUP = re.compile(r"[\w.:-]{1,200}")
_STATES = {
    "active": RegisteredState.ACTIVE,
    "processing": RegisteredState.PROCESSING,
    "pending": RegisteredState.PROCESSING,
    "queued": RegisteredState.PROCESSING,
    "failed": RegisteredState.FAILED,
    "rejected": RegisteredState.REJECTED,
    "inactive": RegisteredState.INACTIVE,
    "disabled": RegisteredState.INACTIVE,
}
_STATE_NAMES = ("status", "assetStatus", "state")
_REASONS = ("reason", "message", "error")
_CODES = {
    "401": FailureClass.KEY_REJECTED,
    "402": FailureClass.NO_BALANCE,
    "403": FailureClass.KEY_REJECTED,
}


class ReferenceAssets:
    """A ``Registrar``; the answers of its calls have an envelope of their own."""

    def build_group(self, name: str) -> WireRequest:
        return WireRequest("POST", "/asset-groups", json={"name": name, "groupKind": KIND})

    def parse_group(self, reply: Reply) -> str:
        data = _data(reply, making=True)
        for name in ("groupId", "assetGroupId", "id"):
            if _GROUP.fullmatch(found := str(data.get(name) or "")):
                return found
        raise Ambiguous("Token360 named no asset group.", status=reply.status, raw=raw_text(reply.body))

    def build_register(self, name: str, group: str, file: FilePart) -> WireRequest:
        form = {"name": name, "groupId": group}
        return WireRequest("POST", "/assets", form=form, files={"file": file}, read_timeout_s=60.0)

    def parse_register(self, reply: Reply) -> Registered:
        data = _data(reply, making=True)
        for name in ("assetId", "token360AssetId", "id"):
            if _ID.fullmatch(found := as_text(data.get(name))):
                return Registered(found, _state(data) or RegisteredState.PROCESSING)
        raise Ambiguous("Token360 named no asset.", status=reply.status, raw=raw_text(reply.body))

    def build_look(self, registered_id: str) -> WireRequest:
        return WireRequest("GET", f"/assets/{quote(registered_id, safe='')}")

    def parse_look(self, reply: Reply, registered_id: str) -> Registered:
        """An unknown word counts as *processing*: it is asked again."""
        data = _data(reply, making=False)
        reason = next((as_text(data.get(name)) for name in _REASONS if data.get(name)), "")
        state = _state(data) or RegisteredState.PROCESSING
        return Registered(registered_id, state, people_text(reason))

    def address_of(self, registered_id: str) -> str:
        return f"asset://{registered_id}"


def _state(data: Mapping[str, Any]) -> RegisteredState | None:
    word = next((as_text(data.get(name)) for name in _STATE_NAMES if data.get(name)), "")
    return _STATES.get(word.strip().lower())


def _data(reply: Reply, *, making: bool) -> Mapping[str, Any]:
    """What is inside the envelope, whose ``code`` may tell a failure under HTTP 200.

    :raises GatewayError:
    """
    try:
        body = reply.json()
    except GatewayError as error:
        if making:
            raise Ambiguous(error.message, status=reply.status, raw=error.raw) from error
        raise
    code = body.get("code", 0)
    if code not in _SUCCESS or isinstance(code, bool) or body.get("success") is False:
        raise _failed(reply, str(code), as_text(body.get("msg")) or as_text(body.get("message")), making)
    return as_mapping(body.get("data")) or body


def _failed(reply: Reply, code: str, message: str, making: bool) -> GatewayError:
    text, raw = people_text(message) or f"Token360 answered with code {code[:40]}.", raw_text(reply.body)
    if code == "429":
        return Busy(text, retry_after_s=retry_after(reply), status=reply.status, raw=raw)
    if code == "404" and not making:
        return Lost(text, status=reply.status, raw=raw)
    if re.fullmatch(r"5\d\d", code) and making:
        return Ambiguous(text, status=reply.status, raw=raw)
    if re.fullmatch(r"5\d\d", code):
        return Busy(text, retry_after_s=retry_after(reply), status=reply.status, raw=raw)
    kind = _CODES.get(code, FailureClass.INVALID_INPUT)
    return Refused(text, kind, status=reply.status, raw=raw)
