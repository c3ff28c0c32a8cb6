"""The first page of the admin panel: numbers from the rows, a fixed number of questions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.services import account_health
from providers import ledger, limits
from providers.models import Quota
from tests import factories
from videostudio import dashboard

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_health_is_of_our_own_traffic_and_of_what_gateways_answer_for():
    account, other = factories.make_account(), factories.make_account()
    now = timezone.now()

    def make(**fields):
        return factories.make_take_row(account=account, hold=False, ended_at=now, **fields)

    for seconds in (10, 20, 30):
        make(status="completed", accepted_at=now - timedelta(seconds=seconds), completed_at=now)
    make(status="failed", failure_class="provider_down", failure_message="It was down.")
    make(status="failed", failure_class="moderation")  # what was asked for, not the gateway
    make(status="cancelled")
    factories.make_take_row(account=account, status="running")
    factories.make_take_row(account=account, status="queued")
    found = account_health.of([account.pk, other.pk])
    mine = found[account.pk]
    assert (mine.done, mine.failed, mine.in_flight, mine.waits) == (3, 1, 1, 1)
    assert mine.share == 0.75 and mine.times and (mine.times.p50_s, mine.times.p90_s) == (20, 30)
    assert [error.words for error in mine.errors] == ["It was down."]
    assert found[other.pk] == account_health.Health()
    told = {one["row"]: one for one in dashboard.accounts(now)}
    assert (told[account]["family"], told[account]["share"]) == ("act", "75%")
    assert told[other]["family"] == "good"


def test_money_is_of_real_accounts_alone_and_takes_that_need_a_person_are_named():
    real, sandbox = factories.make_account(), factories.make_account(sandbox=True)
    for account in (real, sandbox):
        model = factories.make_model(account=account)
        paid = factories.make_take_row(model=model, status="running")
        ledger.settle(paid.pk, 1, Decimal("0.40"), "actual")
        factories.make_take_row(model=model, status="running")
    held = dashboard.money(timezone.now())
    assert held["today"] == held["month"] == Decimal("0.40") and held["held"] > 0
    unsure = factories.make_take_row(account=real, status="uncertain", prompt="Nobody knows")
    now = timezone.now()
    factories.make_take_row(account=real, status="storing", parked_at=now)
    factories.make_take_row(account=real, status="running", deadline_at=now - timedelta(hours=1))
    found = dashboard.needing_a_person(now)
    assert [n for _word, n in found["counts"]] == [1, 1, 1]
    assert [one["url"] for one in found["needing"]][0] == unsure.get_absolute_url()


def test_limits_that_are_nearly_used_up_are_named_the_fullest_first():
    model = factories.make_model()
    limits.make(
        Quota(scope="account", scope_id=model.account_id, measure="count", period="lifetime", limit=5)
    )
    limits.make(Quota(scope="studio", measure="count", period="lifetime", limit=4))
    limits.make(Quota(scope="studio", measure="money", period="lifetime", limit=1000))
    for _n in range(4):
        factories.make_take_row(model=model)
    found = dashboard.nearly_used()
    assert [(one["used"], one["limit"], one["full"]) for one in found] == [
        ("4", "4 takes", True),
        ("4", "5 takes", False),
    ]


def test_it_asks_as_often_for_many_accounts(admin, signed_in):
    def questions():
        with CaptureQueriesContext(connection) as caught:
            assert desk.get("/admin/").status_code == 200
        return len(caught)

    desk = signed_in(admin)
    factories.make_account()
    questions()  # what the process learns once is not counted
    few = questions()
    for _n in range(5):
        factories.make_account()
    assert questions() == few <= 22
