"""What people decide about a take, through the API; and the money that follows."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations.models import ConsentRecord
from providers import ledger
from tests.factories import (
    CONSENT,
    add_member,
    make_model,
    make_output,
    make_quota,
    make_take_row,
    make_token,
)

URL = "/api/v1/generations"


@pytest.fixture
def post(client: Any) -> Any:
    def make(person: Any, take: Any, verb: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {make_token(person)}"}
        data = b"" if body is None else json.dumps(body)
        return client.generic("POST", f"{URL}/{take.pk}/{verb}", data, "application/json", headers=headers)

    return make


@pytest.fixture
def make(project: Any) -> Any:
    model = make_model()
    return lambda **fields: make_take_row(project=project, model=model, **fields)


def open_holds() -> int:
    return ledger.open_holds().count()


def test_cancelling_what_was_not_sent_releases_the_hold(post, alice, make):
    take = make()
    assert open_holds() == 1
    answer = post(alice, take, "cancel")
    assert answer.status_code == 200 and answer.json()["status"] == "cancelled"
    assert open_holds() == 0
    assert post(alice, take, "cancel").status_code == 409


def test_the_role_is_asked_before_what_the_body_lacks(post, make_person, project, make):
    viewer = make_person("victor")
    add_member(project, viewer, "viewer")
    take = make(status="failed", failure_class="price_moved")
    assert post(viewer, take, "resolve", {"action": "accept_price"}).status_code == 403


def test_cancelling_a_running_take_keeps_the_hold(post, alice, make):
    answer = post(alice, make(status="running"), "cancel").json()
    assert answer["status"] == "cancelled" and answer["trashed_at"] is None and open_holds() == 1


def test_overdue_take_says_so_and_can_be_resumed(post, alice, make):
    take = make(status="running", deadline_at=timezone.now() - timedelta(minutes=1))
    answer = post(alice, take, "resume")
    assert answer.status_code == 200 and answer.json()["status"] == "running"


def test_nothing_to_resume_is_a_409(post, alice, make):
    error = post(alice, make(status="completed"), "resume").json()["error"]
    assert error["code"] == "wrong_state"


@pytest.mark.parametrize("status", ["uncertain", "running", "needs_consent"])
def test_what_has_not_ended_is_not_made_a_second_time(post, alice, make, status):
    take = make(status=status)
    for body in (None, {"changes": {"seed": 4}}):
        assert post(alice, take, "retry", body).status_code == 409
    assert type(take).objects.count() == 1


def test_submitting_again_without_a_price_goes_no_higher_than_was_held(post, alice, make):
    take = make(status="uncertain")
    dear = {"per": "second", "rates": [{"usd": "18"}]}
    type(take.model).objects.filter(pk=take.model_id).update(price_rule=dear)
    answer = post(alice, take, "resolve", {"action": "submit_again"})
    take.refresh_from_db()
    assert answer.status_code == 409 and take.status == "uncertain" and take.held_usd == Decimal("0.75")
    answer = post(alice, take, "resolve", {"action": "submit_again", "shown": "90"})
    take.refresh_from_db()
    assert answer.status_code == 200 and take.held_usd == Decimal(90)


def test_uncertain_take_is_dropped_or_sent_again(post, alice, make):
    dropped = post(alice, make(status="uncertain"), "resolve", {"action": "drop"}).json()
    assert dropped["status"] == "cancelled" and open_holds() == 0
    again = post(alice, make(status="uncertain"), "resolve", {"action": "submit_again"}).json()
    assert again["status"] == "queued" and again["attempt"] == 2 and open_holds() == 1


def test_new_price_is_accepted_as_shown(post, alice, make):
    take = make(status="failed", failure_class="price_moved", hold=False)
    address = {"action": "accept_price"}
    assert post(alice, take, "resolve", address).json()["error"]["field"] == "shown"
    low = post(alice, take, "resolve", {**address, "shown": "0.5"})
    assert low.status_code == 409 and low.json()["error"]["code"] == "price_moved"
    assert low.json()["error"]["amount_usd"] == "0.75"
    assert post(alice, take, "resolve", {**address, "shown": "0.75"}).json()["status"] == "queued"


@pytest.mark.parametrize("shown", ["NaN", "-1", "1e9", "", "0.75 "])
def test_prices_that_are_none_are_refused(post, alice, make, shown):
    take = make(status="failed", failure_class="price_moved", hold=False)
    answer = post(alice, take, "resolve", {"action": "accept_price", "shown": shown})
    assert answer.status_code == 422 and answer.json()["error"]["field"] == "shown"


def test_unknown_action_names_those_there_are(post, alice, make):
    error = post(alice, make(status="uncertain"), "resolve", {"action": "burn"}).json()["error"]
    allowed = ["submit_again", "drop", "accept_price", "billed", "not_billed"]
    assert error["field"] == "action" and error["allowed"] == allowed


def waiting(make: Any) -> Any:
    return make(status="needs_consent", hold=False)


def ticks(**changes: Any) -> dict[str, Any]:
    said = {"ticks": {"rights": True, "adults": True}, "text_sha256": CONSENT["text_sha256"]}
    return {**said, **changes}


def test_question_is_shown_and_answered_with_a_record(post, client, alice, make):
    take = waiting(make)
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    shown = client.get(f"{URL}/{take.pk}", headers=headers).json()["consent"]
    assert shown["policy_text"] == CONSENT["policy_text"] and set(shown["statements"]) == {"rights", "adults"}
    answer = post(alice, take, "consent", ticks()).json()
    assert answer["status"] == "queued" and answer["consent"] is None and open_holds() == 1
    record = ConsentRecord.objects.get()
    assert record.user == alice and record.text_sha256 == CONSENT["text_sha256"]


@pytest.mark.parametrize(
    "said",
    [
        ticks(ticks={"rights": True}),
        ticks(ticks={"rights": True, "adults": False}),
        ticks(text_sha256="0" * 64),
    ],
)
def test_nothing_is_sent_without_every_tick_for_these_words(post, alice, make, said):
    take = waiting(make)
    answer = post(alice, take, "consent", said)
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "not_attested"
    assert not ConsentRecord.objects.exists() and open_holds() == 0


def test_two_answers_make_one_submit(post, alice, make):
    take = waiting(make)
    assert post(alice, take, "consent", ticks()).status_code == 200
    assert post(alice, take, "consent", ticks()).status_code == 409
    assert ConsentRecord.objects.count() == 1 and open_holds() == 1


def test_limit_stops_an_attested_take_and_it_goes_on_waiting(post, alice, make):
    take = waiting(make)
    make_quota(0)
    assert post(alice, take, "consent", ticks()).status_code == 429
    take.refresh_from_db()
    assert take.status == "needs_consent" and not ConsentRecord.objects.exists()


def test_trash_and_back(post, client, alice, make):
    take = make(status="failed")
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    assert post(alice, take, "trash").json()["trashed_at"]
    assert client.get(URL, headers=headers).json()["items"] == []
    assert len(client.get(f"{URL}?trashed=true", headers=headers).json()["items"]) == 1
    assert post(alice, take, "restore").json()["trashed_at"] is None


def test_take_in_flight_is_not_thrown_away(post, alice, make):
    assert post(alice, make(status="running"), "trash").status_code == 409


def test_clip_is_served_by_the_byte(client, alice, make):
    take = make(status="completed")
    output = make_output(take, b"0123456789" * 200_000)
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    told = client.get(f"{URL}/{take.pk}", headers=headers).json()["outputs"][0]
    assert told["link"] == f"{URL}/{take.pk}/content" and told["sha256"] == output.sha256
    part = client.get(told["link"], headers={**headers, "Range": "bytes=3-5"})
    assert part.status_code == 206 and b"".join(part.streaming_content) == b"345"
    rest = client.get(told["link"], headers={**headers, "Range": "bytes=0-"})
    assert rest.headers["Content-Length"] == str(1024 * 1024)
    beyond = client.get(told["link"], headers={**headers, "Range": "bytes=9000000-"})
    assert beyond.status_code == 416 and beyond.headers["Content-Range"] == "bytes */2000000"
