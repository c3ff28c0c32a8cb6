"""Reviews and sign-off by the API: the same services, other words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Generation, SignOff
from generations.services import comments, review, stacks
from generations.services.writers import Writer
from tests import factories
from tests.review_rows import make_clip

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def call(alice):
    headers = {"Authorization": f"Bearer {factories.make_token(alice)}"}

    def send(method: str, address: str, body: Any = None) -> Any:
        text = json.dumps(body) if body is not None else ""
        return Client().generic(method, ROOT + address, text, "application/json", headers=headers)

    return send


def test_asked_decided_signed_and_withdrawn(project, alice, bob, call):
    take = make_clip(project, author=bob)
    at = f"/generations/{take.pk}"
    day = timezone.localdate().isoformat()
    asked = call("POST", f"{at}/review", {"reviewer": "alice", "due_on": day}).json()["review"]
    open_review = {"state": "in_review", "client": None, "reviewer": "alice", "due_on": day}
    assert asked == {**open_review, "signed_at": None}
    listed = call("GET", f"/projects/{project.slug}/review").json()["items"]
    assert [item["id"] for item in listed] == [str(take.pk)]
    seen = call("GET", f"{at}/decisions").json()["seen"]
    made = call("POST", f"{at}/decision", {**seen, "review": "approved", "words": "Lovely."})
    assert made.status_code == 201 and made.json()["verified_by"] == "member" and made.json()["note"]
    lines = call("GET", f"{at}/decisions").json()["items"]
    assert [line["review"] for line in lines] == ["in_review", "approved"]
    back = call("DELETE", f"{at}/decisions/{made.json()['id']}")
    assert back.status_code == 200 and back.json()["review"] == "in_review"
    assert call("DELETE", f"{at}/decisions/{made.json()['id']}").json()["error"]["code"] == "wrong_state"
    call("POST", f"{at}/decision", {**seen, "review": "approved"})
    signed = call("POST", f"{at}/sign-off", {"file_sha256": seen["file_sha256"]})
    assert signed.status_code == 201 and signed.json()["fits_file"]
    assert signed.json()["certificate"]["statement"]["file"]["sha256"] == seen["file_sha256"]
    assert call("POST", f"{at}/trash").json()["error"]["code"] == "wrong_state"
    number = signed.json()["id"]
    assert call("POST", f"/sign-offs/{number}/withdraw", {"reason": "The wrong grade."}).status_code == 200
    kept = call("GET", f"{at}/sign-offs").json()["items"][0]
    assert kept["certificate"]["withdrawal"]["reason"] == "The wrong grade."
    assert call("POST", f"/sign-offs/{number}/withdraw", {"reason": "Again."}).status_code == 409
    assert call("GET", at).json()["review"]["signed_at"] is None and SignOff.objects.count() == 1
    assert call("DELETE", f"{at}/review").status_code == 409


def test_more_sign_offs_of_a_take_ask_no_more_questions(project, alice, call):
    take = make_clip(project)
    at, sha256 = f"/generations/{take.pk}", review.sha256_of(take)

    def asked() -> int:
        call("POST", f"{at}/decision", {"file_sha256": sha256, "review": "approved"})
        number = call("POST", f"{at}/sign-off", {"file_sha256": sha256}).json()["id"]
        call("POST", f"/sign-offs/{number}/withdraw", {"reason": "The wrong grade."})
        with CaptureQueriesContext(connection) as queries:
            call("GET", f"{at}/sign-offs")
        return len(queries)

    few, many = asked(), [asked(), asked()][-1]
    assert few == many and SignOff.objects.count() == 3


def test_a_newer_version_and_other_bytes_are_told_apart(project, alice, call):
    one, two = make_clip(project), make_clip(project)
    seen = {"file_sha256": review.sha256_of(one), "review": "approved"}
    stacks.stack(alice, project, [one.pk, two.pk])
    at = f"/generations/{one.pk}/decision"
    error = call("POST", at, seen)
    assert error.status_code == 409 and error.json()["error"]["code"] == "version_replaced"
    assert error.json()["error"]["newer"] == {"id": str(two.pk), "version_no": 2}
    assert call("POST", at, {**seen, "anyway": True}).status_code == 201
    other = call("POST", at, {**seen, "file_sha256": "0" * 64, "anyway": True}).json()["error"]
    assert (other["code"], other["field"], other["newer"]) == ("version_replaced", "file_sha256", None)


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("decision", {"review": "in_review", "file_sha256": "0" * 64}, "review"),
        ("decision", {"review": "approved", "file_sha256": "short"}, "file_sha256"),
        ("decision", {"review": "approved"}, "file_sha256"),
        ("decision", {"review": "approved", "file_sha256": "0" * 64, "anyway": "yes"}, "anyway"),
        ("review", {"reviewer": "nobody"}, "reviewer"),
        ("review", {"due_on": "2020-01-01"}, "due_on"),
        ("review", {"who": "alice"}, "who"),
        ("sign-off", {}, "file_sha256"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(project, call, address, body, field):
    answer = call("POST", f"/generations/{make_clip(project).pk}/{address}", body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


def test_a_take_for_a_note_is_the_next_version(project, alice, bob, call):
    take = make_clip(project, author=bob)
    note = comments.write(Writer(person=bob), take, body="The hand melts.")
    wish = {"project": project.slug, "model": take.model.wire_id, "prompt": "A boat", "fixes": str(note.pk)}
    made = call("POST", "/batches", {**wish, "count": 2})
    assert made.status_code == 202, made.content
    for number, one in enumerate(made.json()["takes"], start=2):
        assert (one["relation"], one["fixes"], one["parent"]) == ("fix", str(note.pk), str(take.pk))
        assert (one["version_no"], one["on_top"]) == (number, False)
    elsewhere = factories.make_project(alice)
    refused = call("POST", "/generations", {**wish, "project": elsewhere.slug})
    assert refused.status_code == 404 and refused.json()["error"]["field"] == "fixes"
    assert Generation.objects.filter(fixes=note).count() == 2
