"""One answer for takes that wait alike: at the price of the moment, all or none, a record for each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from generations.models import Asset, ConsentRecord, Generation, Status
from generations.services import attested
from providers import ledger
from tests import factories
from tests.factories import CONSENT, make_asset, make_model, make_quota, make_take_row

pytestmark = pytest.mark.django_db
TICKS = {f"tick-{name}": "on" for name in CONSENT["statements"]}


@pytest.fixture
def face(project: Any) -> Asset:
    return make_asset(project=project)


@pytest.fixture
def waiting(project: Any, face: Asset) -> Any:
    model = make_model()

    def make(**overrides: Any) -> Generation:
        fields = {"inputs": [("first_frame", face)], "model": model, **overrides}
        take = make_take_row(project=project, status="needs_consent", **fields)
        ledger.release(take.pk, take.attempt, "consent asked")
        return take

    return make


def post(client: Any, take: Generation, *also: Generation, **data: Any) -> Any:
    body = {"text_sha256": CONSENT["text_sha256"], **TICKS, "also": [str(one.pk) for one in also], **data}
    return client.post(reverse("consent", args=[take.pk]), body)


def statuses(*takes: Generation) -> list[str]:
    return [Generation.objects.get(pk=take.pk).status for take in takes]


def test_takes_wait_alike_only_for_the_same_words_about_the_same_bytes(waiting, project, face, bob):
    take, twin = waiting(), waiting()
    waiting(inputs=[("first_frame", make_asset(project=project))])
    waiting(inputs=[("last_frame", face)])
    waiting(consent={**CONSENT, "text_sha256": "0" * 64})
    waiting(author=bob)
    waiting(model=make_model())  # another account
    assert attested.waiting_alike(take) == [take, twin]


def test_one_answer_sends_all_and_keeps_a_record_for_each(waiting, bob, signed_in):
    takes = [waiting(), waiting(), waiting()]
    html = signed_in(bob).get(reverse("consent", args=[takes[0].pk])).content.decode()
    assert "Attest and submit all 3" in html and "$2.25" in html
    assert post(signed_in(bob), takes[0], *takes[1:]).status_code == 302
    assert statuses(*takes) == [Status.QUEUED] * 3
    assert {record.generation_id for record in ConsentRecord.objects.all()} == {take.pk for take in takes}
    assert ledger.open_holds().count() == 3


def test_only_this_take_leaves_the_others_waiting(waiting, bob, signed_in):
    take, other = waiting(), waiting()
    post(signed_in(bob), take, other, only="1")
    assert statuses(take, other) == [Status.QUEUED, Status.NEEDS_CONSENT]


def test_a_take_that_was_not_on_the_page_is_not_answered(waiting, bob, signed_in):
    take, seen, unseen = waiting(), waiting(), waiting()
    post(signed_in(bob), take, seen)
    assert statuses(take, seen, unseen) == [Status.QUEUED, Status.QUEUED, Status.NEEDS_CONSENT]


def test_a_take_of_another_question_is_not_answered_by_naming_it(waiting, project, bob, signed_in):
    take, other = waiting(), waiting(inputs=[("first_frame", make_asset(project=project))])
    post(signed_in(bob), take, other)
    assert statuses(take, other) == [Status.QUEUED, Status.NEEDS_CONSENT]


def test_without_room_for_all_none_goes_out_and_the_refusal_is_told_of_all(waiting, bob, signed_in):
    takes = [waiting(), waiting()]
    make_quota("1.00", measure="money")
    reply = post(signed_in(bob), takes[0], takes[1])
    assert reply.status_code == 429 and b"$1.50" in reply.content
    assert statuses(*takes) == [Status.NEEDS_CONSENT] * 2
    assert not ConsentRecord.objects.exists() and not ledger.open_holds().exists()


def test_the_price_of_the_moment_is_shown_with_what_is_left_and_held(waiting, bob, signed_in):
    make_quota("20.00", measure="money")
    take = waiting(held_usd=Decimal("0.30"))  # an old price; the model's rule says $0.75 now
    bar = signed_in(bob).get(reverse("consent-price", args=[take.pk])).content.decode()
    assert "$0.75" in bar and "$20.00 left" in bar and 'name="shown" value="0.75' in bar
    post(signed_in(bob), take, shown="0.75")
    take.refresh_from_db()
    assert (take.status, take.held_usd) == (Status.QUEUED, Decimal("0.75"))


def test_a_price_above_the_one_shown_is_409_and_changes_nothing(waiting, bob, signed_in):
    take = waiting()
    reply = post(signed_in(bob), take, shown="0.50")
    assert reply.status_code == 409 and b"$0.75" in reply.content
    assert statuses(take) == [Status.NEEDS_CONSENT] and not ConsentRecord.objects.exists()


def test_who_may_not_spend_is_told_why_and_who_may(waiting, charlie, signed_in):
    take = waiting()
    factories.add_member(take.project, charlie, "viewer")
    html = signed_in(charlie).get(reverse("consent", args=[take.pk])).content.decode()
    assert "a viewer of this project may not" in html and "Bob Baker" in html and "Drop" not in html


def test_the_api_names_the_takes_that_wait_alike_and_answers_them(waiting, bob, signed_in):
    take, twin, other = waiting(), waiting(), waiting(consent={**CONSENT, "text_sha256": "0" * 64})
    own, client = f"/api/v1/generations/{take.pk}/consent", signed_in(bob)
    assert client.get(own).json()["same_question"] == [str(twin.pk)]
    body = {"ticks": dict.fromkeys(CONSENT["statements"], True), "text_sha256": CONSENT["text_sha256"]}
    wrong = client.post(own, {**body, "also": [str(other.pk)]}, "application/json")
    assert wrong.status_code == 422 and wrong.json()["error"]["field"] == "also"
    assert client.post(own, {**body, "also": [str(twin.pk)]}, "application/json").status_code == 200
    assert statuses(take, twin) == [Status.QUEUED] * 2
    assert client.get(own).status_code == 409
