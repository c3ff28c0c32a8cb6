"""The ledger: lines are only added, once per take, attempt and kind; holds end by settling or releasing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from providers import ledger
from providers.models import LedgerEntry, QuotaCounter
from tests.factories import make_account, make_quota

pytestmark = pytest.mark.django_db


def charge(**overrides: Any) -> ledger.Charge:
    fields = {
        "take_id": uuid4(),
        "attempt": 1,
        "project_id": uuid4(),
        "person_id": uuid4(),
        "model": "m",
        "amount_usd": Decimal("0.75"),
        "basis": "estimated",
        **overrides,
    }
    return ledger.Charge(account_id=fields.pop("account_id", None) or make_account().pk, **fields)


def kinds(take_id: Any) -> list[str]:
    return list(ledger.lines_of(take_id).values_list("kind", flat=True))


def test_hold_is_open_until_it_is_settled():
    held = charge()
    ledger.hold(held)
    assert ledger.open_holds().count() == 1
    assert ledger.settle(held.take_id, 1, Decimal("0.70"), "quoted")
    assert not ledger.open_holds().exists() and ledger.spent(held.project_id) == Decimal("0.70")
    assert kinds(held.take_id) == ["hold", "settle"]


def test_repeats_write_nothing():
    held = charge()
    ledger.hold(held)
    assert ledger.settle(held.take_id, 1, Decimal(1), "quoted")
    assert not ledger.settle(held.take_id, 1, Decimal(2), "quoted")
    assert not ledger.release(held.take_id, 1)
    assert LedgerEntry.objects.count() == 2 and ledger.spent(held.project_id) == 1


def test_second_hold_of_an_attempt_is_refused_by_the_database():
    held = charge()
    ledger.hold(held)
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.hold(held)


def test_each_attempt_has_lines_of_its_own():
    first = charge()
    ledger.hold(first)
    ledger.release(first.take_id, 1, "consent asked")
    ledger.hold(charge(take_id=first.take_id, attempt=2, account_id=first.account_id))
    assert [line.attempt for line in ledger.open_holds()] == [2]


def test_result_found_after_a_release_is_charged_without_asking():
    for measure in ("money", "count", "in_flight"):
        make_quota(1, measure=measure)
    held = charge()
    ledger.hold(held)
    ledger.release(held.take_id, 1, "dropped")
    assert ledger.settle(held.take_id, 1, Decimal("3.00"), "billed")
    used = dict(QuotaCounter.objects.values_list("quota__measure", "used_micro"))
    assert used == {"money": 3_000_000, "count": 1_000_000, "in_flight": 0}
    assert kinds(held.take_id) == ["hold", "release", "settle"]


def test_nothing_is_settled_that_was_never_held():
    assert not ledger.settle(uuid4(), 1, Decimal(1), "quoted")
    assert not ledger.release(uuid4(), 1)


def test_unknown_price_is_held_as_nothing_and_says_so():
    held = charge(amount_usd=None, basis="unknown")
    assert ledger.hold(held).line.amount_usd == 0 and ledger.lines_of(held.take_id).get().basis == "unknown"


def test_a_correction_brings_the_charge_to_what_it_was():
    for measure in ("money", "count", "in_flight"):
        make_quota(1, measure=measure)
    held = charge()
    ledger.hold(held)
    ledger.settle(held.take_id, 1, Decimal("0.75"), "estimated")
    assert ledger.correct(held.take_id, 1, Decimal("0.60"), "told by the gateway")
    line = ledger.lines_of(held.take_id).last()
    assert (line.kind, line.amount_usd, line.basis) == ("correct", Decimal("-0.15"), "actual")
    assert ledger.spent(held.project_id) == Decimal("0.60")
    used = dict(QuotaCounter.objects.values_list("quota__measure", "used_micro"))
    assert used == {"money": 600_000, "count": 1_000_000, "in_flight": 0}


def test_a_correction_is_made_once_and_may_exceed_the_limit():
    make_quota(1, measure="money")
    held = charge()
    ledger.hold(held)
    ledger.settle(held.take_id, 1, Decimal("0.75"), "estimated")
    assert ledger.correct(held.take_id, 1, Decimal("1.50"))
    assert not ledger.correct(held.take_id, 1, Decimal("9.00"))
    assert ledger.spent(held.project_id) == Decimal("1.50")
    assert QuotaCounter.objects.get().used_micro == 1_500_000


def test_nothing_is_corrected_that_was_not_settled():
    held = charge()
    assert not ledger.correct(held.take_id, 1, Decimal(1))
    ledger.hold(held)
    assert not ledger.correct(held.take_id, 1, Decimal(1))
    ledger.settle(held.take_id, 1, Decimal("0.75"), "estimated")


def test_a_charge_that_was_right_is_known_to_be_right():
    make_quota(1, measure="money")
    held = charge()
    ledger.hold(held)
    ledger.settle(held.take_id, 1, Decimal("0.75"), "unknown")
    assert ledger.correct(held.take_id, 1, Decimal("0.75"), "told by the gateway")
    assert kinds(held.take_id) == ["hold", "settle", "correct"]
    assert not ledger.waive(held.take_id, 1) and not ledger.correct(held.take_id, 1, Decimal("0.80"))
    assert ledger.spent(held.project_id) == Decimal("0.75")
    assert QuotaCounter.objects.get().used_micro == 750_000


def test_what_is_given_back_in_between_is_lined_up_with_what_is_taken():
    """A hold of yesterday counts in counters of yesterday, which others give back to as well."""
    make_quota(9, measure="count", period="day")
    held = charge()
    ledger.hold(held)
    QuotaCounter.objects.update(begins_at=F("begins_at") - timedelta(days=1))
    with CaptureQueriesContext(connection) as said, transaction.atomic():
        ledger.line_up([held.scopes], [(held.take_id, 1)])
    both = sorted(QuotaCounter.objects.values_list("pk", flat=True))
    assert len(both) == 2 and any(f"IN ({both[0]}, {both[1]})" in line["sql"] for line in said)
