"""Send what an adapter builds, and turn what comes back into its values or one of our errors.

``GatewayClient`` is for the workers (one fresh connection a call: a stale keep-alive must not make a
false *uncertain*), ``AsyncGatewayClient`` for the sweep. Both read at most 1 MiB of a JSON answer and
only the head of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import reduce
from posixpath import normpath
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from httpx_aiohttp import AiohttpTransport

from ._tls import trusted
from .base import Candidate, DiscoveredModel, Gateway, Step
from .capabilities import Capabilities
from .errors import (
    Ambiguous,
    BadReply,
    FetchRefused,
    FileElsewhere,
    GatewayError,
    NotReady,
    Refused,
    Unavailable,
    Unreachable,
)
from .values import ConsentNeeded, Job, KeyCheck, Registered, Result, Standing, VideoRequest
from .wire import JSON_CAP_BYTES, FilePart, Reply, WireRequest, looks_like_mp4, raw_text, redact

USER_AGENT = "VideoStudio/0.1"
BALANCE_CALLS = 4
FIND_PAGES = 10  # a thousand jobs newer than the one that is looked for
DISCOVER_PAGES = 20
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


def _differs(first: Mapping[str, Any], again: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in again.items() if first.get(name) != value}


class GatewayClient:
    """The blocking client of the workers.

    ``standing`` is what its answers have told of the key so far; ``sent_again`` holds the fields that a
    second request of a submit said otherwise, where the first was refused for want of them.

    :param transport: an ``httpx.MockTransport`` in unit tests.
    :param hear: called with what an answer tells of the key; never for a submit, whose job id has to be
        saved before anything else.
    """

    def __init__(
        self,
        gateway: Gateway,
        base_url: str,
        key: str,
        transport: httpx.BaseTransport | None = None,
        hear: Callable[[Standing], None] | None = None,
    ) -> None:
        self.gateway = gateway
        self.base_url = base_url
        self.standing: Standing | None = None
        self.sent_again: dict[str, Any] = {}
        self._key = key
        self._transport = transport
        self._hear = hear

    def submit(self, request: VideoRequest, caps: Capabilities) -> Job | ConsentNeeded:
        """Send one paid request, once; where a refusal says what it misses, once more with that.

        :raises NothingMade: it is certain that no job exists.
        :raises Ambiguous: a job may exist and may be billed.
        :raises Unsupported: nothing was sent; the request or the model does not allow it.
        """
        self.gateway.refuse(request, caps)
        wire = self.gateway.build_submit(request, caps)
        with hidden_key(self._key):
            try:
                reply = self._ask(wire, Step.SUBMIT)
            except Refused as error:
                again = self.gateway.build_second_submit(error, request, caps)
                if again is None:
                    raise
                self.sent_again = _differs(wire.json or {}, again.json or {})
                reply = self._ask(again, Step.SUBMIT)
            return self.gateway.parse_submit(reply, request)

    def poll(self, job: Job) -> Job:
        with hidden_key(self._key):
            reply = self._ask(self.gateway.build_poll(job), Step.POLL)
            return self.gateway.parse_poll(reply, job)

    def fresh_link(self, job: Job) -> Result | None:
        """A new address of the finished file, or None where the gateway has no such call."""
        with hidden_key(self._key):
            wire = self.gateway.build_fresh_link(job)
            if wire is None:
                return None
            return self.gateway.parse_fresh_link(self._ask(wire, Step.RESULT), job)

    def checked_url(self, url: str) -> str:
        """``url``, if this gateway keeps results there; to be asked before a link is opened.

        :raises FetchRefused: a reply named an address somewhere else.
        """
        if not self.gateway.accepts_url(url, self.base_url):
            raise FetchRefused(f"{self.gateway.label} named a result address outside its own hosts.")
        return url

    @contextmanager
    def result_bytes(self, job: Job) -> Iterator[httpx.Response]:
        """The open stream of a file that the gateway sends itself (``ResultKind.BYTES``).

        The caller checks the status with ``raise_for_result`` and reads it in chunks.
        """
        with hidden_key(self._key), self._client(Step.RESULT) as client:
            wire = self.gateway.build_bytes(job)
            wire = replace(wire, headers={**wire.headers, "Accept-Encoding": "identity"})
            response = client.send(self._build(client, wire), stream=True)
            self._note(_reply(response, b""), Step.RESULT)
            try:
                yield response
            finally:
                response.close()

    def raise_for_result(self, response: httpx.Response) -> None:
        """:raises GatewayError: when an open result stream is no file: no 2xx, or JSON."""
        if response.is_success and "json" not in response.headers.get("content-type", ""):
            return
        with hidden_key(self._key), _whole_address(response):
            reply = read_reply(response)
            if reply.is_video:  # whatever its label says; the stream is read up, so it is asked for again
                raise Unavailable(f"{self.gateway.label} labelled the file as JSON.")
            if not response.is_success:
                raise self.gateway.error_of(reply, Step.RESULT)
            raise self.gateway.specific_error(reply, Step.RESULT) or NotReady(
                "The gateway says that the file is not ready after all.", raw=raw_text(reply.body)
            )

    def after_store(self, job: Job) -> None:
        """Tell the gateway that the file is safe here; what it answers changes nothing."""
        with hidden_key(self._key):
            wire = self.gateway.build_after_store(job)
            if wire is None:
                return
            if wire.absolute and not (self.gateway.result_hosts and self.checked_url(wire.absolute)):
                return
            self._send(wire, Step.OTHER)

    def quote(self, request: VideoRequest, caps: Capabilities, within_s: float | None = None) -> Decimal:
        """:param within_s: about how long the gateway may take, where a page waits for it."""
        with hidden_key(self._key):
            wire = self.gateway.build_quote(request, caps)
            if within_s is not None:
                read, connect = min(wire.read_timeout_s, within_s), min(wire.connect_timeout_s, within_s)
                wire = replace(wire, read_timeout_s=read, connect_timeout_s=connect)
            return self.gateway.parse_quote(self._ask(wire, Step.QUOTE))

    def cost(self, job: Job) -> Decimal | None:
        """US dollars that the gateway booked for a finished job; None while it has not."""
        with hidden_key(self._key):
            return self.gateway.parse_cost(self._ask(self.gateway.build_cost(job), Step.COST))

    def make_group(self, name: str) -> str:
        """The id of a place for one file.

        :raises NothingMade: it is certain that none was made.
        :raises Ambiguous: one may have been made.
        """
        with hidden_key(self._key):
            return self.gateway.parse_group(self._ask(self.gateway.build_group(name), Step.SUBMIT))

    def register(self, name: str, group: str, file: FilePart) -> Registered:
        """Give the gateway a file to keep, once.

        :raises NothingMade, Ambiguous: as ``make_group``.
        """
        with hidden_key(self._key):
            wire = self.gateway.build_register(name, group, file)
            return self.gateway.parse_register(self._ask(wire, Step.SUBMIT))

    def look(self, registered_id: str) -> Registered:
        """How a registered file stands.

        :raises Lost: the gateway does not know it.
        """
        with hidden_key(self._key):
            reply = self._ask(self.gateway.build_look(registered_id), Step.RESULT)
            return self.gateway.parse_look(reply, registered_id)

    def check_key(self) -> KeyCheck:
        with hidden_key(self._key):
            found = self.gateway.parse_check_key(self._ask(self.gateway.build_check_key(), Step.OTHER))
            found = self._with_balance(found)
        return replace(found, message=redact(found.message, self._key))

    def _with_balance(self, found: KeyCheck) -> KeyCheck:
        """A balance that cannot be read says nothing against the key."""
        try:
            told = self._balance()
        except GatewayError:
            return replace(found, message=f"{found.message} Its balance could not be read.")
        parts = [part for part in (self.standing, found.standing, told) if part is not None]
        return replace(found, standing=reduce(Standing.then, parts) if parts else None)

    def _balance(self) -> Standing | None:
        replies: list[Reply] = []
        for _ in range(BALANCE_CALLS):
            wire = self.gateway.build_balance(replies)
            if wire is None:
                break
            replies.append(self._ask(wire, Step.BALANCE))
        return self.gateway.parse_balance(replies)

    def find(self, since: datetime) -> list[Candidate]:
        """The gateway's own list of jobs, at least back to ``since`` unless it is very long."""
        found: list[Candidate] = []
        with hidden_key(self._key):
            wire: WireRequest | None = self.gateway.build_find(since)
            for _ in range(FIND_PAGES):
                if wire is None:
                    break
                reply = self._ask(wire, Step.OTHER)
                found += self.gateway.parse_find(reply)
                wire = self.gateway.build_find_more(reply, since)
        return found

    def discover(self) -> Sequence[DiscoveredModel]:
        """Every page of the gateway's list of models.

        :raises BadReply: it has no end; what is missing from a part of it would count as gone.
        """
        found: list[DiscoveredModel] = []
        with hidden_key(self._key):
            wire = self.gateway.build_discover()
            for page in range(1, DISCOVER_PAGES + 1):
                reply = self._ask(wire, Step.OTHER)
                found += self.gateway.parse_discover(reply)
                more = self.gateway.build_discover_more(reply, page)
                if more is None:
                    return found
                wire = more
        raise BadReply(f"The list of models of {self.gateway.label} has no end.")

    def _ask(self, wire: WireRequest, step: str) -> Reply:
        return _answered(self.gateway, self._send(wire, step), step)

    def _send(self, wire: WireRequest, step: str) -> Reply:
        with self._client(step) as client:
            response = client.send(self._build(client, wire), stream=True)
            try:
                return self._note(read_reply(response), step)
            finally:
                response.close()

    def _note(self, reply: Reply, step: str) -> Reply:
        told = self.gateway.standing_of(reply, step)
        if told is not None:
            self.standing = (self.standing or Standing()).then(told)
            if self._hear is not None and step != Step.SUBMIT:
                self._hear(told)
        return reply

    @contextmanager
    def _client(self, step: str) -> Iterator[httpx.Client]:
        with (
            transport_errors(step, self.gateway.label),
            httpx.Client(
                transport=self._transport, verify=trusted(), follow_redirects=False, trust_env=False
            ) as client,
        ):
            yield client

    def _build(self, client: httpx.Client, wire: WireRequest) -> httpx.Request:
        return client.build_request(**build_httpx(self.base_url, self.gateway, self._key, wire))


