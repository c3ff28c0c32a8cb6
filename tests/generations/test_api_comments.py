"""Notes by the API: read and written as typed bodies, refused by field, and told how they stand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from generations.models import Comment
from generations.services import comments
from generations.services.writers import Writer
from tests.factories import make_token
from tests.generations.notes import make_clip, make_guest

pytestmark = pytest.mark.django_db
ARROW = {"tool": "arrow", "colour": "blue", "points": [[0.1, 0.1], [0.2, 0.3]]}


@pytest.fixture
def take(project: Any) -> Any:
    return make_clip(project)


@pytest.fixture
def call(alice: Any) -> Any:
    headers = {"Authorization": f"Bearer {make_token(alice)}"}

    def send(method: str, address: str, body: Any = None) -> tuple[int, Any]:
        data = "" if body is None else json.dumps(body)
        answer = Client().generic(method, f"/api/v1{address}", data, "application/json", headers=headers)
        return answer.status_code, answer.json() if answer.content else None

    return send


def test_a_thread_from_its_note_to_its_end(call, take, project, bob):
    at = f"/generations/{take.pk}/comments"
    status, note = call("POST", at, {"body": "Sharper", "frame": 5, "drawing": [ARROW], "checklist": ["a"]})
    assert status == 201 and (note["frame"], note["drawing"], note["author"]["name"]) == (
        5,
        [ARROW],
        "Alice Archer",
    )
    guest = Writer(guest=make_guest(project, bob, may_comment=True))
    comments.write(guest, take, body="Hm", audience="client")
    assert (
        call("POST", at, {"body": "Yes", "parent": note["id"], "audience": "client"})[1]["audience"]
        == "internal"
    )
    found = call("GET", at)[1]["items"]
    assert [(one["body"], one["author"]["is_guest"], len(one["replies"])) for one in found] == [
        ("Hm", True, 0),
        ("Sharper", False, 1),
    ]
    assert [one["body"] for one in call("GET", f"{at}?audience=client")[1]["items"]] == ["Hm"]
    own = f"/comments/{note['id']}"
    assert call("PATCH", own, {"body": "Sharper still", "version": 0})[1]["version"] == 1
    status, told = call("PATCH", own, {"body": "Other", "version": 0})
    assert status == 409 and told["error"]["code"] == "outdated"
    assert told["error"]["comment"]["body"] == "Sharper still"
    assert call("POST", f"{own}/resolve", {"take": str(take.pk)})[1]["resolved_in"] == str(take.pk)
    assert call("POST", f"{own}/reopen")[1]["resolved_at"] is None
    assert call("DELETE", own) == (204, None) and call("DELETE", own)[0] == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"body": 5}, "body"),
        ({"body": "x", "frame": "5"}, "frame"),
        ({"body": "x", "frame": 10**12}, "frame"),
        ({"body": "x", "frame": 120}, "frame"),
        ({"body": "x", "frame": 9, "frame_end": 3}, "frame_end"),
        ({"body": "x", "frame": 1, "drawing": [{**ARROW, "tool": "laser"}]}, "drawing"),
        ({"body": "x", "frame": 1, "drawing": [{**ARROW, "points": [[0.5, 0.5]] * 5000}]}, "drawing"),
        ({"body": "x", "frame": 1, "drawing": ["pen"]}, "drawing.0"),
        ({"body": "x", "audience": "all"}, "audience"),
        ({"body": "x", "colour": "red"}, "colour"),
        ({"body": "x", "checklist": [1]}, "checklist.0"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_no_note_is_refused_by_field(call, take, body, field):
    status, told = call("POST", f"/generations/{take.pk}/comments", body)
    assert (status, told["error"]["field"]) == (422, field) and not Comment.objects.exists()


def test_a_parent_elsewhere_is_not_there(call, take, project, alice):
    other = comments.write(Writer(person=alice), make_clip(project), body="Elsewhere")
    status, told = call("POST", f"/generations/{take.pk}/comments", {"body": "x", "parent": str(other.pk)})
    assert (status, told["error"]["field"]) == (404, "parent")
