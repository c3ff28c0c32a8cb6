"""A lease is held by one, is over by itself, and outlives a database that is away for a moment."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from generations.models import Generation, Heartbeat, Status
from generations.services import decide, ring, transitions
from generations.services.lease import Lease, give_up, rung_until
from tests.factories import make_take_row


def test_a_failed_renewal_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "RENEW_S": 0.01}
    asked: list[int] = []

    def renew(_lease: Lease) -> None:
        asked.append(1)
        if len(asked) == 1:
            raise OperationalError("database is locked")

    monkeypatch.setattr(Lease, "_renew", renew)
    with Lease(1) as lease:
        ends = time.monotonic() + 5
        while len(asked) < 3 and time.monotonic() < ends:
            time.sleep(0.01)
    assert len(asked) >= 3 and not lease.lost.is_set()


@pytest.fixture
def take(transactional_db: None) -> Generation:
    return make_take_row(status=Status.STORING)


@pytest.mark.both_databases
def test_only_one_of_many_gets_it(take: Generation) -> None:
    def claim(_number: int) -> bool:
        try:
            return Lease(60).claim(take.pk, [Status.STORING]) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(8))) == 1


@pytest.mark.both_databases
def test_what_is_held_is_free_when_its_time_is_over(take: Generation) -> None:
    assert Lease(0.05).claim(take.pk, [Status.STORING])
    assert Lease(60).claim(take.pk, [Status.STORING]) is None
    time.sleep(0.1)
    assert Lease(60).claim(take.pk, [Status.STORING])


@pytest.mark.both_databases
def test_what_was_only_rung_is_free_at_once(take: Generation) -> None:
    Generation.objects.filter(pk=take.pk).update(**rung_until(60))
    assert Lease(60).claim(take.pk, [Status.STORING])


@pytest.mark.both_databases
def test_a_row_in_another_state_is_not_claimed(take: Generation) -> None:
    assert Lease(60).claim(take.pk, [Status.RUNNING]) is None


@pytest.mark.both_databases
def test_what_waits_for_a_person_is_not_taken_by_a_stray_bell(take: Generation) -> None:
    Generation.objects.filter(pk=take.pk).update(parked_at=timezone.now())
    assert Lease(60).claim(take.pk, [Status.STORING]) is None
    take.refresh_from_db()
    with mock.patch.object(ring, "async_task") as bell:
        decide.resume(take.author, take)
    assert bell.call_args.args == ("generations.tasks.store", str(take.pk))
    assert Lease(60).claim(take.pk, [Status.STORING])


@pytest.mark.both_databases
def test_renewing_keeps_it_and_beats(take: Generation, settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "RENEW_S": 0.05}
    lease = Lease(0.5)
    assert lease.claim(take.pk, [Status.STORING])
    with lease:
        time.sleep(0.8)
        assert Lease(60).claim(take.pk, [Status.STORING]) is None
    assert Heartbeat.objects.filter(beaten_at__gt=timezone.now() - timedelta(seconds=5)).exists()
    assert not lease.lost.is_set()


@pytest.mark.both_databases
def test_whoever_was_overtaken_learns_it_and_writes_nothing(take: Generation, settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "RENEW_S": 0.05}
    slow, quick = Lease(0.01), Lease(60)
    assert slow.claim(take.pk, [Status.STORING])
    time.sleep(0.05)
    assert quick.claim(take.pk, [Status.STORING])
    with slow:
        assert slow.lost.wait(5)
    give_up(take, slow)
    take.refresh_from_db()
    assert take.lease_holder == quick.holder
    assert not transitions.move(
        take, Status.COMPLETED, frm=[Status.STORING], kind="stored", guard=slow.mine
    ), "a late worker does not finish what another holds"
    assert transitions.move(take, Status.COMPLETED, frm=[Status.STORING], kind="stored", guard=quick.mine)


@pytest.mark.both_databases
def test_a_late_renewal_does_not_bring_a_lease_back(take: Generation) -> None:
    lease = Lease(60)
    assert lease.claim(take.pk, [Status.STORING])
    assert transitions.move(take, Status.COMPLETED, frm=[Status.STORING], kind="stored", guard=lease.mine)
    lease._renew()
    take.refresh_from_db()
    assert lease.lost.is_set() and take.lease_until is None


@pytest.mark.both_databases
def test_the_history_names_the_state_that_was_left(take: Generation) -> None:
    Generation.objects.filter(pk=take.pk).update(status=Status.UNCERTAIN)  # meanwhile, by another
    take.status = Status.SUBMITTING
    assert transitions.move(take, Status.RUNNING, frm=[Status.SUBMITTING, Status.UNCERTAIN], kind="accepted")
    assert take.events.get().from_status == Status.UNCERTAIN