def _answered(gateway: Gateway, reply: Reply, step: str) -> Reply:
    """:raises GatewayError: what the gateway's error table makes of any other reply than an answer."""
    if not 200 <= reply.status < 300 and not gateway.is_answer(reply, step):
        raise gateway.error_of(reply, step)
    return reply


@contextmanager
def _whole_address(response: httpx.Response) -> Iterator[None]:
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
            return _reply(response, body[:_HEAD_BYTES], is_video=True)
        if len(body) > JSON_CAP_BYTES:
            break
    return _reply(response, body[:JSON_CAP_BYTES])


async def read_reply_async(response: httpx.Response) -> Reply:
    """As ``read_reply``, for the sweep."""
    body = b""
    async for chunk in response.aiter_bytes(65536):
        body += chunk
        if len(body) >= _HEAD_BYTES and _is_file(response, body):
            return _reply(response, body[:_HEAD_BYTES], is_video=True)
        if len(body) > JSON_CAP_BYTES:
            break
    return _reply(response, body[:JSON_CAP_BYTES])


def _is_file(response: httpx.Response, head: bytes) -> bool:
    """By what the bytes say: the label may be octet-stream for a file, or video for JSON."""
    return response.is_success and looks_like_mp4(head)


def _reply(response: httpx.Response, body: bytes, *, is_video: bool = False) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status=response.status_code, headers=headers, body=body, is_video=is_video)


