"""Ask the gateways about many takes at once, never with more connections than an account allows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from generations.models import Status
from providers import former_keys
from providers.accounts import async_client_for
from providers.gateways.client import AsyncGatewayClient
from providers.gateways.errors import GatewayError, Unavailable
from providers.gateways.job_list import Candidate
from providers.gateways.values import Job, Standing
from providers.models import FormerKey, ProviderAccount

from .reconcile import CLOCK_SKEW_S
from .tickets import Ticket

logger = logging.getLogger(__name__)

PER_ACCOUNT = 12
IN_ALL = 120

Answer = Job | list[Candidate] | GatewayError


@dataclass(slots=True)
class Asked:
    """A ticket, what came back for it, and what the answers so far have told of the account's present key."""

    ticket: Ticket
    answer: Answer
    standing: Standing | None = None


@dataclass
class _Line:
    """The client of one key of an account; made anew when the key or the address changes."""

    client: AsyncGatewayClient
    made_for: tuple[str, str]
    places: asyncio.Semaphore


class Poller:
    def __init__(self) -> None:
        self._lines: dict[tuple[UUID, int], _Line] = {}
        self._retired: list[_Line] = []
        self._places: dict[UUID, asyncio.Semaphore] = {}
        self._all = asyncio.Semaphore(IN_ALL)
        self._running: set[asyncio.Task[None]] = set()
        self._done: list[Asked] = []
        self._count = 0

    def start(
        self,
        due: Sequence[Ticket],
        accounts: Mapping[UUID, ProviderAccount],
        former: former_keys.ByJob | None = None,
    ) -> None:
        """:param former: keys that made jobs and have been replaced since."""
        for ticket in due:
            account = accounts[ticket.account_id]
            made_by = former_keys.among(former or {}, account, ticket.key_no)
            task = asyncio.create_task(self._ask(ticket, account, made_by))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def take_done(self) -> list[Asked]:
        done, self._done = self._done, []
        return done

    def take_count(self) -> int:
        count, self._count = self._count, 0
        return count

    async def drain(self, seconds: float) -> None:
        """Let what is under way come back; what does not is due again by its own row."""
        if self._running:
            _done, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()

    async def close(self) -> None:
        for line in (*self._lines.values(), *self._retired):
            await line.client.close()
        self._lines, self._retired = {}, []

    async def _ask(self, ticket: Ticket, account: ProviderAccount, made_by: FormerKey | None) -> None:
        line: _Line | None = None
        try:
            line = self._line(account, made_by)
            async with line.places, self._all:
                answer: Answer = await self._request(line.client, ticket)
        except GatewayError as error:
            answer = error
        except Exception as error:  # an adapter's mistake must not end the sweep
            logger.exception("poll of take %s", ticket.take_id)
            answer = Unavailable("The answer could not be read.", raw=type(error).__name__)
        self._count += 1
        told = line.client.standing if line and made_by is None else None
        self._done.append(Asked(ticket, answer, told))

    async def _request(self, client: AsyncGatewayClient, ticket: Ticket) -> Answer:
        if ticket.status == Status.UNCERTAIN:
            return await client.find(ticket.accepted_at - timedelta(seconds=CLOCK_SKEW_S))
        return await client.poll(ticket.job)

    def _line(self, account: ProviderAccount, made_by: FormerKey | None) -> _Line:
        """Never waits, so that two polls at once after a change of the key share one new client. The old
        one may still be listening to an answer; it is closed with the poller, within a sweep's turn."""
        key = (account.pk, made_by.no if made_by else 0)
        made_for = (account.base_url, made_by.sealed_key if made_by else account.sealed_key)
        line = self._lines.get(key)
        if line is None or line.made_for != made_for:
            places = self._places.setdefault(account.pk, asyncio.Semaphore(PER_ACCOUNT))
            client = async_client_for(account, PER_ACCOUNT, made_by)
            self._retired += [line] if line else []
            self._lines[key] = line = _Line(client, made_for, places)
        return line
