"""A record of recent requests, so that tests see what was really sent. Keys are cut short."""

import hashlib
import time
from collections import deque
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEPT = 5000
_SECRET = {b"authorization", b"cookie", b"sign-in-with-x", b"x-sign-in-with-x"}


class Journal:
    """ASGI middleware. Its own pages under /_sandbox/ are not recorded."""

    def __init__(self, app: ASGIApp | None = None) -> None:
        self.app = app
        self._rows: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox/"):
            await self.app(scope, receive, send)
            return
        row: dict[str, Any] = {"at": time.time(), "scope": scope, "status": None}
        digest = hashlib.sha256()
        row["digest"] = digest
        self._rows.append(row)

        async def note_receive() -> Message:
            message = await receive()
            if body := message.get("body"):
                digest.update(body)
            return message

        async def note_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                row["status"] = message["status"]
            await send(message)

        await self.app(scope, note_receive, note_send)

    def list_recent(self, limit: int) -> list[dict[str, Any]]:
        rows = list(self._rows)
        return [_show(row) for row in rows[max(0, len(rows) - limit) :]]


def _show(row: dict[str, Any]) -> dict[str, Any]:
    scope = row["scope"]
    query = scope["query_string"].decode("latin-1")
    return {
        "at": row["at"],
        "method": scope["method"],
        "path": scope["path"] + (f"?{query}" if query else ""),
        "headers": {name.decode("latin-1"): _redact(name, value) for name, value in scope["headers"]},
        "body_sha256": row["digest"].hexdigest(),
        "status": row["status"],
    }


def _redact(name: bytes, value: bytes) -> str:
    text = value.decode("latin-1")
    return f"…{text[-4:]}" if name in _SECRET else text
