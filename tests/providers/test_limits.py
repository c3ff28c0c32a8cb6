"""A limit counts what was used before it was made, and goes on counting it right."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction

from providers import ledger, quotas
from providers.models import Quota, QuotaCounter
from tests.factories import make_account, make_quota
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MEASURES = ("money", "count", "in_flight", "seconds")


def hold(**overrides: Any) -> ledger.Charge:
    """A hold of $0.75 for four seconds."""
    fields = {"take_id": uuid4(), "attempt": 1, "project_id": uuid4(), "person_id": uuid4(), **overrides}
    account_id = fields.pop("account_id", None) or make_account().pk
    amount = fields.pop("amount_usd", Decimal("0.75"))
    fields.setdefault("seconds", Decimal(4))
    charge = ledger.Charge(account_id=account_id, model="m", amount_usd=amount, basis="quoted", **fields)
    with transaction.atomic():
        ledger.hold(charge)
    return charge


def settle(charge: ledger.Charge, usd: str = "0.70") -> None:
    with transaction.atomic():
        assert ledger.settle(charge.take_id, charge.attempt, Decimal(usd), "billed")


def release(charge: ledger.Charge) -> None:
    with transaction.atomic():
        assert ledger.release(charge.take_id, charge.attempt)


def correct(charge: ledger.Charge, usd: str) -> None:
    with transaction.atomic():
        assert ledger.correct(charge.take_id, charge.attempt, Decimal(usd))


def used(quota: Quota) -> Decimal:
    return Decimal(QuotaCounter.objects.get(quota=quota).used_micro) / quotas.MICRO


def three(**overrides: Any) -> list[Quota]:
    return [make_quota(100, measure=measure, **overrides) for measure in MEASURES]


def all_used(limits: list[Quota]) -> list[Decimal]:
    return [used(limit) for limit in limits]


def test_what_is_in_flight_and_what_was_spent_counts_at_once():
    hold()
    settle(hold(), "0.70")
    release(hold())
    corrected = hold()
    settle(corrected, "0.70")
    correct(corrected, "0.60")
    late = hold()
    release(late)
    settle(late, "0.50")
    assert all_used(three()) == [Decimal("0.75") + Decimal("1.80"), 4, 1, 16]


@pytest.mark.parametrize("scope", ["account", "model", "project", "client", "person"])
def test_it_counts_its_own_scope_alone(scope):
    here = hold(model_id=uuid4(), client_id=uuid4())
    settle(hold(**{f"{scope}_id": getattr(here, f"{scope}_id")}))
    hold()
    limits = three(scope=scope, scope_id=getattr(here, f"{scope}_id"))
    assert all_used(limits) == [Decimal("1.45"), 2, 1, 8]


def test_a_limit_for_a_role_counts_each_person_by_what_was_held_in_that_role():
    here = hold(role="member")
    settle(hold(role="member", person_id=here.person_id), "0.50")
    hold(role="producer", person_id=here.person_id)
    late = hold(role="member")
    release(late)
    quota = make_quota(100, scope="role", role="member", measure="money")
    settle(late, "0.20")
    release(here)
    told = {row.person_id: row.used_micro for row in QuotaCounter.objects.filter(quota=quota)}
    assert told == {here.person_id: 500_000, late.person_id: 200_000}


def test_holds_that_were_open_give_back_to_it():
    ends, stays_away, stays = hold(), hold(), hold()
    limits = three()
    settle(ends, "0.50")
    release(stays_away)
    assert all_used(limits) == [Decimal("1.25"), 2, 1, 8]
    release(stays)
    assert all_used(limits) == [Decimal("0.50"), 1, 0, 4]


def test_there_is_room_for_so_many_and_no_more():
    taken = hold()
    make_quota(1, measure="in_flight")
    with pytest.raises(quotas.QuotaExceeded):
        hold()
    release(taken)
    hold()


def test_what_ends_late_counts_under_a_limit_made_since():
    late, corrected = hold(), hold()
    release(late)
    settle(corrected, "0.70")
    limits = three()
    settle(late, "0.50")
    correct(corrected, "0.60")
    assert all_used(limits) == [Decimal("1.10"), 2, 0, 8]


def test_a_period_counts_what_was_held_in_it():
    with time_machine.travel("2026-03-08T23:00:00Z"):
        before, runs = hold(), hold()
    with time_machine.travel("2026-03-09T12:00:00Z"):
        settle(before, "0.70")
        settle(hold(), "0.50")
        days = three(period="day")
        months = three(period="month")
        settle(runs, "0.60")
    assert all_used(days) == [Decimal("0.50"), 1, 0, 4]
    assert all_used(months) == [Decimal("1.80"), 3, 0, 12]
    starts = {c.quota.period: c.begins_at for c in QuotaCounter.objects.filter(quota__measure="money")}
    assert starts == {
        "day": datetime(2026, 3, 9, tzinfo=UTC),
        "month": datetime(2026, 3, 1, tzinfo=UTC),
    }


# -- at one moment ---------------------------------------------------------------------------------------


def patiently(do: Callable[..., Any], meeting: Barrier) -> Callable[..., Any]:
    """``do`` behind a wait for the one who makes the limit; as it must be, that one waits for us instead."""

    def late(*words: Any, **named: Any) -> Any:
        with suppress(BrokenBarrierError):
            meeting.wait(1)
        return do(*words, **named)

    return late


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("verb", "expected"),
    [(hold, ["1.5", 2, 2, 8]), (settle, ["0.70", 1, 0, 4]), (release, [0, 0, 0, 0])],
)
def test_a_limit_made_while_the_ledger_is_written_misses_nothing(monkeypatch, verb, expected):
    """The ledger has read its limits, or its hold, and has not written yet."""
    there = hold()
    meeting, written = Barrier(2), []
    create = ledger.LedgerEntry.objects.create
    monkeypatch.setattr(ledger.LedgerEntry.objects, "create", patiently(create, meeting))

    def work(number: int) -> list[Quota]:
        if number == 0:
            written.append(verb(account_id=there.account_id) if verb is hold else verb(there))
            return []
        with suppress(BrokenBarrierError):
            wait_for_writer.wait(5)
        made = three()
        with suppress(BrokenBarrierError):
            meeting.wait(0.1)
        return made

    wait_for_writer = Barrier(2)
    reach = ledger.turns.along

    def along() -> None:
        reach()
        wait_for_writer.wait(5)

    monkeypatch.setattr(ledger.turns, "along", along)
    limits = together(2, work)[1]
    assert len(written) == 1
    assert all_used(limits) == [Decimal(number) for number in expected]


@pytest.mark.django_db(transaction=True)
def test_limits_made_in_the_middle_of_much_work_agree_with_the_ledger():
    account = make_account().pk

    def work(number: int) -> None:
        if number == 0:
            for period in ("lifetime", "month"):
                three(period=period)
            return
        for turn in range(6):
            charge = hold(account_id=account)
            if turn % 3:
                (settle if turn % 3 == 1 else release)(charge)

    together(6, work)
    charged = [line.amount_usd for line in ledger.LedgerEntry.objects.filter(kind="settle")]
    held = [line.amount_usd for line in ledger.open_holds()]
    assert (len(charged), len(held)) == (10, 10)
    for quota in Quota.objects.all():
        truth = {"money": sum(charged) + sum(held), "count": 20, "in_flight": 10, "seconds": 80}
        assert used(quota) == truth[quota.measure], quota
