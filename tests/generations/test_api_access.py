"""Who gets in: tokens with scopes, sessions with CSRF, and 404 for everything of other people."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from generations.models import Role
from generations.services import (
    characters,
    chunks,
    comments,
    limit_requests,
    saved_prompts,
    saved_views,
    shares,
    shots,
)
from generations.services.projects import create_project
from generations.services.shares import Chosen, Terms
from generations.services.writers import Writer
from providers.ids import new_id
from providers.models import AllowList
from tests.factories import (
    add_member,
    make_asset,
    make_model,
    make_output,
    make_quota,
    make_record,
    make_take_row,
    make_token,
)
from videostudio.api import api

ROOT = "/api/v1"
NOTHING = new_id()

# method and address -> status for: nobody, stranger, viewer, editor, owner, reader's token of the owner
TABLE: dict[tuple[str, str], tuple[int, int, int, int, int, int]] = {
    ("GET", "/projects"): (401, 200, 200, 200, 200, 200),
    ("POST", "/projects"): (401, 403, 403, 403, 201, 403),
    ("POST", "/assets"): (401, 404, 403, 422, 422, 403),
    ("GET", "/assets/{asset}"): (401, 404, 200, 200, 200, 200),
    ("POST", "/assets/{asset}/derive"): (401, 404, 403, 422, 422, 403),
    ("POST", "/assets/of_take/{take}"): (401, 404, 403, 422, 422, 403),
    ("GET", "/characters"): (401, 404, 200, 200, 200, 200),
    ("POST", "/characters"): (401, 404, 403, 201, 422, 403),
    ("GET", "/characters/{character}"): (401, 404, 200, 200, 200, 200),
    ("PATCH", "/characters/{character}"): (401, 404, 403, 200, 200, 403),
    ("DELETE", "/characters/{character}"): (401, 404, 403, 200, 200, 403),
    ("GET", "/assets"): (401, 200, 200, 200, 200, 200),
    ("PATCH", "/assets/{asset}"): (401, 404, 403, 200, 200, 403),
    ("GET", "/assets/{asset}/content"): (401, 404, 200, 200, 200, 200),
    ("HEAD", "/assets/{asset}/content"): (401, 404, 200, 200, 200, 200),
    ("GET", "/assets/{asset}/registrations"): (401, 404, 200, 200, 200, 200),
    ("POST", "/assets/{asset}/registrations"): (401, 404, 403, 422, 422, 403),
    ("DELETE", "/assets/{asset}/registrations/{account}"): (401, 404, 403, 422, 422, 403),
    ("POST", "/assets/{asset}/trash"): (401, 404, 403, 200, 200, 403),
    ("POST", "/assets/{asset}/restore"): (401, 404, 403, 200, 200, 403),
    ("POST", "/assets/{asset}/share"): (401, 404, 403, 403, 403, 403),
    ("POST", "/assets/{asset}/unshare"): (401, 404, 403, 403, 403, 403),
    ("OPTIONS", "/uploads"): (401, 204, 204, 204, 204, 204),
    ("GET", "/uploads"): (401, 200, 200, 200, 200, 200),
    ("POST", "/uploads"): (401, 404, 403, 201, 201, 403),
    ("GET", "/uploads/{upload}"): (401, 404, 404, 404, 200, 200),
    ("HEAD", "/uploads/{upload}"): (401, 404, 404, 404, 200, 200),
    ("PATCH", "/uploads/{upload}"): (401, 404, 404, 404, 415, 403),
    ("POST", "/uploads/{upload}"): (401, 405, 405, 405, 405, 403),
    ("DELETE", "/uploads/{upload}"): (401, 404, 404, 404, 204, 403),
    ("GET", "/models"): (401, 200, 200, 200, 200, 200),
    ("PUT", "/models/{model}/favourite"): (401, 204, 204, 204, 204, 403),
    ("DELETE", "/models/{model}/favourite"): (401, 204, 204, 204, 204, 403),
    ("GET", "/usage"): (401, 403, 403, 403, 200, 200),
    ("POST", "/quotes"): (401, 404, 403, 200, 200, 200),
    ("GET", "/generations"): (401, 200, 200, 200, 200, 200),
    ("POST", "/generations"): (401, 404, 403, 202, 202, 403),
    ("POST", "/batches"): (401, 404, 403, 202, 202, 403),
    ("GET", "/generations/{take}"): (401, 404, 200, 200, 200, 200),
    ("GET", "/generations/{take}/events"): (401, 404, 200, 200, 200, 200),
    ("GET", "/generations/{take}/content"): (401, 404, 200, 200, 200, 200),
    ("HEAD", "/generations/{take}/content"): (401, 404, 200, 200, 200, 200),
    ("GET", "/generations/{take}/poster"): (401, 404, 404, 404, 404, 404),
    ("GET", "/generations/{take}/small"): (401, 404, 404, 404, 404, 404),
    ("GET", "/generations/{take}/strip"): (401, 404, 404, 404, 404, 404),
    ("GET", "/generations/{take}/last_frame"): (401, 404, 404, 404, 404, 404),
    ("GET", "/generations/{take}/sounded"): (401, 404, 404, 404, 404, 404),
    ("GET", "/generations/{take}/proxy"): (401, 404, 404, 404, 404, 404),
    ("GET", "/generations/{take}/comments"): (401, 404, 200, 200, 200, 200),
    ("POST", "/generations/{take}/comments"): (401, 404, 403, 201, 201, 403),
    ("PATCH", "/comments/{comment}"): (401, 404, 403, 403, 200, 403),
    ("POST", "/comments/{comment}/resolve"): (401, 404, 403, 200, 200, 403),
    ("POST", "/comments/{comment}/reopen"): (401, 404, 403, 200, 200, 403),
    ("DELETE", "/comments/{comment}"): (401, 404, 403, 403, 204, 403),
    ("POST", "/generations/{take}/retry"): (401, 404, 403, 202, 202, 403),
    ("GET", "/generations/{take}/alternatives"): (401, 404, 403, 200, 200, 200),
    ("POST", "/generations/{take}/failover"): (401, 404, 403, 409, 409, 403),
    ("POST", "/generations/{take}/cancel"): (401, 404, 403, 409, 409, 403),
    ("POST", "/generations/{take}/resume"): (401, 404, 403, 409, 409, 403),
    ("POST", "/generations/{take}/resolve"): (401, 404, 403, 409, 409, 403),
    ("POST", "/generations/{take}/consent"): (401, 404, 403, 409, 409, 403),
    ("GET", "/consents"): (401, 200, 200, 200, 200, 200),
    ("GET", "/alerts"): (401, 404, 404, 404, 404, 404),
    ("GET", "/audit"): (401, 404, 404, 404, 404, 404),
    ("GET", "/prompts"): (401, 422, 422, 422, 422, 422),
    ("GET", "/prompts/past"): (401, 422, 422, 422, 422, 422),
    ("POST", "/prompts"): (401, 404, 403, 201, 422, 403),
    ("PUT", "/prompts/{prompt}"): (401, 422, 422, 422, 422, 403),
    ("DELETE", "/prompts/{prompt}"): (401, 404, 403, 403, 204, 403),
    ("GET", "/consents/{record}"): (401, 404, 404, 404, 200, 200),
    ("GET", "/generations/{take}/consent"): (401, 404, 409, 409, 409, 409),
    ("POST", "/consents/{record}/withdraw"): (401, 404, 404, 404, 200, 403),
    ("POST", "/generations/{take}/move"): (401, 404, 403, 403, 409, 403),
    ("POST", "/generations/{take}/pause"): (401, 404, 403, 403, 409, 403),
    ("POST", "/generations/{take}/unpause"): (401, 404, 403, 409, 409, 403),
    ("GET", "/generations/search"): (401, 404, 200, 200, 200, 200),
    ("POST", "/sorting"): (401, 404, 403, 200, 200, 403),
    ("POST", "/sorting/undo"): (401, 404, 404, 404, 404, 403),
    ("POST", "/sorting/bin"): (401, 404, 403, 200, 200, 403),
    ("POST", "/sorting/bin/undo"): (401, 404, 404, 404, 404, 403),
    ("POST", "/archives"): (401, 404, 200, 200, 200, 200),
    ("GET", "/views"): (401, 404, 200, 200, 200, 200),
    ("POST", "/views"): (401, 404, 201, 201, 201, 403),
    ("PATCH", "/views/{view}"): (401, 404, 404, 404, 200, 403),
    ("DELETE", "/views/{view}"): (401, 404, 404, 404, 204, 403),
    ("GET", "/shares"): (401, 404, 403, 200, 200, 200),
    ("POST", "/shares"): (401, 404, 403, 201, 201, 403),
    ("GET", "/shares/{share}"): (401, 404, 404, 200, 200, 200),
    ("PATCH", "/shares/{share}"): (401, 404, 404, 200, 200, 403),
    ("PUT", "/shares/{share}/takes"): (401, 404, 404, 409, 409, 403),  # the list of nobody
    ("POST", "/shares/{share}/renew"): (401, 404, 404, 200, 200, 403),
    ("POST", "/shares/{share}/revoke"): (401, 404, 404, 200, 200, 403),
    ("GET", "/projects/{project}/shots"): (401, 404, 200, 200, 200, 200),
    ("POST", "/projects/{project}/shots"): (401, 404, 403, 201, 422, 403),
    ("POST", "/projects/{project}/shots/import"): (401, 404, 403, 200, 200, 403),
    ("GET", "/projects/{project}/shots/cut"): (401, 404, 422, 422, 422, 422),  # no shot has a clip
    ("GET", "/shots/{shot}"): (401, 404, 200, 200, 200, 200),
    ("PATCH", "/shots/{shot}"): (401, 404, 403, 200, 200, 403),
    ("DELETE", "/shots/{shot}"): (401, 404, 403, 204, 404, 403),
    ("POST", "/shots/{shot}/place"): (401, 404, 403, 200, 200, 403),
    ("POST", "/shots/{shot}/choose"): (401, 404, 403, 200, 200, 403),
    ("GET", "/limits"): (401, 200, 200, 200, 200, 200),
    ("POST", "/limits"): (401, 403, 403, 403, 403, 403),
    ("PATCH", "/limits/{limit}"): (401, 404, 403, 403, 403, 403),
    ("DELETE", "/limits/{limit}"): (401, 404, 403, 403, 403, 403),
    ("POST", "/limits/requests/{request}/answer"): (401, 404, 404, 403, 404, 403),
    ("GET", "/allow-lists"): (401, 200, 200, 200, 200, 200),
    ("POST", "/allow-lists"): (401, 403, 403, 403, 403, 403),
    ("PATCH", "/allow-lists/{allow_list}"): (401, 404, 403, 403, 403, 403),
    ("DELETE", "/allow-lists/{allow_list}"): (401, 404, 403, 403, 403, 403),
    ("GET", "/limit-requests"): (401, 200, 200, 200, 200, 200),
    ("POST", "/limit-requests"): (401, 404, 201, 409, 201, 403),  # the editor has asked already
    ("GET", "/queue"): (401, 200, 200, 200, 200, 200),
    ("GET", "/queue/alternatives"): (401, 200, 200, 200, 200, 200),
    ("POST", "/queue/failover"): (401, 409, 409, 409, 409, 403),
    ("POST", "/queue/pause"): (401, 200, 200, 200, 200, 403),
    ("POST", "/queue/unpause"): (401, 200, 200, 200, 200, 403),
    ("GET", "/news"): (401, 200, 200, 200, 200, 200),
    ("POST", "/news/seen"): (401, 200, 200, 200, 200, 403),
    ("GET", "/watching"): (401, 200, 200, 200, 200, 200),
    ("PUT", "/watching"): (401, 200, 200, 200, 200, 403),
    ("POST", "/generations/{take}/decision"): (401, 404, 403, 201, 201, 403),
    ("GET", "/generations/{take}/decisions"): (401, 404, 200, 200, 200, 200),
    ("DELETE", "/generations/{take}/decisions/{line}"): (401, 404, 403, 409, 409, 403),
    ("POST", "/generations/{take}/review"): (401, 404, 403, 200, 200, 403),
    ("DELETE", "/generations/{take}/review"): (401, 404, 403, 409, 409, 403),
    ("GET", "/projects/{project}/review"): (401, 404, 200, 200, 200, 200),
    ("POST", "/generations/{take}/sign-off"): (401, 404, 403, 409, 409, 403),
    ("GET", "/generations/{take}/sign-offs"): (401, 404, 200, 200, 200, 200),
    ("POST", "/sign-offs/{sign_off}/withdraw"): (401, 404, 404, 404, 404, 403),
    ("POST", "/generations/{take}/trash"): (401, 404, 403, 200, 409, 403),
    ("POST", "/generations/{take}/restore"): (401, 404, 403, 409, 409, 403),
}


@pytest.fixture
def stage(project: Any, alice: Any, bob: Any, charlie: Any, make_person: Any) -> dict[str, Any]:
    """Alice's project with a finished take; bob edits, victor watches, charlie is a stranger."""
    viewer = make_person("victor")
    add_member(project, viewer, Role.VIEWER)
    model = make_model()
    take = make_take_row(project=project, model=model, status="completed")
    clip = make_output(take)
    record = make_record(take, alice)
    limit = make_quota(20, scope="project", scope_id=project.pk)
    return {
        "take": take.pk,
        "sha256": clip.sha256,
        "sign_off": NOTHING,
        "line": NOTHING,
        "record": record.pk,
        "comment": comments.write(Writer(person=alice), take, body="Hers").pk,
        "asset": (asset := make_asset(project=project, content=b"picture")).pk,
        "character": characters.create(alice, project, name="Mira", files=[asset]).pk,
        "prompt": saved_prompts.save(alice, project, "prompt", "Hers", "A text").pk,
        "share": shares.make(alice, project, Terms("First Light"), takes=[Chosen(take.pk)])[0].pk,
        "shot": shots.add(alice, project, shots.Words("SH010")).pk,
        "view": saved_views.save(alice, project, "Hers", "", shared=False).pk,
        "upload": chunks.begin(alice, project, name="a.mp4", size_bytes=5).pk,
        "limit": limit.pk,
        "allow_list": AllowList.objects.create(scope="project", project_id=project.pk, longest_s=60).pk,
        "request": limit_requests.ask(bob, limit, Decimal(5), "More").pk,
        "project": project,
        "model": model,
        "account": model.account_id,
    }


