"""Token360's reference assets: groups, pictures in them, and their states.

Source: https://token360.ai/en-US/docs/models/virtual-portrait (read 2026-09). Every answer is an envelope
whose `code` tells the outcome; a failure may come with HTTP 200. There is no prompt here: the faults that are
switched on for all jobs script it.
"""

import json
import secrets
import time
from pathlib import Path
from typing import Any

from starlette.responses import Response

from providers.sandbox.forms import BadForm, read_form
from providers.sandbox.keys import name_key
from providers.sandbox.media import PICTURE, BadMedia, Media, look_at
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.wire import Hangup, Json, NotJson, TooLarge, parse_object, read_body

SCHEME = "asset://"
MODELS = ("seedance-2.0", "seedance-2.0-fast")
_KINDS = ("VIRTUAL_PORTRAIT", "REAL_FACE")
_MOST_BYTES = 30_000_000
_BODY_BYTES = 64_000


class Assets:
    """Kept on disk, so that a restart forgets none."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.folder: Path = sandbox.settings.data_dir / "token360-assets"
        self.folder.mkdir(parents=True, exist_ok=True)

    def find_media(self, url: str, kind: str, key: str, model: str) -> Media:
        """The picture behind `asset://ta_…`. Raises BadMedia."""
        if model not in MODELS:
            raise BadMedia("this model takes no assets")
        facts = self._read(url.removeprefix(SCHEME))
        if facts is None or "group" not in facts or facts["key"] != name_key(key):
            raise BadMedia("asset does not exist")
        if self._state(facts) != "active":
            raise BadMedia("asset is not active")
        if kind != PICTURE:
            raise BadMedia("asset is no such media")
        return look_at(url, (self.folder / f"{facts['id']}.bin").read_bytes(), kind)

    async def add_group(self, call: Any) -> Response:
        try:
            body = await parse_object(await read_body(call.request, _BODY_BYTES))
        except (NotJson, TooLarge):
            return _envelope(call, 400, "invalid body")
        name, kind = body.get("name"), body.get("groupKind")
        if set(body) != {"name", "groupKind"} or not isinstance(name, str) or kind not in _KINDS:
            return _envelope(call, 400, "name and groupKind are required")
        group = {"id": f"ag_{secrets.token_hex(8)}", "key": name_key(call.key), "kind": kind}
        self._write(group)
        return _envelope(call, 0, "success", {"groupId": group["id"], "groupKind": kind, "name": name})

    async def add(self, call: Any) -> Response:
        """The picture is kept before anyone hears of it."""
        words = frozenset(self.sandbox.settings.faults)
        try:
            body = await read_body(call.request, _MOST_BYTES)
            parts = read_form(body, call.request.headers.get("content-type", ""))
        except (BadForm, TooLarge) as error:
            return _envelope(call, 400, str(error) or "file is too large")
        told = {part.name: part for part in parts}
        if set(told) != {"file", "name", "groupId"} or not (told["file"].mime and told["name"].text):
            return _envelope(call, 400, "file, name and groupId are required")
        group, data = self._read(told["groupId"].text), told["file"].content
        if group is None or group["key"] != name_key(call.key) or group["kind"] != "VIRTUAL_PORTRAIT":
            return _envelope(call, 404, "asset group not found")
        if "portrait code" in words:
            return _envelope(call, 40013, "asset validation failed: no portrait found")
        if "no job" in words:
            return Hangup()
        try:
            look_at("", data, PICTURE)
        except BadMedia as error:
            return _envelope(call, 400, f"asset validation failed: {error}")
        asset = self._keep(call, data, group["id"], words)
        if "lost answer" in words:
            return Hangup()
        return _envelope(call, 0, "success", {"assetId": asset["id"], "status": self._state(asset)})

    def _keep(self, call: Any, data: bytes, group: str, words: frozenset[str]) -> dict[str, Any]:
        asset = {
            "id": f"ta_{secrets.token_hex(16)}", "key": name_key(call.key), "group": group,
            "ready_at": time.time() + self.sandbox.settings.job_s,
            "end": next((end for end in ("rejected", "stuck") if f"portrait {end}" in words), "active"),
        }  # fmt: skip
        (self.folder / f"{asset['id']}.bin").write_bytes(data)
        self._write(asset)
        return asset

    async def answer(self, call: Any) -> Response:
        facts = self._read(call.request.path_params["id"])
        if facts is None or "group" not in facts or facts["key"] != name_key(call.key):
            return _envelope(call, 404, "asset not found")
        state = self._state(facts)
        told = {"assetId": facts["id"], "groupId": facts["group"], "status": state}
        if state == "rejected":
            told["reason"] = "The picture shows no single portrait."
        return _envelope(call, 0, "success", told)

    def _state(self, facts: dict[str, Any]) -> str:
        if facts["end"] == "stuck" or time.time() < facts["ready_at"]:
            return "processing"
        return str(facts["end"])

    def _write(self, facts: dict[str, Any]) -> None:
        (self.folder / f"{facts['id']}.json").write_text(json.dumps(facts), encoding="utf-8")

    def _read(self, name: str) -> dict[str, Any] | None:
        if not name.replace("_", "").isalnum() or not name.isascii() or len(name) > 80:
            return None
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _envelope(call: Any, code: int, message: str, data: Any = None) -> Response:
    """Ours fail with HTTP 200, the odder of the two ways."""
    return Json({"code": code, "msg": message, "data": data, "traceId": call.id}, headers=call.headers)
