"""Reading requests and giving the answers that no well-behaved server gives."""

import asyncio
import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

TRANSPORT = "sandbox.transport"  # put into the scope by server.py
_HEARD_OUT_BYTES = 100 << 20
_PROXY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


class TooLarge(Exception):
    """The body is over the gateway's limit."""


class NotJson(Exception):
    """The body is no JSON object."""


async def read_body(request: Request, limit: int) -> bytes:
    """Raises TooLarge, but hears the body out: a caller still sending would see a reset, not the answer."""
    body, length = bytearray(), 0
    async for chunk in request.stream():
        length += len(chunk)
        if length <= limit:
            body += chunk
        elif length > limit + _HEARD_OUT_BYTES:
            break
    if length > limit:
        raise TooLarge
    return bytes(body)


async def parse_object(body: bytes) -> dict[str, Any]:
    """Raises NotJson. Large bodies are parsed beside the loop, so that polls go on."""
    try:
        value = json.loads(body) if len(body) < 100_000 else await asyncio.to_thread(json.loads, body)
    except (ValueError, RecursionError) as error:
        raise NotJson from error
    if not isinstance(value, dict):
        raise NotJson
    return value


def hash_body(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class Json(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


class Hangup(Response):
    """Closes the connection without one byte of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT].abort()
        await wait_for_disconnect(receive)


async def wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def proxy_text(status: int) -> str:
    return _PROXY_PAGE.format("502 Bad Gateway" if status == 502 else "Just a moment...")


def proxy_page(status: int) -> Response:
    return HTMLResponse(proxy_text(status), status)


def broken_json() -> Response:
    return Response(b'{"id":"vid_', media_type="application/json")
