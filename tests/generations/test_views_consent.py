"""The consent page: the gateway's words, three ticks by a person who may spend, one submit."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.urls import reverse

from generations.models import ConsentRecord, Generation, Membership, Role, Status
from providers import ledger
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "Line one <b>bold</b> & more.\n\n  Indented, kept."
HASH = hashlib.sha256(WORDS.encode()).hexdigest()


@pytest.fixture
def take(project: Any, alice: Any) -> Generation:
    face, end = factories.make_asset(project=project, name="face.png"), factories.make_asset(project=project)
    question = {**factories.CONSENT, "policy_text": WORDS, "text_sha256": HASH, "roles": ["image"]}
    inputs = [("first_frame", face), ("last_frame", end)]
    take = factories.make_take_row(project=project, status="needs_consent", consent=question, inputs=inputs)
    ledger.release(take.pk, take.attempt, "consent asked")
    return take


def attest(client: Any, take: Generation, *ticks: str, text: str = HASH) -> Any:
    data = {"text_sha256": text, **{f"tick-{name}": "on" for name in ticks}}
    return client.post(reverse("consent", args=[take.pk]), data)


def read(client: Any, take: Generation) -> str:
    return client.get(reverse("consent", args=[take.pk])).content.decode()


def test_the_words_stand_there_as_received_and_escaped(take, bob, signed_in):
    html = read(signed_in(bob), take)
    shown = html.split('class="policy"')[1].split(">", 1)[1].split("</div>")[0]
    assert shown == "Line one &lt;b&gt;bold&lt;/b&gt; &amp; more.\n\n  Indented, kept."


def test_no_statement_is_ticked_and_all_are_required(take, bob, signed_in):
    html = read(signed_in(bob), take)
    assert html.count('type="checkbox"') == html.count("required") == len(take.consent["statements"])
    assert "checked" not in html and "$0.75" in html


def test_only_inputs_of_the_named_roles_are_concerned(take, bob, signed_in):
    html = read(signed_in(bob), take)
    meant, rest = html.split('class="concerned n1"')[1].split('class="concerned rest"')
    assert "face.png" in meant and "still.png" not in meant and "Which inputs: 1 of 2" in html
    assert "still.png" in rest and "Not part of this" in rest


def test_all_inputs_are_shown_where_the_gateway_names_none(take, bob, signed_in):
    take.consent["roles"] = []
    take.save()
    html = read(signed_in(bob), take)
    assert "face.png" in html and "still.png" in html


def test_ticks_make_a_record_and_one_submit(take, bob, signed_in):
    caller = signed_in(bob)
    for _ in range(2):  # two clicks
        assert attest(caller, take, "rights", "adults").status_code == 302
    take.refresh_from_db()
    assert (take.status, take.attempt, take.consent["attested"]) == (Status.QUEUED, 2, True)
    record = ConsentRecord.objects.get()
    assert (record.user, record.text_sha256, record.address) == (bob, HASH, "127.0.0.1")
    assert {item["sha256"] for item in record.inputs} == {use.asset.sha256 for use in take.inputs.all()}


@pytest.mark.parametrize("ticks", [(), ("rights",), ("adults",), ("rights", "other")])
def test_a_missing_tick_is_422_and_changes_nothing(take, bob, signed_in, ticks):
    assert attest(signed_in(bob), take, *ticks).status_code == 422
    take.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT and not ConsentRecord.objects.exists()


def test_changed_words_are_shown_anew(take, bob, signed_in):
    fresh = {
        **take.consent,
        "policy_text": "New words.",
        "text_sha256": hashlib.sha256(b"New words.").hexdigest(),
    }
    Generation.objects.filter(pk=take.pk).update(consent=fresh)
    reply = attest(signed_in(bob), take, "rights", "adults")
    assert reply.status_code == 422 and b"New words." in reply.content
    assert not ConsentRecord.objects.exists()


def test_a_refused_hold_is_429_and_keeps_no_record(take, bob, signed_in):
    factories.make_quota(1)
    factories.make_take_row(project=take.project)
    assert attest(signed_in(bob), take, "rights", "adults").status_code == 429
    assert not ConsentRecord.objects.exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_people_who_may_not_spend_read_but_do_not_attest(take, charlie, signed_in, role):
    Membership.objects.create(project=take.project, user=charlie, role=role)
    caller = signed_in(charlie)
    assert "checkbox" not in read(caller, take)
    assert attest(caller, take, "rights", "adults").status_code == 403
    assert not ConsentRecord.objects.exists()


def test_a_stranger_finds_nothing(take, charlie, signed_in):
    caller = signed_in(charlie)
    assert caller.get(reverse("consent", args=[take.pk])).status_code == 404
    assert attest(caller, take, "rights", "adults").status_code == 404


def test_a_take_that_asks_nothing_has_no_such_page(project, bob, signed_in):
    take = factories.make_take_row(project=project, status="completed")
    assert signed_in(bob).get(reverse("consent", args=[take.pk])).url == f"/t/{take.pk}"


def test_dropping_it_comes_back_to_the_take(take, bob, signed_in):
    reply = signed_in(bob).post(reverse("take-cancel", args=[take.pk]), {"next": f"/t/{take.pk}"})
    assert reply.url == f"/t/{take.pk}"
    take.refresh_from_db()
    assert take.status == Status.CANCELLED
