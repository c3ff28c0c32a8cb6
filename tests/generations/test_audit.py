"""The audit: what agrees is silent, what does not is named."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from generations.models import Generation, Status
from generations.services import audit, transitions
from generations.services.audit import HOLDING
from providers import ledger
from providers.ids import new_id
from tests.factories import make_take_row

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def told() -> list[tuple[Any, str]]:
    return [(problem.take_id, problem.what) for problem in audit.drift()]


@pytest.mark.parametrize("status", HOLDING)
def test_takes_in_flight_hold_money(status: str) -> None:
    make_take_row(status=status)
    assert told() == []


@pytest.mark.parametrize("status", HOLDING)
def test_a_take_in_flight_without_a_hold_is_named(status: str) -> None:
    take = make_take_row(status=status, hold=False)
    assert told() == [(take.pk, "in flight, and no money is held")]


@pytest.mark.parametrize("status", [Status.FAILED, Status.NEEDS_CONSENT, Status.CANCELLED])
def test_money_held_for_a_take_at_rest_is_named(status: str) -> None:
    take = make_take_row(status=status)
    ledger.release(take.pk, 1, "as it should be")
    assert told() == []
    held = make_take_row(status=status)
    assert told() == [(held.pk, f"money is still held although the take is {status}")]


@pytest.mark.parametrize("waits", [{"next_poll_at": timezone.now()}, {"finished_at": timezone.now()}])
def test_a_cancelled_take_that_the_gateway_has_not_answered_holds(waits: dict[str, Any]) -> None:
    make_take_row(status=Status.CANCELLED, completed_at=None, **{"next_poll_at": None, **waits})
    assert told() == []


def test_a_hold_of_an_earlier_attempt_is_named() -> None:
    take = make_take_row(status=Status.RUNNING)
    Generation.objects.filter(pk=take.pk).update(attempt=2)
    assert told() == [
        (take.pk, "money is still held although the take is at attempt 2"),
        (take.pk, "in flight, and no money is held"),
    ]


def test_a_hold_of_no_take_is_named() -> None:
    take = make_take_row()
    take.events.all().delete()
    take.delete()
    assert [what for _take, what in told()] == ["money is held for a take that does not exist"]


def test_a_hold_that_was_closed_too_early_is_named_unless_the_take_was_resumed() -> None:
    take = make_take_row(status=Status.RUNNING)
    ledger.release(take.pk, 1, "too early")
    assert told() == [(take.pk, "its hold is closed although it is in flight")]
    transitions.record(take.pk, take.project_id, "resumed")
    assert told() == []


def test_a_completed_take_without_a_clip_is_named() -> None:
    take = make_take_row(status=Status.COMPLETED, pk=new_id())
    ledger.settle(take.pk, 1, take.held_usd, "quoted")
    assert told() == [(take.pk, "completed, but no clip is recorded")]