class AsyncGatewayClient:
    """The sweep's client: one per account, with its own small pool.

    Runs on the ``httpx-aiohttp`` transport, which keeps its speed with many connections, and talks to it
    directly: a poll has no cookies, redirects or sign-in, and an ``AsyncClient`` in between would cost a
    third of the sweep's CPU.
    """

    def __init__(
        self,
        gateway: Gateway,
        base_url: str,
        key: str,
        *,
        connections: int = 12,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.gateway = gateway
        self.base_url = base_url
        self.standing: Standing | None = None
        self._key = key
        limits = httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=30
        )
        self._transport = transport or AiohttpTransport(verify=trusted(), limits=limits, trust_env=False)

    async def poll(self, job: Job) -> Job:
        with hidden_key(self._key):
            reply = await self._ask(self.gateway.build_poll(job), Step.POLL)
            return self.gateway.parse_poll(reply, job)

    async def find(self, since: datetime) -> list[Candidate]:
        """As ``GatewayClient.find``."""
        found: list[Candidate] = []
        with hidden_key(self._key):
            wire: WireRequest | None = self.gateway.build_find(since)
            for _ in range(FIND_PAGES):
                if wire is None:
                    break
                reply = await self._ask(wire, Step.OTHER)
                found += self.gateway.parse_find(reply)
                wire = self.gateway.build_find_more(reply, since)
        return found

    async def close(self) -> None:
        await self._transport.aclose()

    async def _ask(self, wire: WireRequest, step: str) -> Reply:
        return _answered(self.gateway, await self._send(wire, step), step)

    async def _send(self, wire: WireRequest, step: str) -> Reply:
        with transport_errors(step, self.gateway.label):
            response = await self._transport.handle_async_request(self._build(wire))
            try:
                reply = await read_reply_async(response)
            finally:
                await response.aclose()
        told = self.gateway.standing_of(reply, step)
        if told is not None:
            self.standing = (self.standing or Standing()).then(told)
        return reply

    def _build(self, wire: WireRequest) -> httpx.Request:
        asked = build_httpx(self.base_url, self.gateway, self._key, wire)
        asked["headers"].setdefault("Accept-Encoding", "gzip, deflate")
        return httpx.Request(extensions={"timeout": asked.pop("timeout").as_dict()}, **asked)
