"""Limits: whom they count, for how long, and that reserving is all or none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from providers import quota_words, quotas
from providers.ids import new_id
from providers.models import QuotaCounter
from providers.quotas import Asked, QuotaExceeded, Scopes
from tests.factories import make_account, make_quota

pytestmark = pytest.mark.django_db


def scopes() -> Scopes:
    return Scopes(make_account().pk, uuid4(), uuid4(), uuid4(), uuid4(), "member")


def take(where: Scopes, amount: str | None = "1.00", seconds: str | None = "5") -> list[list[object]]:
    asked = Asked(*(None if told is None else Decimal(told) for told in (amount, seconds)))
    with transaction.atomic():
        return quotas.reserve(where, asked).counters


def used() -> list[int]:
    return list(QuotaCounter.objects.order_by("id").values_list("used_micro", flat=True))


@pytest.mark.parametrize("scope", ["account", "model", "project", "client", "person"])
def test_limit_counts_its_own_scope_alone(scope):
    here, elsewhere = scopes(), scopes()
    make_quota(1, scope=scope, scope_id=getattr(here, f"{scope}_id"))
    take(here)
    take(elsewhere)
    with pytest.raises(QuotaExceeded) as refused:
        take(here)
    assert refused.value.quota.scope == scope


def test_a_role_holds_each_person_who_has_it_by_a_counter_of_their_own():
    here, colleague = scopes(), scopes()
    make_quota(1, scope="role", role="member")
    take(here)
    take(colleague)
    take(replace(here, role="producer"))
    with pytest.raises(QuotaExceeded) as refused:
        take(here)
    assert refused.value.person_id == here.person_id and "Your limit as member" in str(refused.value)
    assert quotas.for_all(refused.value, 3, Asked(None)).left == 0


def test_an_own_limit_stands_in_the_place_of_the_roles_which_goes_on_counting():
    here = scopes()
    make_quota(1, scope="role", role="member")
    make_quota(1, scope="role", role="member", measure="seconds")
    own = make_quota(2, scope="person", scope_id=here.person_id)
    take(here, seconds="0.5")
    take(here, seconds="0.5")
    assert [item.quota.scope for item in quotas.room(here)] == ["person", "role"]
    with pytest.raises(QuotaExceeded, match="Your limit is"):
        take(here, seconds="0")
    own.delete()
    with pytest.raises(QuotaExceeded, match="0 left, 1 asked for. 2 used"):
        take(here, seconds="0")


def test_seconds_are_those_that_were_asked_for():
    here = scopes()
    make_quota(12, measure="seconds", scope="project", scope_id=here.project_id)
    first = take(here)
    quotas.give_back(take(here), actual_usd=Decimal(1), made=True)
    with pytest.raises(QuotaExceeded, match="is 12 seconds in all: 2 left, 5 asked for. 10 used"):
        take(here)
    quotas.give_back(first, actual_usd=None, made=False)
    take(here)
    with pytest.raises(QuotaExceeded, match="length of this take is not known"):
        take(here, seconds=None)


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
    for role in ("member", "producer"):
        make_quota(5, period="day", scope="role", role=role)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_quota(7, period="day", scope="role", role="member")
    account = make_account()
    make_quota(5, period="day", scope="account", scope_id=account.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_quota(7, period="day", scope="account", scope_id=account.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("measure", ["money", "count", "in_flight"])
def test_the_sentence_goes_through_the_translations(measure, monkeypatch):
    monkeypatch.setattr(quota_words, "_", lambda words: f"[{words}]")
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
        (
            {"period": "hour", "measure": "seconds", "time_zone": "Asia/Kolkata"},
            "1",
            "5",
            "The limit of the whole studio is 2 seconds an hour: 1 left, 5 asked for. "
            "1 used; it begins anew at 18:00 (Asia/Kolkata).",
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


@pytest.mark.django_db
def test_a_refusal_names_who_can_lift_it(make_person):
    refused = QuotaExceeded(make_quota(2), Decimal(0))
    assert refused.sentence().endswith("it does not begin anew.")
    people = [("ada", "administrator"), ("pru", "producer"), ("max", "member"), ("paul", "producer")]
    said = []
    for name, role in people:
        make_person(name, role=role)
        said.append(refused.sentence().partition("anew. ")[2])
    assert said == ["ada can lift it.", "ada or pru can lift it.", said[1], "ada, paul or pru can lift it."]
    make_person("zoe", role="administrator")
    assert refused.sentence().endswith("ada, zoe, paul or another who looks after limits can lift it.")
    get_user_model().objects.update(is_active=False)
    assert refused.sentence().endswith("it does not begin anew.")
