"""Limits through the API: how they stand, making, changing and removing them, asking for more, the answer."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from generations.models import LimitRequest
from providers.ids import new_id
from providers.models import AuditEvent, Quota
from tests.factories import make_model, make_quota, make_take_row, make_token

pytestmark = pytest.mark.django_db
GOOD = {"scope": "studio", "measure": "money", "period": "month", "limit": "50"}


@pytest.fixture
def call() -> Any:
    def ask(person: Any, method: str, address: str, body: Any = None, *scopes: str) -> Any:
        headers = {"Authorization": f"Bearer {make_token(person, *scopes)}"}
        asked = getattr(Client(), method)
        return asked(f"/api/v1/{address}", body, "application/json", headers=headers)

    return ask


def test_limits_are_made_changed_and_removed_with_a_trace(call, admin, project):
    body = {"scope": "project", "scope_id": str(project.pk), "soft_limit": "40", "time_zone": "Europe/Berlin"}
    made = call(admin, "post", "limits", {**GOOD, **body})
    assert made.status_code == 201 and made.json()["applies_to"] == "Project Harbour film"
    place = f"limits/{made.json()['id']}"
    assert call(admin, "post", "limits", {**GOOD, **body}).status_code == 409
    assert call(admin, "patch", place, {"limit": "60.50"}).json()["soft_limit"] == "40.00"
    assert call(admin, "patch", place, {"soft_limit": None}).json()["soft_limit"] is None
    assert call(admin, "delete", place).status_code == 204 and not Quota.objects.exists()
    assert call(admin, "patch", place, {"limit": "1"}).status_code == 404
    lines = AuditEvent.objects.filter(subject="quota").order_by("pk")
    assert [line.verb for line in lines] == ["create", "change", "change", "delete"]
    assert (lines[1].before, lines[1].after) == ({"limit": "50.00"}, {"limit": "60.50"})
    assert (lines[2].before, lines[2].after) == ({"soft_limit": "40.00"}, {"soft_limit": None})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"limit": "-1"}, "limit"),
        ({"limit": "NaN"}, "limit"),
        ({"limit": "1e30"}, "limit"),
        ({"limit": "100000001"}, "limit"),
        ({"limit": "5.005"}, "limit"),
        ({"soft_limit": "50"}, "soft_limit"),
        ({"measure": "count", "limit": "1.5"}, "limit"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"period": "fortnight"}, "period"),
        ({"scope": "project"}, "scope_id"),
        ({"scope": "project", "scope_id": str(new_id())}, "scope_id"),
        ({"scope_id": str(new_id())}, "scope_id"),
        ({"scope": "role"}, "role"),
        ({"scope": "role", "role": "king"}, "role"),
        ({"role": "member"}, "role"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_by_field(call, admin, wrong, field):
    answer = call(admin, "post", "limits", {**GOOD, **wrong})
    assert answer.status_code == 422 and answer.json()["error"]["field"] == field
    assert not Quota.objects.exists() and not AuditEvent.objects.filter(subject="quota").exists()


@time_machine.travel("2026-12-15T12:00:00Z", tick=False)
def test_the_list_tells_how_they_stand(call, project, bob, charlie, producer):
    make_take_row(project=project, author=bob)
    limit = {"measure": "money", "period": "month", "time_zone": "Europe/Berlin", "soft_limit": "0.5"}
    make_quota("1.00", scope="project", scope_id=project.pk, **limit)
    make_quota(3, scope="person", scope_id=bob.pk)
    told = {item["scope"]: item for item in call(bob, "get", "limits").json()["items"]}
    assert (told["project"]["used"], told["project"]["left"]) == ("0.75", "0.25")
    assert told["project"]["begins_at"] == "2026-11-30T23:00:00Z"
    assert told["project"]["resets_at"] == "2026-12-31T23:00:00Z"
    assert (told["person"]["used"], told["person"]["resets_at"]) == ("1", None)
    assert call(charlie, "get", "limits").json()["items"] == []
    holds = {item["scope"]: item["holds_you"] for item in call(producer, "get", "limits").json()["items"]}
    assert holds == {"project": False, "person": False}


def test_a_refusal_names_the_limit_and_more_of_it_is_asked_for(call, project, bob, producer):
    quota = make_quota(0, scope="project", scope_id=project.pk, period="day")
    body = {"project": project.slug, "model": make_model().wire_id, "prompt": "A boat"}
    refused = call(bob, "post", "generations", body)
    error = refused.json()["error"]
    assert (refused.status_code, error["limit_id"], error["used"]) == (429, str(quota.pk), "0.00")
    assert error["resets_at"] and "producer can lift it." in error["message"]
    asked = call(bob, "post", "limit-requests", {"limit": error["limit_id"], "amount": "2", "words": "Now"})
    assert asked.status_code == 201 and asked.json()["state"] == "open"
    (seen,) = call(producer, "get", "limit-requests").json()["items"]
    assert (seen["by"], seen["words"]) == ("Bob Baker", "Now")
    place = f"limits/requests/{seen['id']}/answer"
    assert call(producer, "post", place, {"answer": "refuse"}).json()["error"]["field"] == "words"
    assert call(producer, "post", place, {"answer": "raise"}).json()["error"]["field"] == "to"
    done = call(producer, "post", place, {"answer": "raise", "to": "2"})
    assert (done.status_code, done.json()["raised_to"]) == (200, "2.00")
    assert call(producer, "get", "limit-requests").json()["items"] == []
    assert LimitRequest.objects.get().state == "raised"
    assert call(bob, "post", "generations", body).status_code == 202
    assert call(bob, "get", "limit-requests").json()["items"][0]["raised_to"] == "2.00"


def test_a_token_needs_the_scope_and_a_session_a_fresh_password(call, admin, signed_in):
    assert call(admin, "post", "limits", GOOD, "read", "write", "generate").status_code == 403
    for fresh, status in ((False, 403), (True, 201)):
        client = signed_in(admin, fresh=fresh)
        assert client.post("/api/v1/limits", GOOD, "application/json").status_code == status
        assert client.get("/api/v1/limits").status_code == 200
