"""The poller's clients: one a key, and none left open; real HTTP to the sandbox."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Status
from generations.services import poller as polling
from generations.services.tickets import Ticket
from providers.accounts import async_client_for
from providers.gateways.values import Job
from providers.ids import new_id
from providers.models import FormerKey, ProviderAccount
from tests.factories import make_account
from tests.providers.sandbox_server import SandboxServer

KEY = "sandbox-token360-key"


class Counted:
    """Real clients, with those that are still open."""

    def __init__(self) -> None:
        self.made = 0
        self.open: list[Any] = []

    def __call__(self, account: ProviderAccount, connections: int, former: FormerKey | None) -> Any:
        client = async_client_for(account, connections, former)
        close = client.close

        async def closed() -> None:
            await close()
            self.open.remove(client)

        client.close = closed
        self.made += 1
        self.open.append(client)
        return client


def look_up(account: ProviderAccount) -> Ticket:
    """A question that the gateway answers with its list of jobs."""
    now = timezone.now()
    return Ticket(new_id(), 1, Status.UNCERTAIN, account.pk, Job("", "m"), now, None)


def in_a_loop(coroutine: Any) -> Any:
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(coroutine)).result()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counter = Counted()
    monkeypatch.setattr(polling, "async_client_for", counter)
    return counter


def test_a_changed_key_makes_one_client_and_cuts_no_poll_off(
    db: None, sandbox: SandboxServer, counted: Counted
) -> None:
    account = make_account(base_url=sandbox.url_for("token360"), key=KEY)
    renewed = ProviderAccount.objects.get(pk=account.pk)
    renewed.set_key(KEY)
    assert renewed.sealed_key != account.sealed_key

    async def run() -> list[polling.Asked]:
        here = polling.Poller()
        for row in (account, renewed):  # the second batch starts while the first is under way
            here.start([look_up(row) for _ in range(5)], {row.pk: row})
            await asyncio.sleep(0)
        await here.drain(10)
        await here.close()
        return here.take_done()

    done = in_a_loop(run())
    assert len(done) == 10 and all(isinstance(asked.answer, list) for asked in done), done
    assert counted.made == 2 and counted.open == []