def body_for(address: str, stage: dict[str, Any]) -> Any:
    these = {"project": stage["project"].slug, "takes": [str(stage["take"])]}
    wish = {"project": str(stage["project"].pk), "model": stage["model"].wire_id, "prompt": "A boat"}
    bodies = {
        "/projects": {"name": "New"},
        "/limits": {"scope": "studio", "measure": "count", "period": "day", "limit": "5"},
        "/limits/{limit}": {"limit": "9"},
        "/limits/requests/{request}/answer": {"answer": "raise", "to": "30"},
        "/generations/{take}/failover": {"account": str(stage["account"])},
        "/queue/failover": {"account": str(stage["account"]), "to": str(stage["account"])},
        "/allow-lists": {"scope": "role", "role": "member", "longest_s": "60"},
        "/allow-lists/{allow_list}": {"longest_s": "50"},
        "/limit-requests": {"limit": str(stage["limit"]), "amount": "5"},
        "/characters": {"project": wish["project"], "name": "Otto", "assets": [str(stage["asset"])]},
        "/quotes": wish,
        "/prompts": {"project": stage["project"].slug, "name": "Portrait", "text": "A portrait"},
        "/generations": wish,
        "/batches": wish,
        "/sorting": {**these, "act": "rate", "stars": 3},
        "/sorting/bin": {**these, "act": "trash"},
        "/sorting/undo": {"project": these["project"], "change": str(NOTHING)},
        "/sorting/bin/undo": {"project": these["project"], "change": str(NOTHING)},
        "/archives": these,
        "/views": {"project": these["project"], "name": "Mine"},
        "/generations/{take}/comments": {"body": "Sharper"},
        "/comments/{comment}": {"body": "Hers, changed", "version": 0},
        "/shares": {
            "project": these["project"],
            "title": "For you",
            "takes": [{"take": str(stage["take"])}],
        },
        "/shares/{share}": {"brand": "Harbour Studio"},
        "/shares/{share}/takes": {"takes": [{"take": str(stage["take"])}], "version": "none"},
        "/projects/{project}/shots": {"code": "SH020"},
        "/projects/{project}/shots/import": {"csv": "Code,Title\nSH010,Dawn"},
        "/shots/{shot}": {"title": "Dawn"},
        "/shots/{shot}/place": {"after": None},
        "/shots/{shot}/choose": {"take": None},
        "/assets/{asset}/derive": {"op": "crop"},
        "/assets/of_take/{take}": {"part": "last"},
        "/assets/{asset}/registrations": {"account": str(NOTHING)},
        "/generations/{take}/resolve": {"action": "drop"},
        "/generations/{take}/move": {"to": "up"},
        "/watching": {"which": "all", "sound": False, "notify": False, "digest": "never"},
        "/generations/{take}/decision": {"review": "approved", "file_sha256": stage["sha256"]},
        "/generations/{take}/sign-off": {"file_sha256": "0" * 64},
        "/sign-offs/{sign_off}/withdraw": {"reason": "The wrong grade."},
        "/generations/{take}/consent": {"ticks": {}, "text_sha256": "0" * 64},
    }
    return bodies.get(address, {})


