"""What leaves a line in the audit log beside what the admin changes: sign-ins, tokens, looks into others'
projects, what was thrown away and signed."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from generations.models import Generation, Review
from generations.services import assets, decide, review, sign_off, throwing, undo
from providers.models import AuditEvent
from tests import factories
from tests.review_rows import make_clip

pytestmark = pytest.mark.django_db


def told():
    """But for who entered: that a test does for its people."""
    rows = AuditEvent.objects.exclude(verb="signed in").order_by("id")
    return list(rows.values_list("verb", "subject", "actor_name"))


def test_signing_in_and_out_and_failing_to(alice):
    caller = Client(REMOTE_ADDR="192.0.2.9")
    sent = {"username": alice.username, "password": "nothing like it"}
    caller.post("/login", sent)
    caller.post("/login", {"username": "my-secret-password", "password": "x"})
    caller.post("/login", {**sent, "password": "correct horse 9"})
    caller.post("/logout")
    lines = AuditEvent.objects.order_by("id")
    verbs = ["failed to sign in", "failed to sign in", "signed in", "signed out"]
    assert [line.verb for line in lines] == verbs
    assert {line.address for line in lines} == {"192.0.2.9"}
    assert lines[0].subject_id == str(alice.pk) and lines[0].actor_name == "somebody"
    assert "secret" not in str(list(lines.values()))  # a name that is nobody's may be a password


def test_tokens_and_a_look_into_a_project_of_others(project, admin, alice, signed_in):
    cache.clear()
    desk = signed_in(admin)
    for address in (f"/p/{project.slug}/", f"/p/{project.slug}/gallery"):
        assert desk.get(address).status_code == 200
    assert desk.get("/api/v1/generations", {"project": project.slug}).status_code == 200
    signed_in(alice).get(f"/p/{project.slug}/")
    looks = [line for line in told() if line[0] == "looked into"]
    assert looks == [("looked into", "project", str(admin))]
    desk.post("/me/tokens", {"label": "laptop", "days": "30", "scopes": ["read"]})
    line = AuditEvent.objects.get(verb="made token")
    assert line.after["label"] == "laptop" and "vs_" not in str(line.after)


def test_what_is_thrown_away_restored_and_signed(project, alice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one, two = make_clip(project), make_clip(project)
    decide.trash(alice, one)
    decide.restore(alice, Generation.objects.get(pk=one.pk))
    change = throwing.trash(alice, project, [one.pk, two.pk])
    undo.undo(alice, change)
    row = Generation.objects.get(pk=one.pk)
    review.decide(alice, row, Review.APPROVED, seen=review.seen_of(row))
    row.refresh_from_db()
    made = sign_off.sign(alice, row, file_sha256=review.sha256_of(row), file_name="a.mp4")
    sign_off.withdraw(alice, made, "The wrong one")
    asset = factories.make_asset(project=project, content=b"x")
    assets.trash_asset(alice, asset)
    assets.trash_asset(alice, asset)
    verbs = ["threw away", "restored", "threw away", "restored", "signed off", "withdrew the sign-off"]
    lines = [line for line in told() if line[0] != "create"]  # of the account that the test made
    assert [line[0] for line in lines] == [*verbs, "threw away"]
    assert {line[2] for line in lines} == {str(alice)}


def test_the_api_tells_administrators_alone(project, admin, alice, signed_in):
    decide.trash(alice, make_clip(project))
    assert signed_in(alice).get("/api/v1/audit").status_code == 404
    items = signed_in(admin).get("/api/v1/audit", {"verb": "threw away"}).json()["items"]
    assert [item["actor_name"] for item in items] == [str(alice)]
    assert signed_in(admin).get("/api/v1/audit", {"verb": "nothing"}).json() == {
        "items": [],
        "next_cursor": None,
    }
