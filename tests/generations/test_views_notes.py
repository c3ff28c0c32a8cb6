"""Notes on the page of a take: by plain form and by htmx, what each answers, and how little a look costs."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations.models import Comment, Generation, Notification, Role
from generations.services import comments
from generations.services.writers import Writer
from tests import factories
from tests.generations.notes import make_clip, make_guest

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PEN = [{"tool": "pen", "colour": "red", "points": [[0.1, 0.1], [0.2, 0.3]]}]
HOSTILE = "<script>alert(1)</script>\" onmouseover='x' {{ 7*7 }}"


@pytest.fixture
def take(project: Any) -> Generation:
    return make_clip(project)


def send(client: Any, name: str, take: Generation, note: Any = None, htmx: bool = True, **data: Any) -> Any:
    url = reverse(name, args=[take.pk, *([note.pk] if note else [])])
    return client.post(url, data, headers=HTMX if htmx else {})


def heard(reply: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reply["HX-Trigger"])
    return found


def test_a_note_is_written_read_and_changed_over_http(take, alice, bob, signed_in):
    caller = signed_in(alice)
    reply = send(
        caller,
        "note-write",
        take,
        body=HOSTILE,
        frame="10",
        frame_end="20",
        drawing=json.dumps(PEN),
        checklist=["one", ""],
    )
    note = Comment.objects.get()
    assert reply.status_code == 204 and heard(reply)["note:done"] == {"id": str(note.pk)}
    assert (note.frame, note.frame_end, note.drawing, note.audience) == (10, 20, PEN, "internal")
    page = caller.get(reverse("take", args=[take.pk])).content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page and "{{ 7*7 }}" in page
    assert "00:00:00:10 – 00:00:00:20" in page
    drawing = caller.get(reverse("note-drawing", args=[take.pk, note.pk]))
    assert drawing.json() == {"shapes": PEN}
    assert send(caller, "note-tick", take, note, index="0", done="1").status_code == 204
    changed = send(caller, "note-edit", take, note, version="0", body="two", checklist="one")
    assert changed.status_code == 204
    for name in ("note-resolve", "note-reopen"):
        assert send(signed_in(bob), name, take, note).status_code == 204
    note.refresh_from_db()
    assert (note.body, note.checklist[0]["done"], note.version, note.resolved_at) == ("two", True, 1, None)
    assert send(caller, "note-delete", take, note).status_code == 204
    assert HOSTILE not in caller.get(reverse("take", args=[take.pk])).content.decode()


def test_it_works_without_scripts(take, alice, signed_in):
    caller = signed_in(alice)
    sent = send(caller, "note-write", take, htmx=False, body="Sharper", frame="3", audience="client")
    note = Comment.objects.get()
    assert sent["Location"] == f"/t/{take.pk}?side=client#note-{note.pk}"
    page = caller.get(f"/t/{take.pk}?side=client").content.decode()
    assert 'data-side="client"' in page and "Sharper" in page
    refused = caller.post(
        reverse("note-write", args=[take.pk]), {"note": 1, "body": "My words", "frame": "999"}
    )
    assert refused.status_code == 422 and "My words</textarea>" in refused.content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"body": ""},
        {"frame": "120"},
        {"frame": "-1"},
        {"frame": "1e3"},
        {"frame": "٣"},
        {"drawing": "[" * 100_000, "frame": "1"},
        {"drawing": "{", "frame": "1"},
        {"drawing": '[{"tool":"pen","colour":"red","points":[[NaN,0]]}]', "frame": "1"},
        {"audience": "all"},
        {"checklist": ["x"] * 200},
    ],
    ids=lambda sent: str(sent)[:50],
)
def test_what_is_no_note_is_refused_and_said(take, alice, signed_in, sent):
    reply = send(signed_in(alice), "note-write", take, **{"body": "words", **sent})
    assert reply.status_code == 422 and heard(reply)["studio:toast"]["level"] == "error"
    assert not Comment.objects.exists()


def test_what_moved_on_meanwhile_is_said_with_what_stands_there(take, alice, signed_in):
    caller, by = signed_in(alice), Writer(person=alice)
    note = comments.write(by, take, body="one")
    comments.edit(by, note, 0, body="<b>two</b>")
    reply = send(caller, "note-edit", take, note, version="0", body="three")
    assert reply.status_code == 409
    assert heard(reply)["note:outdated"] == {"id": str(note.pk), "version": 1, "body": "<b>two</b>"}
    comments.delete(by, note)
    assert send(caller, "note-write", take, body="late", parent=note.pk).status_code == 409
    for parent in ("nonsense", str(take.pk)):
        assert send(caller, "note-write", take, body="late", parent=parent).status_code == 404


def test_roles_and_strangers(take, alice, charlie, make_person, signed_in, project):
    viewer = make_person("viewer")
    factories.add_member(project, viewer, Role.VIEWER)
    note = comments.write(Writer(person=alice), take, body="one", checklist=["a"])
    for name, data in (
        ("note-edit", {"version": "0", "body": "x"}),
        ("note-delete", {}),
        ("note-resolve", {}),
        ("note-reopen", {}),
        ("note-tick", {"index": "0", "done": "1"}),
    ):
        assert send(signed_in(viewer), name, take, note, **data).status_code == 403
        assert send(signed_in(charlie), name, take, note, **data).status_code == 404
        assert send(signed_in(alice), name, make_clip(project), note, **data).status_code == 404
    page = signed_in(viewer).get(reverse("take", args=[take.pk])).content.decode()
    assert "data-note-form" not in page and "reads notes and writes none" in page and "one</p>" in page


def test_a_look_at_what_did_not_change_asks_three_questions(take, alice, signed_in):
    caller = signed_in(alice)
    html = caller.get(reverse("take", args=[take.pk])).content.decode()
    assert 'data-busy="true"' in html
    version = html.split('data-version="')[1].split('"')[0]
    with CaptureQueriesContext(connection) as asked:
        assert caller.get(reverse("take-live", args=[take.pk]), {"v": version}).status_code == 204
    assert len(asked) <= 3, [query["sql"][:80] for query in asked]
    comments.write(Writer(person=alice), take, body="one")
    fresh = caller.get(reverse("take-live", args=[take.pk]), {"v": version})
    assert fresh.status_code == 200 and "one</p>" in fresh.content.decode()


def test_more_notes_ask_no_more_questions(take, alice, bob, signed_in):
    caller, url = signed_in(alice), reverse("take", args=[take.pk])

    def thread(by: Any, frame: int | None) -> None:
        note = comments.write(Writer(person=by), take, body="@bob look", frame=frame, checklist=["a"])
        answer = comments.write(Writer(person=alice), take, body="yes", parent=note)
        comments.edit(Writer(person=alice), answer, 0, body="yes!")
        comments.resolve(bob, note, take)

    thread(bob, 1)
    caller.get(url)
    with CaptureQueriesContext(connection) as few:
        caller.get(url)
    for frame in (None, 5, 6, 7):
        thread(bob, frame)
    with CaptureQueriesContext(connection) as many:
        caller.get(url)
    assert len(many) == len(few)


def test_a_page_that_shows_a_note_marks_it_as_news(take, alice, bob, project, signed_in):
    comments.write(
        Writer(guest=make_guest(project, bob, may_comment=True)), take, body="Hm", audience="client"
    )
    url = reverse("take", args=[take.pk])
    assert f'data-news="{take.pk}"' in signed_in(alice).get(url).content.decode()
    signed_in(alice).post(reverse("news-seen"), {"take": take.pk})
    assert f'data-news="{take.pk}"' not in signed_in(alice).get(url).content.decode()
    assert Notification.objects.unseen().get().person == bob


def test_a_card_says_how_many_notes_are_open(take, alice, bob, project, signed_in):
    factories.make_output(take, kind="poster")
    for body in ("one", "two"):
        note = comments.write(Writer(person=alice), take, body=body)
        comments.write(Writer(person=bob), take, body="yes", parent=note)
    comments.resolve(alice, note)
    for url in (f"/p/{project.slug}/gallery", f"/p/{project.slug}/"):
        assert "1 open note<" in signed_in(alice).get(url).content.decode()


def test_a_checklist_that_is_not_done_is_asked_about_and_resolved_all_the_same(take, alice, signed_in):
    caller, by = signed_in(alice), Writer(person=alice)
    note = comments.write(by, take, body="Ears", checklist=["a & b", "two", "three", "four", "five"])

    def asks() -> str:
        text = caller.get(take.get_absolute_url()).content.decode()
        found = re.search(r'data-confirm="([^"]*)" data-confirm-title="Resolve it all the same', text)
        return html.unescape(found[1]) if found else ""

    comments.tick(alice, note, 1, done=True)
    assert asks().startswith("4 lines of its checklist are not ticked: “a & b”, “three”, “four”, 1 more.")
    for line in (0, 2, 3):
        comments.tick(alice, note, line, done=True)
    assert asks().startswith("1 line of its checklist is not ticked: “five”.")
    send(caller, "note-resolve", take, note)
    note.refresh_from_db()
    assert note.resolved_at and [item["done"] for item in note.checklist] == [True] * 4 + [False]
    comments.reopen(alice, note)
    comments.tick(alice, note, 4, done=True)
    assert asks() == ""
