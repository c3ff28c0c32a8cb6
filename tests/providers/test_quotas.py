"""Limits: whom they count, for how long, and that reserving is all or none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction

from providers import quotas
from providers.ids import new_id
from providers.models import QuotaCounter
from providers.quotas import QuotaExceeded, Scopes
from tests.factories import make_account, make_quota

pytestmark = pytest.mark.django_db


def scopes() -> Scopes:
    return Scopes(account_id=make_account().pk, project_id=uuid4(), person_id=uuid4())


def take(where: Scopes, amount: str | None = "1.00") -> list[list[object]]:
    with transaction.atomic():
        return quotas.reserve(where, None if amount is None else Decimal(amount))


def used() -> list[int]:
    return list(QuotaCounter.objects.order_by("id").values_list("used_micro", flat=True))


@pytest.mark.parametrize("scope", ["account", "project", "person"])
def test_limit_counts_its_own_scope_alone(scope):
    here, elsewhere = scopes(), scopes()
    make_quota(1, scope=scope, scope_id=getattr(here, f"{scope}_id"))
    take(here)
    take(elsewhere)
    with pytest.raises(QuotaExceeded) as refused:
        take(here)
    assert refused.value.quota.scope == scope


def test_studio_counts_everybody():
    make_quota(1)
    take(scopes())
    with pytest.raises(QuotaExceeded):
        take(scopes())


def test_refusal_by_one_limit_takes_nothing_from_the_others():
    here = scopes()
    make_quota(5, scope="account", scope_id=here.account_id)
    make_quota(0, scope="studio")
    with pytest.raises(QuotaExceeded):
        take(here)
    assert sum(used()) == 0


def test_money_is_counted_to_the_millionth():
    here = scopes()
    make_quota("0.30", measure="money")
    for _ in range(3):
        take(here, "0.10")
    with pytest.raises(QuotaExceeded, match=r"\$0\.30 in all: \$0\.00 is left"):
        take(here, "0.000001")


def test_unknown_price_is_no_under_a_money_limit():
    make_quota(100, measure="money")
    with pytest.raises(QuotaExceeded, match="price of this take is not known") as refused:
        take(scopes(), None)
    assert refused.value.left is None


def test_made_take_keeps_its_count_and_its_real_price():
    here = scopes()
    for measure in ("count", "in_flight", "money"):
        make_quota(10, measure=measure)
    quotas.give_back(take(here, "2.00"), actual_usd=Decimal("1.50"), made=True)
    assert sorted(used()) == [0, 1_000_000, 1_500_000]


def test_take_that_was_never_made_gives_everything_back():
    here = scopes()
    for measure in ("count", "in_flight", "money"):
        make_quota(10, measure=measure)
    quotas.give_back(take(here, "2.00"), actual_usd=None, made=False)
    assert used() == [0, 0, 0]


@pytest.mark.parametrize(("period", "start"), [("day", date(2026, 3, 9)), ("month", date(2026, 3, 1))])
def test_period_begins_in_utc(period, start):
    quota = make_quota(1, period=period)
    with time_machine.travel("2026-03-09T23:59:00Z", tick=False):
        assert quotas.period_start(quota) == start


def test_next_period_has_its_room_again_and_places_in_flight_have_none():
    here = scopes()
    make_quota(1, period="day")
    with time_machine.travel("2026-03-09T12:00:00Z"):
        take(here)
    with time_machine.travel("2026-03-10T12:00:00Z"):
        take(here)
    make_quota(1, measure="in_flight", period="day")
    with time_machine.travel("2026-03-11T12:00:00Z"):
        take(here)
    with time_machine.travel("2026-03-12T12:00:00Z"), pytest.raises(QuotaExceeded, match="in flight"):
        take(here)


def test_money_left_is_that_of_the_tightest_limit():
    here = scopes()
    assert quotas.money_left(quotas.room(here)) is None
    make_quota(10, measure="money")
    make_quota(4, measure="money", scope="project", scope_id=here.project_id)
    take(here, "1.00")
    assert quotas.money_left(quotas.room(here)) == Decimal(3)


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_studio_has_one_limit_of_a_kind_whoever_writes_it():
    make_quota(5, period="day")
    make_quota(5, period="month")
    make_quota(5, period="day", measure="in_flight")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_quota(7, period="day")
    account = make_account()
    make_quota(5, period="day", scope="account", scope_id=account.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_quota(7, period="day", scope="account", scope_id=account.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("measure", ["money", "count", "in_flight"])
def test_the_sentence_goes_through_the_translations(measure, monkeypatch):
    monkeypatch.setattr(quotas, "_", lambda words: f"[{words}]")
    quota = make_quota(3, measure=measure)
    assert QuotaExceeded(quota, Decimal(1)).sentence().startswith("[")
    assert "not known.]" in QuotaExceeded(quota, None).sentence()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "left", "asked", "said"),
    [
        (
            {"scope": "person", "scope_id": new_id(), "period": "day"},
            "2",
            "3",
            "Your limit is 2 takes a day: 2 left, 3 asked for. 0 used; it begins anew on 1 January (UTC).",
        ),
        (
            {"scope": "project", "scope_id": new_id(), "period": "month", "measure": "money"},
            "0.5",
            "0.755",
            "The limit of this project is $2.00 a month: $0.50 is left, $0.755 was asked for. "
            "$1.50 used; it begins anew on 1 January (UTC).",
        ),
        (
            {},
            "-1",
            "1",
            "The limit of the whole studio is 2 takes in all: 0 left, 1 asked for. "
            "3 used; it does not begin anew.",
        ),
        (
            {"measure": "in_flight"},
            "1",
            "2",
            "The limit of the whole studio is 2 takes in flight: 1 free, 2 asked for. "
            "1 in flight now; each one that ends makes room.",
        ),
    ],
)
@time_machine.travel("2026-12-31T12:00:00Z")
def test_a_refusal_says_whose_limit_what_is_left_and_used_and_what_was_asked(fields, left, asked, said):
    assert QuotaExceeded(make_quota(2, **fields), Decimal(left), Decimal(asked)).sentence() == said


@pytest.mark.django_db
def test_a_refusal_names_the_account():
    account = make_account(name="Venice of the agency")
    quota = make_quota(2, scope="account", scope_id=account.pk)
    assert "the account Venice of the agency is 2 takes" in QuotaExceeded(quota, Decimal(0)).sentence()
