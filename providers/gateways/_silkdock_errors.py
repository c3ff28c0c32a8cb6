"""What SilkDock's errors mean: the bodies of the proxy behind it, and the vendors' own inside them.

The proxy answers with ``{"error": {"message", "type", "param", "code"}}``, its web framework with ``detail``.
Sources: https://silkdock.ai/docs/api/video (read 2026-11) and LiteLLM 1.83 to 1.109 (read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from . import likeness
from .base import Step
from .errors import Busy, FileElsewhere, GatewayError, Lost, NotReady, Refused, Unavailable
from .values import FailureClass
from .wire import Reply, as_mapping, as_text, people_text, raw_text, read_json, retry_after

# kinds in ``error.type``; their status moved between releases, so the kind decides on any 4xx
_KEY_KINDS = {"auth_error", "token_not_found_in_db", "expired_key"}
_NO_MODEL_KIND = re.compile(r"_model_access_denied$")
_BUDGET = re.compile(r"(?i)budget has been exceeded|exceeded ?budget|payment required")
_NOT_READY = re.compile(r"(?i)not ready|not complete|still processing")
_UNKNOWN_MODEL = re.compile(r"(?i)invalid model name")
# a model that takes other inputs than these: what its flags say is asked for again
_ABOUT_MODE = re.compile(r"(?i)\bmode\b|not support|unsupported|input_reference|image-to-video")
_RETRY = re.compile(r"(?i)\bretry\b|try again")
_MODERATION = re.compile(r"(?i)sensitive|moderation|content.?policy|policy.?violation|safety|copyright")
_CLASS_NAME = re.compile(r"^(?:litellm\.)?[A-Za-z]+(?:Error|Exception)\s*[:-]\s*")
_ROUTING = re.compile(
    r"(?s)\s*(?:LiteLLM: model group|Received Model Group|Available Model Group|No fallback).*"
)
_PRIVATE = re.compile(r"https?://\S+|\b[0-9a-f]{32,}\b|\bsk-\S+")
LONGEST_WAIT_S = 600.0
_WRONG_ADDRESS = "There is no such page at this address; an administrator checks the account's base address."


def text_of(reply: Reply) -> str:
    """``error.message``, a text in ``error``, or ``detail``; without the proxy's own words around it."""
    return clean(_told(reply))


def is_moderation(text: str) -> bool:
    """The vendors name no kind for it, so their sentence decides."""
    return bool(_MODERATION.search(text)) or likeness.about(text) is not None


def error_of(reply: Reply, step: str) -> GatewayError | None:
    """The error that a reply to ``step`` stands for; None leaves it to HTTP.

    The kind goes before the status where releases differ on the status, else the status before the text.
    """
    found = _account_error(reply, step) if reply.status >= 400 else None
    if found is not None:
        return found
    if step == Step.SUBMIT:
        return _submit_error(reply)
    if step == Step.RESULT:
        return _result_error(reply) or _look_up_error(reply, step)
    return _look_up_error(reply, step)


def _account_error(reply: Reply, step: str) -> GatewayError | None:
    status, raw, kind = reply.status, raw_text(reply.body), _kind(reply)
    if status < 500 and (status == 402 or kind == "budget_exceeded" or _BUDGET.search(_told(reply))):
        text = "The credit of this SilkDock key is used up."
        return Refused(text, FailureClass.NO_BALANCE, status=status, raw=raw)
    if status < 500 and _NO_MODEL_KIND.search(kind) or (status == 403 and step != Step.OTHER):
        text = "This SilkDock key may not use this model."
        return Refused(text, FailureClass.INVALID_INPUT, field="model", status=status, raw=raw)
    if status in (401, 403) or (status < 500 and kind in _KEY_KINDS):
        return Refused("SilkDock rejected the key.", FailureClass.KEY_REJECTED, status=status, raw=raw)
    if status == 429 or (status == 503 and step != Step.SUBMIT):
        text = people_text(text_of(reply)) or "SilkDock is busy."
        return Busy(text, retry_after_s=_wait_s(reply), status=status, raw=raw)
    return None


