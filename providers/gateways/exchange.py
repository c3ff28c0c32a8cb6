"""What both clients do alike: an HTTP request out of what an adapter built, a ``Reply`` out of the response,
and our errors out of whatever goes wrong in between.

At most 1 MiB of a JSON answer is read, and only the head of a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from posixpath import normpath
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from .base import Gateway, Step
from .errors import Ambiguous, FileElsewhere, GatewayError, Unavailable, Unreachable
from .wire import JSON_CAP_BYTES, Reply, WireRequest, looks_like_mp4, redact

USER_AGENT = "VideoStudio/0.1"
_HEAD_BYTES = 16


def build_httpx(base_url: str, gateway: Gateway, key: str, wire: WireRequest) -> dict[str, Any]:
    """Keyword arguments for ``httpx.Client.build_request``; the key goes only to the account's base."""
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **wire.headers}
    if key and not (wire.absolute or wire.keyless):
        headers[gateway.auth_header] = gateway.auth_prefix + key
    timeout = httpx.Timeout(wire.read_timeout_s, connect=wire.connect_timeout_s, write=60.0, pool=15.0)
    return {
        "method": wire.method,
        "url": wire.absolute or _address(base_url, wire),
        "params": dict(wire.query) or None,
        **_body(wire),
        "headers": headers,
        "timeout": timeout,
    }


def _address(base_url: str, wire: WireRequest) -> str:
    """Only a path that an adapter says so of may climb, and with a key only on the same host: a job's id
    never leads anywhere else."""
    base, path = base_url.rstrip("/") + "/", wire.path.lstrip("/")
    if wire.climbs:
        return urlunsplit(urlsplit(base)._replace(path=normpath(urlsplit(base).path + path)))
    return urljoin(base, path) if wire.keyless else base + path


def _body(wire: WireRequest) -> dict[str, Any]:
    if not wire.files:
        return {"json": wire.json}
    files = {name: (part.name, part.content, part.mime) for name, part in wire.files.items()}
    return {"data": dict(wire.form), "files": files}


@contextmanager
def transport_errors(step: str, label: str) -> Iterator[None]:
    """Lower errors become ours, in this one place.

    Only a connection that was never made proves that nothing was sent.
    """
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unreachable(f"{label} cannot be reached.", raw=type(error).__name__) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise Unreachable(f"The address of {label} is not valid.", raw=str(error)) from error
    except (httpx.HTTPError, httpx.StreamError, RuntimeError) as error:
        message = f"The connection to {label} broke before its answer was known."
        kind = Ambiguous if step == Step.SUBMIT else Unavailable
        raise kind(message, raw=type(error).__name__) from error


@contextmanager
def hidden_key(key: str) -> Iterator[None]:
    """An error that quotes the key loses it on the way out, and so does whatever it was raised from: a
    log prints the whole chain. Every call of a client runs inside."""
    try:
        yield
    except Exception as error:
        _hide(error, key)
        raise


def _hide(error: BaseException | None, key: str) -> None:
    while error is not None:
        if isinstance(error, GatewayError):
            error.message, error.raw = redact(error.message, key), redact(error.raw, key)
            error.args = (error.message,)
        else:
            error.args = tuple(_without(value, key) for value in error.args)
        error = error.__cause__ or error.__context__


def _without(value: Any, key: str) -> Any:
    """An argument of an error: as it is, unless it shows the key."""
    return redact(str(value), key) if key and key in str(value) else value


def answered(gateway: Gateway, reply: Reply, step: str) -> Reply:
    """:raises GatewayError: what the gateway's error table makes of any other reply than an answer."""
    if not 200 <= reply.status < 300 and not gateway.is_answer(reply, step):
        raise gateway.error_of(reply, step)
    return reply


@contextmanager
def whole_address(response: httpx.Response) -> Iterator[None]:
    try:
        yield
    except FileElsewhere as error:
        error.url = urljoin(str(response.url), error.url)
        raise


def read_reply(response: httpx.Response) -> Reply:
    """Up to 1 MiB of an open response, or the first bytes of a file."""
    body = b""
    for chunk in response.iter_bytes(65536):
        body += chunk
        if len(body) >= _HEAD_BYTES and _is_file(response, body):
            return reply_of(response, body[:_HEAD_BYTES], is_video=True)
        if len(body) > JSON_CAP_BYTES:
            break
    return reply_of(response, body[:JSON_CAP_BYTES])


async def read_reply_async(response: httpx.Response) -> Reply:
    """As ``read_reply``, for the sweep."""
    body = b""
    async for chunk in response.aiter_bytes(65536):
        body += chunk
        if len(body) >= _HEAD_BYTES and _is_file(response, body):
            return reply_of(response, body[:_HEAD_BYTES], is_video=True)
        if len(body) > JSON_CAP_BYTES:
            break
    return reply_of(response, body[:JSON_CAP_BYTES])


def _is_file(response: httpx.Response, head: bytes) -> bool:
    """By what the bytes say: the label may be octet-stream for a file, or video for JSON."""
    return response.is_success and looks_like_mp4(head)


def reply_of(response: httpx.Response, body: bytes, *, is_video: bool = False) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status=response.status_code, headers=headers, body=body, is_video=is_video)
