"""Send what an adapter builds, and turn what comes back into its values or one of our errors.

``GatewayClient`` is for the workers (one fresh connection a call: a stale keep-alive must not make a
false *uncertain*), ``AsyncGatewayClient`` for the sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any, TypeVar

import httpx
from httpx_aiohttp import AiohttpTransport

from ._tls import trusted
from .base import DiscoveredModel, Gateway, Step
from .capabilities import Capabilities
from .errors import BadReply, FetchRefused, GatewayError, NotReady, Refused, Unavailable
from .exchange import (
    answered,
    build_httpx,
    hidden_key,
    read_reply,
    read_reply_async,
    reply_of,
    transport_errors,
    whole_address,
)
from .job_list import Candidate
from .values import ConsentNeeded, Job, KeyCheck, Result, Standing, VideoRequest
from .wire import Reply, WireRequest, raw_text, redact

T = TypeVar("T")
BALANCE_CALLS = 4
FIND_PAGES = 10  # a thousand jobs newer than the one that is looked for
DISCOVER_PAGES = 20


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
            self._note(reply_of(response, b""), Step.RESULT)
            try:
                yield response
            finally:
                response.close()

    def raise_for_result(self, response: httpx.Response) -> None:
        """:raises GatewayError: when an open result stream is no file: no 2xx, or JSON."""
        if response.is_success and "json" not in response.headers.get("content-type", ""):
            return
        with hidden_key(self._key), whole_address(response):
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
        bill = self.gateway.bill
        return None if bill is None else self.ask(bill.build(job), Step.COST, bill.read)

    def ask(self, wire: WireRequest, step: str, read: Callable[[Reply], T]) -> T:
        """One call of a part of the adapter that stands for itself, such as its registrar.

        :raises GatewayError: also what ``read`` raises.
        """
        with hidden_key(self._key):
            return read(self._ask(wire, step))

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
        return answered(self.gateway, self._send(wire, step), step)

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
        """The gateway's own list of jobs, at least back to ``since`` unless it is very long; nothing where
        it has none."""
        found: list[Candidate] = []
        jobs = self.gateway.job_list
        if jobs is None:
            return found
        with hidden_key(self._key):
            wire: WireRequest | None = jobs.build(since)
            for _ in range(FIND_PAGES):
                if wire is None:
                    break
                reply = await self._ask(wire, Step.OTHER)
                found += jobs.read(reply)
                wire = jobs.build_more(reply, since)
        return found

    async def close(self) -> None:
        await self._transport.aclose()

    async def _ask(self, wire: WireRequest, step: str) -> Reply:
        return answered(self.gateway, await self._send(wire, step), step)

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