def _submit_error(reply: Reply) -> GatewayError | None:
    status, raw = reply.status, raw_text(reply.body)
    if status in (404, 405) and _is_route(reply):
        return Refused(_WRONG_ADDRESS, FailureClass.PROVIDER_DOWN, status=status, raw=raw)
    if status not in (400, 409, 422):
        return None
    text = people_text(text_of(reply)) or f"SilkDock answered {status}."
    if status == 409 and _RETRY.search(text):
        return Busy(text, retry_after_s=_wait_s(reply), status=status, raw=raw)
    if _UNKNOWN_MODEL.search(text):
        text = "SilkDock does not offer this model to this key."
        return Refused(text, FailureClass.INVALID_INPUT, field="model", status=status, raw=raw)
    refused = FailureClass.MODERATION if is_moderation(text) else FailureClass.INVALID_INPUT
    field = _param(reply) or ("mode" if _ABOUT_MODE.search(text) else "")
    return Refused(text, refused, field=field, status=status, raw=raw)


def _result_error(reply: Reply) -> GatewayError | None:
    """What came where the file was asked for. Early questions were seen to be answered with 500."""
    status, raw = reply.status, raw_text(reply.body)
    if 300 <= status < 400 and reply.header("location"):
        return FileElsewhere(reply.header("location"), status=status, raw=raw)
    if status >= 400 and _NOT_READY.search(_told(reply)):
        return NotReady("SilkDock says that the clip is not ready after all.", status=status, raw=raw)
    data = reply.json_or_empty()
    url = as_text(data.get("url")) or as_text(data.get("download_url"))
    return FileElsewhere(url, status=status, raw=raw) if status < 300 and url else None


def _look_up_error(reply: Reply, step: str) -> GatewayError | None:
    if reply.status not in (404, 405):
        return None
    raw = raw_text(reply.body)
    if _is_route(reply):
        return Unavailable(_WRONG_ADDRESS, status=reply.status, raw=raw)
    if reply.status == 404 and step in (Step.POLL, Step.RESULT):
        return Lost("SilkDock does not know this job.", status=404, raw=raw)
    return None


def _told(reply: Reply) -> str:
    data = reply.json_or_empty()
    error, detail = data.get("error"), data.get("detail")
    if isinstance(error, Mapping):
        return _word(error.get("message")) or _word(error.get("code"))
    if _word(error):
        return _word(error)
    if isinstance(detail, list):
        return "; ".join(filter(None, map(_issue, detail)))
    if _word(detail) or data:
        return _word(detail)
    text = reply.body[:2000].decode("utf-8", "replace").strip()
    return "" if text[:1] in ("<", "[", "{", '"') else text[:500]


def _issue(item: object) -> str:
    """A line of a validation report: where, and what."""
    place = as_mapping(item).get("loc")
    where = ".".join(str(part) for part in place if part != "body") if isinstance(place, list) else ""
    text = as_text(as_mapping(item).get("msg"))
    return f"{where}: {text}" if where and text else text


def _word(value: object) -> str:
    """Some releases write the text ``None`` for nothing."""
    text = as_text(value)
    return "" if text == "None" else text


def _kind(reply: Reply) -> str:
    return _word(as_mapping(reply.json_or_empty().get("error")).get("type"))


def _param(reply: Reply) -> str:
    return _word(as_mapping(reply.json_or_empty().get("error")).get("param"))[:60]


def _is_route(reply: Reply) -> bool:
    """The web framework answers, not the proxy: the address is wrong, whatever the job."""
    data = reply.json_or_empty()
    return "detail" in data and "error" not in data


def clean(text: str) -> str:
    """The vendor's sentence without class names, routing notes, addresses and keys around it."""
    text = _ROUTING.sub("", text).strip()
    while (found := _CLASS_NAME.match(text)) is not None:
        text = text[found.end() :].strip()
    if text.startswith("{"):
        try:
            inner = read_json(text)
        except ValueError:
            inner = {}
        error = as_mapping(as_mapping(inner).get("error"))
        text = as_text(error.get("message")) or as_text(as_mapping(inner).get("message")) or text
    return _PRIVATE.sub("…", text)


def _wait_s(reply: Reply) -> float | None:
    """Its own wait, or the vendor's, which arrives under another name."""
    told = reply.header("retry-after") or reply.header("llm_provider-retry-after")
    wait_s = retry_after(replace(reply, headers={**reply.headers, "retry-after": told}))
    return None if wait_s is None else min(wait_s, LONGEST_WAIT_S)
