"""Takes through the API: made, listed, read, retried, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Generation
from generations.services import characters, saved_prompts
from generations.services.links import shown_address
from generations.services.transitions import record
from generations.telling import recipe
from providers.models import LedgerEntry
from tests.factories import (
    CAPABILITIES,
    make_account,
    make_asset,
    make_model,
    make_output,
    make_quota,
    make_take_row,
    make_token,
)

URL = "/api/v1/generations"


@pytest.fixture
def model(db: None) -> Any:
    return make_model()


@pytest.fixture
def body(project: Any, model: Any) -> dict[str, Any]:
    return {"project": project.slug, "model": model.wire_id, "prompt": "A boat on a still fjord"}


@pytest.fixture
def call(client: Any) -> Any:
    """``call(person, method, address, body)``: with a token of that person."""

    def make(person: Any, method: str, address: str, body: Any = None, **headers: str) -> Any:
        headers = {"Authorization": f"Bearer {make_token(person)}", **headers}
        data = b"" if body is None else json.dumps(body)
        return client.generic(method, address, data, "application/json", headers=headers)

    return make


def test_take_is_accepted_with_its_price_held(call, alice, body):
    answer = call(alice, "POST", URL, body)
    take = answer.json()
    assert answer.status_code == 202 and take["status"] == "queued"
    assert take["cost"]["held_usd"] == "0.75" and take["cost"]["basis"] == "estimated"
    assert take["request"]["duration_s"] == 5 and take["author"] == "alice"
    assert call(alice, "GET", take["links"]["self"]).json()["id"] == take["id"]


def test_price_comes_without_anything_being_made(call, alice, body):
    answer = call(alice, "POST", "/api/v1/quotes", {**body, "duration_s": 10})
    assert answer.status_code == 200
    assert answer.json()["amount_usd"] == "1.50" and answer.json()["basis"] == "estimated"
    assert not Generation.objects.exists() and not LedgerEntry.objects.exists()


def test_unknown_price_is_null_and_not_nothing(call, alice, body, model):
    model.price_rule = {}
    model.save()
    assert call(alice, "POST", "/api/v1/quotes", body).json()["amount_usd"] is None
    assert call(alice, "POST", URL, body).json()["cost"]["held_usd"] is None


def test_same_key_and_body_answer_with_the_same_take(call, alice, body):
    first = call(alice, "POST", URL, body, **{"Idempotency-Key": "k1"}).json()
    again = call(alice, "POST", URL, dict(reversed(body.items())), **{"Idempotency-Key": "k1"})
    assert again.status_code == 202 and again.json()["id"] == first["id"]
    assert Generation.objects.count() == 1


def test_same_key_finds_its_take_though_the_model_is_retired_since(call, alice, body, model):
    first = call(alice, "POST", URL, body, **{"Idempotency-Key": "k1"}).json()
    model.allowed = False
    model.save()
    assert call(alice, "POST", URL, body, **{"Idempotency-Key": "k1"}).json()["id"] == first["id"]
    assert call(alice, "POST", URL, body).status_code == 422


def test_same_key_with_another_body_is_refused(call, alice, body):
    call(alice, "POST", URL, body, **{"Idempotency-Key": "k1"})
    answer = call(alice, "POST", URL, {**body, "seed": 2}, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("address", [URL, "/api/v1/batches"])
def test_same_key_after_its_takes_are_deleted_gets_a_clear_answer(call, alice, body, address):
    assert call(alice, "POST", address, body, **{"Idempotency-Key": "k1"}).status_code == 202
    Generation.objects.all().delete()
    answer = call(alice, "POST", address, body, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 409 and "deleted" in answer.json()["error"]["message"]
    assert not Generation.objects.exists()


def test_keys_belong_to_one_caller(call, alice, bob, body):
    first = call(alice, "POST", URL, body, **{"Idempotency-Key": "k1"}).json()
    assert call(bob, "POST", URL, body, **{"Idempotency-Key": "k1"}).json()["id"] != first["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "ü"])
def test_keys_that_are_none_are_refused(call, alice, body, key):
    answer = call(alice, "POST", URL, body, **{"Idempotency-Key": key})
    assert answer.status_code == 422 and "error" in answer.json()


def test_refusal_names_the_field_and_what_is_allowed(call, alice, body):
    error = call(alice, "POST", URL, {**body, "duration_s": 7}).json()["error"]
    assert error["field"] == "duration_s" and error["allowed"] == [5, 10]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"callback_url": "https://x"}, "callback_url"),
        ({"seed": True}, "seed"),
        ({"seed": "1"}, "seed"),
        ({"duration_s": "5"}, "duration_s"),
        ({"prompt": "a\x00b"}, "prompt"),
        ({"prompt": 3}, "prompt"),
        ({"inputs": [{"role": "hat", "asset": "0199aaaa-0000-7000-8000-000000000000"}]}, "inputs.0.role"),
        ({"inputs": [{"role": "first_frame", "asset": "https://x"}]}, "inputs.0.asset"),
        ({"inputs": [{"role": "first_frame"}]}, "inputs.0"),
        ({"extra": {"base_url": "https://x"}}, "extra.base_url"),
        ({"model": "no-such-model"}, "model"),
        ({"account": "no such account"}, "account"),
        ({"prompt": ""}, "prompt"),
    ],
)
def test_wrong_input_is_refused_by_name(call, alice, body, change, field):
    answer = call(alice, "POST", URL, {**body, **change})
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field and answer.json()["error"]["message"]
    assert not Generation.objects.exists()


def test_model_of_two_accounts_needs_the_account(call, alice, body, model):
    other = make_model(wire_id=model.wire_id)
    error = call(alice, "POST", URL, body).json()["error"]
    assert error["field"] == "account" and set(error["allowed"]) == {model.account.name, other.account.name}
    made = call(alice, "POST", URL, {**body, "account": other.account.name}).json()
    assert made["account"] == other.account.name


def test_limit_that_tripped_is_named(call, alice, body, project):
    make_quota(1, scope="project", scope_id=project.pk, measure="count")
    assert call(alice, "POST", URL, body).status_code == 202
    answer = call(alice, "POST", URL, body)
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "quota_exceeded"
    assert answer.json()["error"]["scope"] == "project"


def test_batch_is_all_or_none(call, alice, body):
    make_quota(3)
    made = call(alice, "POST", "/api/v1/batches", {**body, "count": 2}).json()
    assert len(made["takes"]) == 2 and {take["batch"] for take in made["takes"]} == {made["batch"]}
    assert call(alice, "POST", "/api/v1/batches", {**body, "count": 2}).status_code == 429
    assert Generation.objects.count() == 2
    assert call(alice, "POST", "/api/v1/batches", {**body, "count": 9}).json()["error"]["field"] == "count"


def test_list_pages_by_cursor_and_filters(call, alice, project, model):
    takes = [make_take_row(project=project, model=model) for _ in range(5)]
    failed = make_take_row(project=project, model=model, status="failed")
    first = call(alice, "GET", f"{URL}?project={project.slug}&limit=4").json()
    rest = call(alice, "GET", f"{URL}?limit=4&cursor={first['next_cursor']}").json()
    ids = [take["id"] for take in first["items"] + rest["items"]]
    assert ids == [str(take.pk) for take in reversed([*takes, failed])] and rest["next_cursor"] is None
    found = call(alice, "GET", f"{URL}?status=failed").json()["items"]
    assert [take["id"] for take in found] == [str(failed.pk)]
    assert found[0]["failure"]["class"] == "moderation" and found[0]["failure"]["billed"] is False


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "status=odd", "cursor=x", "project=%00"])
def test_wrong_filters_are_refused(call, alice, query):
    assert call(alice, "GET", f"{URL}?{query}").status_code == 422


def test_list_asks_the_database_a_fixed_number_of_times(
    call, alice, project, model, django_assert_max_num_queries
):
    for _ in range(6):
        make_take_row(project=project, model=model)
    with django_assert_max_num_queries(8):
        call(alice, "GET", URL)


def test_retry_makes_a_new_take_with_the_changes(call, alice, project, model):
    first = make_take_row(project=project, model=model, status="failed")
    answer = call(alice, "POST", f"{URL}/{first.pk}/retry", {"changes": {"duration_s": 10}})
    take = answer.json()
    assert answer.status_code == 202 and take["id"] != str(first.pk)
    assert take["parent"] == str(first.pk) and take["request"]["duration_s"] == 10
    assert take["prompt"] == first.prompt and take["cost"]["held_usd"] == "1.50"


def test_retry_needs_no_body_and_honours_the_key(call, alice, project, model):
    first = make_take_row(project=project, model=model, status="failed")
    address, key = f"{URL}/{first.pk}/retry", {"Idempotency-Key": "again"}
    one, two = (call(alice, "POST", address, **key).json() for _ in range(2))
    assert one["id"] == two["id"] and one["relation"] == "retry"


def test_inputs_come_from_the_same_project(call, alice, body, project):
    own, foreign = make_asset(project=project), make_asset()
    wanted = [{"role": "first_frame", "asset": str(own.pk)}]
    take = call(alice, "POST", URL, {**body, "inputs": wanted}).json()
    assert take["mode"] == "image_to_video" and take["inputs"] == [{**wanted[0], "url": None}]
    answer = call(alice, "POST", URL, {**body, "inputs": [{"role": "first_frame", "asset": str(foreign.pk)}]})
    assert answer.status_code == 422 and answer.json()["error"]["field"] == "first_frame"


def test_parent_is_a_take_of_the_same_project(call, alice, body, project, model):
    own, foreign = make_take_row(project=project, model=model), make_take_row()
    assert call(alice, "POST", URL, {**body, "parent": str(own.pk)}).json()["relation"] == "edit"
    assert call(alice, "POST", URL, {**body, "parent": str(foreign.pk)}).status_code == 404


def test_history_is_told_oldest_first(call, alice, body):
    take = call(alice, "POST", URL, body).json()
    events = call(alice, "GET", take["links"]["events"]).json()["items"]
    assert events[0]["kind"] == "created" and events[0]["actor"] == "alice"


@pytest.mark.parametrize(("gateway", "option"), [("elkapi", "safety_identifier"), ("silkdock", "user")])
@pytest.mark.parametrize("value", ["ada@example.com", "x" * 300])
def test_nobody_names_a_person_to_a_gateway(call, alice, body, gateway, option, value):
    model = make_account(gateway).models.filter(allowed=True).first()
    body |= {"model": str(model.pk), "extra": {option: value}}
    answer = call(alice, "POST", URL, body)
    assert answer.status_code == 422 and value not in answer.content.decode()
    error = answer.json()["error"]
    assert (error["field"], error["message"]) == (f"extra.{option}", "The studio fills this in.")


def test_what_came_out_otherwise_than_asked_is_told(call, alice, project):
    request = {"duration_s": 5.0, "resolution": "1080p", "generate_audio": True}
    made_ = make_take_row(project=project, author=alice, status="completed", request=request)
    make_output(made_, width=1280, height=720, duration_s=5.0)
    announced = make_take_row(project=project, author=alice, status="running", request=request)
    detail = {"makes": {"resolution": "480p"}}
    record(announced.pk, project.pk, "accepted", to_status="running", detail=detail)
    label = announced.account.adapter.label
    told = {
        str(made_.pk): ["Asked for 1080p; the clip has 1280 × 720."],
        str(announced.pk): [f"Asked for 1080p; {label} makes 480p."],
    }
    for pk, sentences in told.items():
        assert call(alice, "GET", f"{URL}/{pk}").json()["differences"] == sentences
    count = 0
    for more in (0, 3):
        for _ in range(more):
            make_take_row(project=project, author=alice, status="running", request=request)
        with CaptureQueriesContext(connection) as seen:
            items = call(alice, "GET", URL).json()["items"]
        assert {item["id"]: item["differences"] for item in items if item["differences"]} == told
        count = count or len(seen)
        assert len(seen) == count, "a list of takes asks for each of them"


def test_a_link_is_shown_without_what_may_be_a_key(client: Any, db: None) -> None:
    url = "https://files.example.com:8443/a/b.png?X-Signature=secret#page"
    take = make_take_row()
    take.request["inputs"] = [{"role": "first_frame", "url": url}]
    take.save()
    told = client.get(
        f"/api/v1/generations/{take.pk}", headers={"Authorization": f"Bearer {make_token(take.author)}"}
    )
    assert "secret" not in told.content.decode() and "#page" not in told.content.decode()
    assert told.json()["inputs"][0]["url"] == "https://files.example.com:8443/a/b.png"
    assert told.json()["request"]["inputs"][0]["url"] == "https://files.example.com:8443/a/b.png"
    assert "secret" not in json.dumps(recipe.document(take)) and "b.png" in json.dumps(recipe.document(take))
    assert shown_address("https://[2001:db8::1]/x?y") == "https://[2001:db8::1]/x"
    assert shown_address("https://[::1") == ""


# -- a price that was agreed to -----------------------------------------------------------------------


@pytest.mark.parametrize("max_usd", ["0.74", "0", "1"])
def test_nothing_is_made_above_the_price_that_the_caller_names(call, alice, body, max_usd):
    answer = call(alice, "POST", URL, {**body, "duration_s": 5, "max_usd": max_usd})
    if max_usd == "1":
        assert answer.status_code == 202 and answer.json()["cost"]["held_usd"] == "0.75"
        return
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (409, "price_moved", "max_usd")
    assert error["amount_usd"] == "0.75" and not Generation.objects.exists()


def test_of_a_batch_it_is_the_sum_and_no_known_price_is_above_any(call, alice, body, model):
    batch = {**body, "duration_s": 5, "count": 2}
    assert call(alice, "POST", "/api/v1/batches", {**batch, "max_usd": "1.49"}).status_code == 409
    assert call(alice, "POST", "/api/v1/batches", {**batch, "max_usd": "1.50"}).status_code == 202
    free = make_model(price_rule={})
    answer = call(alice, "POST", URL, {**body, "model": free.wire_id, "max_usd": "1000"})
    assert answer.status_code == 409 and answer.json()["error"]["amount_usd"] is None
    assert call(alice, "POST", URL, {**body, "max_usd": "ten"}).status_code == 422


def test_a_retry_has_a_price_too_and_fills_nothing_in(call, alice, project):
    model = make_model(capabilities={**CAPABILITIES, "audio": "optional"})
    first = make_take_row(project=project, model=model, status="failed")
    address = f"{URL}/{first.pk}/retry"
    assert call(alice, "POST", address, {"max_usd": "0.10"}).status_code == 409
    again = call(alice, "POST", address, {"max_usd": "0.75"}).json()
    assert again["request"].get("generate_audio") is None  # it was made before the model could
    changed = call(alice, "POST", address, {"changes": {"duration_s": 10}}).json()
    assert changed["request"]["generate_audio"] is True


# -- an archived project takes nothing new --------------------------------------------------------------


def test_every_door_of_an_archived_project_is_closed_alike(call, client, alice, project, model, body):
    take = make_take_row(project=project, model=model, status="failed")
    asset = make_asset(project=project, content=b"no picture")
    saved = saved_prompts.save(alice, project, "prompt", "Old", "Fog")
    mira = characters.create(alice, project, name="Mira", files=[asset])
    project.archived_at = timezone.now()
    project.save()
    told = {"project": project.slug, "name": "New"}
    doors = [
        ("POST", URL, body),
        ("POST", "/api/v1/batches", body),
        ("POST", "/api/v1/quotes", body),
        ("POST", f"{URL}/{take.pk}/retry", {}),
        ("PATCH", f"/api/v1/assets/{asset.pk}", {"name": "New"}),
        ("POST", f"/api/v1/assets/{asset.pk}/derive", {"op": "crop", "ratio": "1:1"}),
        ("POST", "/api/v1/prompts", {**told, "kind": "prompt", "text": "Fog"}),
        ("PUT", f"/api/v1/prompts/{saved.pk}", {"name": "New", "text": "Fog"}),
        ("DELETE", f"/api/v1/prompts/{saved.pk}", None),
        ("POST", "/api/v1/characters", {**told, "assets": [str(asset.pk)]}),
        ("PATCH", f"/api/v1/characters/{mira.pk}", {"name": "New"}),
        ("DELETE", f"/api/v1/characters/{mira.pk}", None),
    ]
    answers = {(method, path): call(alice, method, path, sent) for method, path, sent in doors}
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    file = SimpleUploadedFile("a.png", b"no picture")
    form = {"project": project.slug, "file": file}
    answers["assets"] = client.post("/api/v1/assets", form, headers=headers)
    found = {door: (answer.status_code, answer.json()["error"]["field"]) for door, answer in answers.items()}
    assert set(found.values()) == {(404, "project")}, found
    assert call(alice, "GET", f"/api/v1/assets/{asset.pk}").json()["name"] == asset.name