def ask(token: str | None, method: str, address: str, stage: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = ROOT + address.format(**{name: getattr(row, "pk", row) for name, row in stage.items()})
    if address.startswith("/uploads"):
        of_project = base64.b64encode(stage["project"].slug.encode()).decode()
        headers |= {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "5",
            "Upload-Metadata": f"project {of_project}",
        }
    if (method, address) == ("POST", "/assets"):
        from django.core.files.uploadedfile import SimpleUploadedFile

        data = {"project": stage["project"].slug, "file": SimpleUploadedFile("x.png", b"no picture")}
        return Client().post(url, data, headers=headers).status_code
    asking = ("/characters", "/views", "/shares", "/generations/search")
    if address == "/queue/alternatives":
        url += f"?account={stage['account']}"
    if method == "GET" and address in asking:
        url += f"?project={stage['project'].slug}"
    body = json.dumps(body_for(address, stage)) if method in ("POST", "PUT", "PATCH") else ""
    return Client().generic(method, url, body, "application/json", headers=headers).status_code


def test_every_operation_has_a_line_in_the_table():
    told = {
        (method.upper(), address.removeprefix(ROOT).replace("_id}", "}"))
        for address, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }
    names = ("poster", "small", "strip", "last_frame", "sounded", "proxy")
    files = {("HEAD", f"/generations/{{take}}/{name}") for name in names}
    assert told == set(TABLE) | files


@pytest.mark.parametrize(("method", "address"), TABLE)
def test_each_role_gets_what_the_table_says(method, address, stage, project, alice, bob, charlie):
    from videostudio.models import User

    people = [charlie, User.objects.get(username="victor"), bob, alice]
    tokens = [None, *(make_token(person) for person in people), make_token(alice, "read")]
    assert tuple(ask(token, method, address, stage) for token in tokens) == TABLE[method, address]


def test_many_projects_cost_no_more_questions(stage, alice, django_assert_max_num_queries):
    for number in range(12):
        create_project(alice, f"Film {number}")
    client, headers = Client(), {"Authorization": f"Bearer {make_token(alice)}"}
    with django_assert_max_num_queries(5):
        told = client.get(f"{ROOT}/projects", headers=headers).json()["items"]
    assert {item["role"] for item in told} == {"owner"} and len(told) >= 13


def test_what_is_not_there_looks_like_what_is_not_yours(stage, charlie):
    client, headers = Client(), {"Authorization": f"Bearer {make_token(charlie)}"}
    foreign = client.get(f"{ROOT}/generations/{stage['take']}", headers=headers)
    nothing = client.get(f"{ROOT}/generations/{NOTHING}", headers=headers)
    assert foreign.status_code == nothing.status_code == 404 and foreign.content == nothing.content


def test_lists_of_a_stranger_are_empty(stage, charlie):
    headers = {"Authorization": f"Bearer {make_token(charlie)}"}
    assert Client().get(f"{ROOT}/generations", headers=headers).json()["items"] == []
    assert Client().get(f"{ROOT}/projects", headers=headers).json()["items"] == []
    found = Client().get(f"{ROOT}/generations?project={stage['project'].slug}", headers=headers)
    assert found.status_code == 404


def test_session_reads_and_writes_only_with_its_csrf_token(alice, signed_in):
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(alice).cookies
    assert client.get(f"{ROOT}/projects").status_code == 200
    refused = client.post(f"{ROOT}/projects", {"name": "New"}, "application/json")
    assert refused.status_code == 403 and refused.json()["error"]["code"] == "forbidden"
    client.get("/me")  # makes the cookie
    name = next(name for name in client.cookies if name.endswith("csrf"))
    headers = {"X-CSRFToken": client.cookies[name].value}
    made = client.post(f"{ROOT}/projects", {"name": "New"}, "application/json", headers=headers)
    assert made.status_code == 201 and made.json()["role"] == "owner"


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/projects", 405, "method_not_allowed"),
        ("GET", "/generations/not-an-id", 404, "not_found"),
    ],
)
def test_answers_outside_any_view_have_the_same_shape(alice, method, address, status, code):
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    answer = Client().generic(method, ROOT + address, headers=headers)
    assert answer.status_code == status and answer.json()["error"]["code"] == code


def test_fault_of_ours_is_json_without_its_innards(alice, monkeypatch):
    def broken(*_: Any) -> None:
        raise RuntimeError("inner secret")

    monkeypatch.setattr("generations.api.show.project", broken)
    make = Client(raise_request_exception=False)
    make.post(f"{ROOT}/projects", {}, headers={"Authorization": "Bearer x"})
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    answer = make.post(f"{ROOT}/projects", {"name": "New"}, "application/json", headers=headers)
    assert answer.status_code == 500 and answer.json()["error"]["code"] == "internal"
    assert b"inner secret" not in answer.content


def test_broken_json_is_refused(alice):
    headers = {"Authorization": f"Bearer {make_token(alice)}"}
    answer = Client().generic("POST", f"{ROOT}/projects", "{", "application/json", headers=headers)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "bad_request"
