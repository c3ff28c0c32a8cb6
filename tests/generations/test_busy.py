"""A busy gateway: the time that it tells is kept to, else the same take waits ever longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, Status
from generations.services import attempts, rhythm, submit
from generations.services.round import Round
from generations.services.tickets import Ticket
from generations.telling import situation
from providers.gateways.errors import Busy
from providers.gateways.registry import all_gateways
from providers.gateways.values import Job
from providers.models import ProviderAccount
from tests import factories


@pytest.mark.parametrize(
    ("gateway", "seconds"),
    [
        ("elkapi", [15, 30, 60, 60]),
        ("siliconflow", [15, 30, 60, 120, 240, 300, 300]),
        ("silkdock", [5, 10, 20, 40, 80, 160, 320, 600, 600]),
        ("token360", [10, 20, 40, 80, 160, 300, 300]),
        ("venice", [30, 30]),
    ],
)
def test_the_waits_of_each_page(gateway: str, seconds: list[float], settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "POLL_SCALE": 1}
    adapter = all_gateways()[gateway]
    for before, wait_s in enumerate(seconds):
        assert rhythm.busy_wait_s(adapter, None, before) == pytest.approx(wait_s, rel=0.101)
        assert rhythm.busy_wait_s(adapter, 7.0, before) == 7.0
    assert rhythm.busy_wait_s(adapter, None, 100_000) <= 1.1 * adapter.busy_s[1]
    assert rhythm.back_off_s(100_000) <= 66


def test_takes_made_together_do_not_come_back_together() -> None:
    adapter = all_gateways()["token360"]
    assert len({rhythm.busy_wait_s(adapter, None, 3) for _ in range(20)}) > 10


@pytest.fixture
def take(db: None, settings: Any) -> Generation:
    settings.STUDIO = {**settings.STUDIO, "POLL_SCALE": 1}
    return factories.make_take_row(status="queued")  # at Token360


def meet(take: Generation, error: Busy) -> float:
    """Sent and answered so by a worker that knows no more than the row.

    :returns: after how many seconds it is sent again.
    """
    Generation.objects.filter(pk=take.pk).update(status=Status.SUBMITTING, not_before=None)
    fresh = Generation.objects.select_related("account").get(pk=take.pk)
    submit._no_job(fresh, error)
    take.refresh_from_db()
    assert take.status == Status.QUEUED and take.not_before is not None
    return (take.not_before - timezone.now()).total_seconds()


def rest_of(take: Generation) -> float:
    until = ProviderAccount.objects.get(pk=take.account_id).paused_until
    return (until - timezone.now()).total_seconds()


def test_a_take_waits_ever_longer_and_begins_anew_once_accepted(take: Generation) -> None:
    waits = [meet(take, Busy("Slow down.")) for _ in range(6)]
    assert waits == [pytest.approx(wait_s, rel=0.12) for wait_s in (10, 20, 40, 80, 160, 300)]
    assert rest_of(take) < 12  # the account's other takes may try sooner
    assert take.busy_tries == 6 and take.wait_reason == "Token360 is busy."
    assert attempts.accept(take, Job(id="j", model="m")) is False  # not on the wire
    Generation.objects.filter(pk=take.pk).update(status=Status.SUBMITTING)
    assert attempts.accept(take, Job(id="j", model="m"))
    take.refresh_from_db()
    assert take.busy_tries == 0


def test_the_time_that_the_gateway_tells_goes_before_and_counts_too(take: Generation) -> None:
    assert meet(take, Busy("Slow down.", retry_after_s=100)) == pytest.approx(100, abs=3)
    assert rest_of(take) == pytest.approx(100, abs=3)
    assert take.wait_reason == "Token360 is busy and asked to wait."
    assert meet(take, Busy("Slow down.")) == pytest.approx(20, rel=0.12)


def test_the_page_tells_the_next_try(take: Generation, signed_in: Any) -> None:
    for _ in range(5):
        meet(take, Busy("Slow down."))
    take = Generation.objects.select_related("account", "author").get(pk=take.pk)
    told = situation.why_waiting(take, timezone.now())
    assert take.not_before is not None
    assert told == f"Token360 is busy. It is tried again at {take.not_before:%H:%M} UTC."
    assert told in signed_in(take.author).get(reverse("take", args=[take.pk])).content.decode()


def test_polls_of_a_busy_gateway_come_ever_later(take: Generation) -> None:
    here = Round()
    here.accounts = {take.account_id: take.account}
    now = timezone.now()
    ticket = Ticket(take.pk, 1, Status.RUNNING, take.account_id, Job("j", "m"), now, None)
    waits = [here._trouble(ticket, Busy("Slow down."), now) for _ in range(4)]
    seconds = [(later.at - now).total_seconds() for later in waits if later is not None]
    assert seconds == [pytest.approx(wait_s + 3, rel=0.12) for wait_s in (10, 20, 40, 80)]
    assert ticket.errors == 4 and rest_of(take) < 12
    ticket.account_id = factories.make_account("siliconflow").pk  # keeps results for ten minutes
    here.accounts = {row.pk: row for row in ProviderAccount.objects.all()}
    soon = here._trouble(ticket, Busy("Slow down."), now)
    assert soon is not None and (soon.at - now).total_seconds() < 64
    ticket.account_id, ticket.errors = take.account_id, 4
    ticket.deadline_at = now - timedelta(seconds=1)
    late = here._trouble(ticket, Busy("Slow down.", retry_after_s=1), now)
    assert late is not None and (late.at - now).total_seconds() > 250
