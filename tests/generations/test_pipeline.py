"""The line from a queued row to a stored clip, over real HTTP, step by step in this process."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone

from generations.models import Generation, Output, Status
from generations.services import again, attempts, audit, decide
from generations.services.outgoing import prepare
from providers import accounts, ledger
from providers.gateways.values import Job
from tests.generations.desk import SMALL, Desk
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.both_databases]


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    return Desk(sandbox, "token360", "seedance-2.0-fast", SMALL)


def test_a_take_whose_file_is_damaged_is_given_up_and_paid_for(studio: Line, desk: Desk) -> None:
    take = studio.finish(desk.take("A clock tower [damaged]"), seconds=60)
    assert take.wait_reason.startswith("The gateway sent a file") and "ownload" not in take.wait_reason
    assert ledger.open_holds().exists() and not take.is_final
    decide.cancel(take.author, take)
    studio.turn()
    take.refresh_from_db()
    assert (take.status, take.parked_at, take.trashed_at) == (Status.CANCELLED, None, None)
    assert not ledger.open_holds().exists() and not audit.drift()
    assert ledger.lines_of(take.pk).last().kind == "settle" and take.actual_usd == take.held_usd


def test_cancelling_an_accepted_take_keeps_its_clip_in_the_trash(studio: Line, desk: Desk) -> None:
    take = desk.take("A canal in winter")
    studio.send()
    take.refresh_from_db()
    decide.cancel(take.author, take)
    assert ledger.open_holds().count() == 1
    studio.run_until(lambda: Output.objects.filter(generation=take, kind="video").exists())
    take.refresh_from_db()
    assert (take.status, bool(take.trashed_at)) == (Status.CANCELLED, True)
    assert not ledger.open_holds().exists()
    assert take.actual_usd == take.held_usd


def test_a_stuck_job_goes_overdue_and_can_be_dropped(studio: Line, desk: Desk) -> None:
    take = desk.take("A stone rolls [stuck]")
    studio.send()
    studio.turn()
    Generation.objects.filter(pk=take.pk).update(
        deadline_at=timezone.now() - timedelta(seconds=1), next_poll_at=timezone.now()
    )
    studio.turn()
    take.refresh_from_db()
    assert take.status == Status.RUNNING
    assert take.events.filter(kind="overdue").count() == 1
    decide.drop(take.author, take)
    assert take.status == Status.CANCELLED


def test_an_overdue_job_that_answers_with_faults_is_asked_no_sooner(studio: Line, desk: Desk) -> None:
    take = desk.take("A stone sinks [500 always]")
    studio.send()
    now = timezone.now()
    late = {"deadline_at": now - timedelta(seconds=1), "next_poll_at": now}
    Generation.objects.filter(pk=take.pk).update(**late)
    studio.turn()
    take.refresh_from_db()
    assert (take.status, take.poll_errors) == (Status.RUNNING, 1)
    assert take.next_poll_at is not None
    assert (take.next_poll_at - now).total_seconds() > 200 * settings.STUDIO["POLL_SCALE"]


def test_an_abandoned_submit_becomes_uncertain(studio: Line, desk: Desk) -> None:
    take = desk.take("A bell rings once")
    now = timezone.now()
    Generation.objects.filter(pk=take.pk).update(
        status=Status.SUBMITTING, submitted_at=now, lease_until=now - timedelta(seconds=1)
    )
    assert attempts.recover_submitting() == 1
    take.refresh_from_db()
    assert take.status == Status.UNCERTAIN


def test_a_price_above_the_hold_is_not_sent(studio: Line, sandbox: SandboxServer) -> None:
    desk = Desk(sandbox, "venice", "grok-imagine-text-to-video-private", SMALL)  # quotes its prices
    take = desk.take("A price goes up")
    Generation.objects.filter(pk=take.pk).update(
        held_usd=Decimal("0.01"), priced_at=timezone.now() - timedelta(minutes=2)
    )
    studio.send()
    take.refresh_from_db()
    assert (take.status, take.failure_class) == (Status.FAILED, "price_moved")
    assert not desk.bills(take)
    again.accept_price(take.author, take, shown=take.failure_code)
    studio.finish(take)
    assert take.status == Status.COMPLETED


def test_a_late_answer_after_the_drop_is_still_collected(studio: Line, desk: Desk) -> None:
    take = desk.take("A train passes, late")
    gateway = accounts.client_for(take.account)
    outgoing = prepare(take)
    Generation.objects.filter(pk=take.pk).update(status=Status.UNCERTAIN, submitted_at=timezone.now())
    before = Generation.objects.select_related("account", "model").get(pk=take.pk)
    take.refresh_from_db()
    decide.drop(take.author, take)
    assert not ledger.open_holds().exists()
    assert attempts.accept(before, gateway.submit(outgoing.request, outgoing.capabilities))
    studio.run_until(lambda: Output.objects.filter(generation=take, kind="video").exists())
    assert ledger.lines_of(take.pk).filter(kind="settle").exists()


def test_a_late_answer_beside_a_second_attempt_is_written_down(studio: Line, desk: Desk) -> None:
    take = desk.take("A train passes twice")
    Generation.objects.filter(pk=take.pk).update(status=Status.UNCERTAIN, submitted_at=timezone.now())
    before = Generation.objects.select_related("account", "model").get(pk=take.pk)
    take.refresh_from_db()
    again.submit_again(take.author, take)
    assert not attempts.accept(before, Job(id="job-of-the-first", model="m"))
    assert take.events.get(kind="late answer").detail == {"job": "job-of-the-first"}


def test_a_key_that_cannot_be_read_pauses_its_account_at_the_next_poll(studio: Line, desk: Desk) -> None:
    take = desk.take("A gate creaks")
    studio.send()
    type(take.account).objects.filter(pk=take.account_id).update(sealed_key="v1:gone:nothing")
    Generation.objects.filter(pk=take.pk).update(next_poll_at=timezone.now())
    studio.turn()
    take.account.refresh_from_db()
    assert take.account.is_paused()
    assert take.account.pause_reason == accounts.UNREADABLE
    take.refresh_from_db()
    assert take.status == Status.RUNNING
