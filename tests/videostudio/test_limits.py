"""The page of limits: how they stand, asking for more, the answer, and who may do which."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from generations.models import Client, LimitRequest, Notification, Project
from generations.services import limit_requests, limits
from generations.services.refusals import WrongState
from providers.models import AuditEvent, Quota
from tests.factories import make_account, make_model, make_project, make_quota, make_take_row
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def quota(project: Any) -> Quota:
    return make_quota(20, measure="money", scope="project", scope_id=project.pk, period="month")


@pytest.fixture
def asked(quota: Quota, bob: Any) -> LimitRequest:
    return limit_requests.ask(bob, quota, Decimal(5), "The second cut")


def heard(person: Any) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(person=person).order_by("id")
    return [(row.kind, row.detail["words"] + " / " + row.detail["said"]) for row in rows]


def test_everybody_sees_the_limits_that_hold_them_and_no_others(
    project, alice, bob, charlie, producer, admin, signed_in
):
    client = Client.objects.create(name="Northwind")
    Project.objects.filter(pk=project.pk).update(client=client)
    other = make_project(name="Secret film", client=Client.objects.create(name="Southwind"))
    account, model = make_account(name="Team account"), make_model(label="Fast one")
    scopes = {"account": account, "model": model, "project": project, "client": client, "person": bob}
    for scope, row in scopes.items():
        make_quota(3, scope=scope, scope_id=row.pk)
    for scope, row in {"project": other, "client": other.client, "person": alice}.items():
        make_quota(3, scope=scope, scope_id=row.pk)
    for role in ("member", "producer"):
        make_quota(3, scope="role", role=role)
    make_quota(3)

    def names(person: Any) -> set[str]:
        return set(limits.names_of(limits.those_for(person)).values())

    everybody = {
        "The whole studio",
        "Account Team account",
        f"Model Fast one ({model.account})",
        "Each member",
    }
    mine = everybody | {"Project Harbour film", "Client Northwind", "Person Bob Baker"}
    assert names(bob) == mine and names(charlie) == everybody
    assert names(producer) == names(admin) and len(names(admin)) == 11
    page = signed_in(bob).get("/limits/").content.decode()
    assert "Northwind" in page and not {"Southwind", "Secret", "Alice Archer"} & set(page.split())
    assert page.count("Request more") == 7
    assert signed_in(producer).get("/limits/").content.decode().count("Request more") < 11, "not for others"


def test_the_page_says_how_much_is_used_and_when_it_begins_anew(signed_in, bob, project):
    make_take_row(project=project, author=bob)
    make_quota("1.00", measure="money", period="month", time_zone="Europe/Berlin", soft_limit="0.50")
    make_quota("5", measure="in_flight")
    page = signed_in(bob).get("/limits/").content.decode()
    for words in (
        "$1.00 a month",
        "$0.75",
        "$0.25",
        "warns at $0.50",
        "(Europe/Berlin)",
        "5 takes in flight",
    ):
        assert words in page
    Quota.objects.filter(measure="money").update(limit="0.50")
    assert "lowered under what is used" in signed_in(bob).get("/limits/").content.decode()


@pytest.mark.parametrize(
    ("amount", "words", "status"),
    [
        ("5", "For the second cut", 302),
        ("5.50", "", 302),
        ("0", "", 422),
        ("-3", "", 422),
        ("lots", "", 422),
        ("", "", 422),
        ("NaN", "", 422),
        ("999999999", "", 422),
        ("5", "x" * 501, 422),
    ],
)
def test_asking_reaches_those_who_can_lift_it(
    quota, bob, signed_in, admin, producer, alice, amount, words, status
):
    answer = signed_in(bob).post(f"/limits/{quota.pk}/ask", {"amount": amount, "words": words})
    assert answer.status_code == status
    assert LimitRequest.objects.count() == (status == 302)
    if status == 302:
        line = f"Project Harbour film, $20.00 a month: ${Decimal(amount):.2f} more / {words}"
        assert heard(admin) == heard(producer) == [("more", line)] and not heard(alice) and not heard(bob)
        assert AuditEvent.objects.get(verb="asked for more").after["words"] == words


def test_who_has_asked_waits_for_the_answer(quota, asked, bob, signed_in):
    answer = signed_in(bob).post(f"/limits/{quota.pk}/ask", {"amount": "7"})
    assert answer.status_code == 409 and "asked for more of this limit already" in answer.content.decode()
    assert LimitRequest.objects.count() == 1


def test_nobody_asks_for_a_limit_that_does_not_hold_them(quota, bob, charlie, producer, signed_in):
    own = make_quota(3, scope="person", scope_id=bob.pk)
    for person, row in ((charlie, quota), (producer, own)):
        assert signed_in(person).post(f"/limits/{row.pk}/ask", {"amount": "5"}).status_code == 404


def test_raising_it_makes_room_and_tells_who_asked(asked, quota, bob, producer, signed_in):
    address = f"/limits/requests/{asked.pk}/answer"
    assert "The second cut" in signed_in(producer).get("/limits/").content.decode()
    said = {"verb": "raise", "to": "25", "words": "Until Friday"}
    assert signed_in(producer).post(address, said).status_code == 302
    quota.refresh_from_db()
    assert quota.limit == 25
    line = "Project Harbour film, $20.00 a month: $25.00 now / Until Friday"
    assert heard(bob) == [("answer", line)]
    change = AuditEvent.objects.get(verb="change", subject="quota")
    assert (change.before, change.after) == ({"limit": "20.00"}, {"limit": "25"})
    assert AuditEvent.objects.filter(verb="raised a request").exists()
    again = signed_in(producer).post(address, {**said, "to": "90"})
    assert again.status_code == 409 and "answered this already" in again.content.decode()
    quota.refresh_from_db()
    assert quota.limit == 25
    assert "Until Friday" in signed_in(bob).get("/limits/").content.decode()
    assert Notification.objects.get(person=bob).seen_at is not None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"verb": "raise", "to": "20"}, "no more than the limit has now"),
        ({"verb": "raise", "to": ""}, "Name how much"),
        ({"verb": "raise", "to": "-1"}, "zero or more"),
        ({"verb": "raise", "to": "9999999999"}, "at most"),
        ({"verb": "refuse", "words": " "}, "Say why"),
        ({"verb": "dance"}, "new limit"),
    ],
)
def test_an_answer_that_cannot_be_is_said_and_keeps_what_was_typed(
    asked, quota, producer, signed_in, said, words
):
    answer = signed_in(producer).post(f"/limits/requests/{asked.pk}/answer", said)
    assert answer.status_code == 422 and words in answer.content.decode()
    if said.get("to"):
        assert f'value="{said["to"]}"' in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == "open" and not AuditEvent.objects.filter(verb="change").exists()


def test_refusing_it_needs_words_and_changes_nothing(asked, quota, bob, admin, signed_in):
    said = {"verb": "refuse", "words": "Not this month"}
    assert signed_in(admin).post(f"/limits/requests/{asked.pk}/answer", said).status_code == 302
    quota.refresh_from_db()
    assert quota.limit == 20 and heard(bob)[0][1].endswith("refused / Not this month")


def test_more_of_a_roles_limit_is_a_limit_of_ones_own(bob, charlie, admin):
    role = make_quota(2, scope="role", role="member", period="week", time_zone="Europe/Berlin")
    row = limit_requests.ask(bob, role, Decimal(3), "")
    limit_requests.raise_limit(admin, row, Decimal(5), "")
    role.refresh_from_db()
    own = Quota.objects.get(scope="person")
    assert (role.limit, own.limit, own.scope_id) == (2, 5, bob.pk)
    assert (own.period, own.time_zone) == ("week", "Europe/Berlin")
    row = limit_requests.ask(bob, role, Decimal(3), "")
    limit_requests.raise_limit(admin, row, Decimal(8), "")
    own.refresh_from_db()
    assert own.limit == 8 and Quota.objects.count() == 2


def test_who_may_answer(quota, asked, bob, alice, producer, admin, signed_in):
    said = {"verb": "refuse", "words": "No"}
    address = f"/limits/requests/{asked.pk}/answer"
    assert {signed_in(person).post(address, said).status_code for person in (bob, alice)} == {404}
    stale = signed_in(producer, fresh=False).post(address, said)
    assert stale.status_code == 302 and stale.url.startswith("/confirm")
    role = make_quota(2, scope="role", role="producer")
    own = limit_requests.ask(producer, role, Decimal(1), "")
    address = f"/limits/requests/{own.pk}/answer"
    assert signed_in(producer).post(address, {"verb": "raise", "to": "3"}).status_code == 403
    assert signed_in(admin).post(address, {"verb": "raise", "to": "3"}).status_code == 302


def test_a_limit_that_is_gone_stands_in_nobodys_way(asked, quota, admin):
    quota.delete()
    asked.refresh_from_db()
    with pytest.raises(WrongState, match="The limit is gone"):
        limit_requests.raise_limit(admin, asked, Decimal(30), "")
    limit_requests.refuse(admin, asked, "It is gone, go on.")


def test_a_person_who_was_removed_asks_for_nothing_any_more(asked, bob, admin, signed_in):
    bob.deactivate()
    assert "The second cut" not in signed_in(admin).get("/limits/").content.decode()
    limit_requests.refuse(admin, asked, "Gone")
    assert not heard(bob)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(asked, quota, admin, producer):
    def answer(number: int) -> bool:
        row = LimitRequest.objects.select_related("quota", "asked_by").get(pk=asked.pk)
        try:
            limit_requests.raise_limit((admin, producer)[number % 2], row, Decimal(30 + number), "")
        except WrongState:
            return False
        return True

    won = together(4, answer)
    quota.refresh_from_db()
    assert sum(won) == 1 and quota.limit == 30 + won.index(True)
    assert AuditEvent.objects.filter(verb="change").count() == 1
