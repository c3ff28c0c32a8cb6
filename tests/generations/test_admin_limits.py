"""Limits in the admin: made for all they can apply to, found again, shown as they stand; bad ones refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from generations.models import Client, LimitRequest
from generations.services import limit_requests
from providers.models import AuditEvent, Quota, QuotaCounter
from tests.factories import make_model, make_quota, make_take_row
from tests.providers.admin_pages import opened, page_of

pytestmark = pytest.mark.django_db
LIST = "/admin/providers/quota/"
GOOD = {"applies_to": "studio", "measure": "money", "period": "month", "limit": "50"}


@pytest.fixture
def desk(signed_in: Any, admin: Any) -> Any:
    return signed_in(admin)


@pytest.mark.parametrize("scope", ["studio", "account", "model", "project", "client", "person", "role"])
def test_a_limit_is_made_for_each_scope_and_only_once(desk, project, bob, scope):
    model = make_model(label="Fast one")
    rows = {"account": model.account, "model": model, "project": project, "person": bob}
    rows["client"] = Client.objects.create(name="Northwind")
    which = f"{scope}:{rows[scope].pk}" if scope in rows else {"studio": "studio"}.get(scope, "role:member")
    said = {**GOOD, "applies_to": which, "time_zone": "Europe/Berlin", "soft_limit": "40", "period": "week"}
    assert desk.post(f"{LIST}add/", said).status_code == 302
    quota = Quota.objects.get()
    assert (quota.scope, quota.scope_id) == (scope, rows[scope].pk if scope in rows else None)
    assert (quota.role, quota.soft_limit) == ("member" if scope == "role" else "", 40)
    assert (quota.time_zone, quota.counters.count()) == ("Europe/Berlin", scope != "role")
    again = desk.post(f"{LIST}add/", said)
    assert again.status_code == 200 and "such a limit already" in again.content.decode()
    assert Quota.objects.count() == 1
    assert AuditEvent.objects.filter(subject="quota").count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"limit": "-1"}, "zero or more"),
        ({"limit": "NaN"}, "Enter a number"),
        ({"limit": "1e30"}, "digits"),
        ({"limit": "100000001"}, "at most 100,000,000"),
        ({"soft_limit": "50"}, "warned below the limit"),
        ({"soft_limit": "-2"}, "zero or more"),
        ({"measure": "count", "limit": "2.5"}, "whole numbers"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
        ({"period": "fortnight"}, "valid choice"),
        ({"applies_to": "project:nonsense"}, "valid choice"),
        ({"applies_to": "role:king"}, "valid choice"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_in_words(desk, wrong, words):
    answer = desk.post(f"{LIST}add/", {**GOOD, **wrong})
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not Quota.objects.exists() and not AuditEvent.objects.filter(subject="quota").exists()


def test_one_lowered_under_what_is_held_is_saved_and_says_so(desk):
    make_take_row()
    quota = make_quota("5.00", measure="money", period="month", soft_limit=Decimal(4))
    sent = {**opened(desk, quota), "limit": "0.50"}
    assert "warned below the limit" in desk.post(page_of(quota), sent).content.decode()
    answer = desk.post(page_of(quota), {**sent, "soft_limit": ""}, follow=True)
    assert "$0.75 are used or held already: nothing new goes" in answer.content.decode()
    quota.refresh_from_db()
    assert (quota.limit, quota.soft_limit) == (Decimal("0.50"), None)
    assert AuditEvent.objects.get(verb="change").before == {"limit": "5.00", "soft_limit": "4.00"}


def test_the_list_says_how_each_stands_and_finds_it(desk, project, bob, django_assert_max_num_queries):
    client = Client.objects.create(name="Northwind")
    make_take_row(project=project, author=bob, model=make_model(label="Fast one"))
    model = make_model(label="Slow one")
    make_quota("1.00", measure="money", period="day", scope="project", scope_id=project.pk, soft_limit="0.5")
    make_quota(1, measure="count", scope="person", scope_id=bob.pk)
    make_quota(9, measure="seconds", scope="client", scope_id=client.pk)
    make_quota(9, measure="seconds", scope="model", scope_id=model.pk)
    make_quota(9, scope="role", role="member")
    with django_assert_max_num_queries(25):
        page = desk.get(LIST).content.decode()
    for words in ("$0.75", "$0.25", "(UTC)", "Harbour film", "Bob Baker", "Northwind", "Slow one", "member"):
        assert words in page

    def found(asked: str) -> int:
        return desk.get(f"{LIST}?{asked}").context["cl"].result_count

    counts = {"q=harbour": 1, "q=north": 1, "q=slow": 1, "q=bob": 1, "q=member": 1, "q=nobody": 0}
    counts |= {"scope__exact=role": 1, "measure__exact=seconds": 2, "period__exact=day": 1}
    counts |= {"full=up": 1, "full=warned": 1}
    assert {asked: found(asked) for asked in counts} == counts
    shown = desk.get(page_of(Quota.objects.get(scope="role"))).content.decode()
    assert QuotaCounter.objects.get(person_id=bob.pk).used_micro == 1_000_000 and ">1</div>" in shown


def test_requests_are_listed_and_lead_to_the_page_that_answers_them(desk, project, bob, signed_in, producer):
    quota = make_quota(2, scope="project", scope_id=project.pk)
    row = limit_requests.ask(bob, quota, Decimal(3), "More boats")
    assert "Bob Baker" in desk.get("/admin/generations/limitrequest/?q=boats").content.decode()
    page = f"/admin/generations/limitrequest/{row.pk}/change/"
    assert (
        LimitRequest().get_absolute_url() == "/limits/" and "View on site" in desk.get(page).content.decode()
    )
    assert desk.post(page, {"state": "raised"}).status_code == 403
    assert signed_in(producer).get(page).status_code == 404


def test_a_limit_is_called_by_what_it_applies_to(desk, project):
    quota = make_quota("5.00", measure="money", period="month", scope="project", scope_id=project.pk)
    name = "Project Harbour film, $5.00 a month"
    assert name in desk.get(page_of(quota)).content.decode()
    sent = {**opened(desk, quota), "limit": "6.00"}
    said = desk.post(page_of(quota), sent, follow=True).content.decode()
    assert name.replace("5", "6") in said and str(project.pk) not in said.split("messagelist")[1][:600]
