"""Notes on takes: who may write what where, and what a change leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from generations.models import Audience, Comment, Event, Generation, Mention, Notification, Role
from generations.services import card_facts, comments, gallery
from generations.services.comments import NoSuchNote, Outdated
from generations.services.gallery import Filter
from generations.services.note_people import named, parts
from generations.services.note_words import BadNote
from generations.services.refusals import NotAllowed, WrongState
from generations.services.threads import threads_of, threads_of_all
from generations.services.writers import Writer
from tests import factories
from tests.generations.notes import make_clip, make_guest

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BOTH = tuple(Audience)
PEN = {"tool": "pen", "colour": "red", "points": [[0.1, 0.1], [0.2, 0.3]]}


@pytest.fixture
def take(project: Any) -> Generation:
    return make_clip(project)


@pytest.fixture
def by(alice: Any) -> Writer:
    return Writer(person=alice)


@pytest.fixture
def guest(project: Any, bob: Any) -> Writer:
    return Writer(guest=make_guest(project, bob, may_comment=True))


def open_notes(take: Generation) -> int:
    return card_facts.of([take], None)[take.pk].open_notes


def note(by: Writer, take: Generation, body: str = "Sharper", **more: Any) -> Comment:
    return comments.write(by, take, body=body, **more)


def told(kind: str = "") -> set[tuple[str, str]]:
    rows = Notification.objects.filter(kind=kind) if kind else Notification.objects.all()
    return {(row.person.username, row.kind) for row in rows.select_related("person")}


# --- what a note may hold -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": " \n\x00\u202e "}, "body"),
        ({"body": None}, "body"),
        ({"body": "x" * 5001}, "body"),
        ({"frame": 120}, "frame"),
        ({"frame": -1}, "frame"),
        ({"frame": 1.5}, "frame"),
        ({"frame": True}, "frame"),
        ({"frame": 10**30}, "frame"),
        ({"frame": 5, "frame_end": 120}, "frame_end"),
        ({"frame": 5, "frame_end": 4}, "frame_end"),
        ({"frame_end": 4}, "frame_end"),
        ({"drawing": [PEN]}, "drawing"),
        ({"frame": 0, "drawing": [{**PEN, "tool": "laser"}]}, "drawing"),
        ({"checklist": "one"}, "checklist"),
        ({"checklist": ["x" * 201]}, "checklist"),
        ({"checklist": ["x"] * 21}, "checklist"),
        ({"checklist": [{"text": "x"}]}, "checklist"),
        ({"audience": "everybody"}, "audience"),
    ],
    ids=str,
)
def test_what_is_no_note_is_refused_by_field(by, take, given, field):
    with pytest.raises(BadNote) as refusal:
        comments.write(by, take, **{"body": "words", **given})
    assert refusal.value.field == field and str(refusal.value)
    assert not Comment.objects.exists() and not take.events.exists()


def test_a_note_is_kept_as_it_was_written(by, take):
    made = note(
        by,
        take,
        "a\r\n<script>alert(1)</script>\x00\ud800\ufffe\x1b 👩‍👩‍👧 b ",
        frame=119,
        drawing=[PEN],
        checklist=["one", " "],
    )
    made.refresh_from_db()
    assert made.body == "a\n<script>alert(1)</script> 👩‍👩‍👧 b"
    assert (made.frame, made.frame_end, made.drawing) == (119, None, [PEN])
    assert [item["text"] for item in made.checklist] == ["one"]
    assert note(by, take, frame=3, frame_end=3).frame_end is None
    assert note(by, take, "", frame=3, drawing=[PEN]).body == ""


def test_frames_count_in_the_clip_that_is_played(by, project):
    shown = make_clip(project, facts={"rate": "24000/1001", "frames": 50, "hidden": 10})
    assert note(by, shown, frame=39).frame == 39
    with pytest.raises(BadNote):
        note(by, shown, frame=40)
    with pytest.raises(WrongState):
        note(by, factories.make_take_row(project=project, status="failed", hold=False))


def test_a_take_holds_only_so_many_notes(by, take, monkeypatch):
    monkeypatch.setattr(comments, "MOST_NOTES", 1)
    first = note(by, take)
    with pytest.raises(WrongState):
        note(by, take)
    comments.delete(by, first)
    note(by, take)


def test_guests_take_no_room_from_the_team(by, take, guest, monkeypatch):
    monkeypatch.setattr(comments, "MOST_NOTES", 1)
    monkeypatch.setattr(comments, "MOST_OF_GUESTS", 2)
    for _ in range(2):
        comments.delete(guest, note(guest, take, audience=Audience.CLIENT))
    with pytest.raises(WrongState):
        note(guest, take, audience=Audience.CLIENT)
    note(by, take)


# --- who may ---------------------------------------------------------------------------------------


def test_who_may_write(by, take, project, bob, charlie, guest, make_person):
    viewer = make_person("viewer")
    factories.add_member(project, viewer, Role.VIEWER)
    for other in (viewer, charlie):
        with pytest.raises(NotAllowed):
            note(Writer(person=other), take)
    assert note(guest, take, audience="client").author_name == "Anna Client"
    with pytest.raises(NotAllowed):
        note(guest, take, audience="internal")
    with pytest.raises(NotAllowed):
        note(Writer(guest=make_guest(project, bob)), take, audience="client")
    Generation.objects.filter(pk=take.pk).update(trashed_at=timezone.now())
    with pytest.raises(WrongState):
        note(by, take)
    project.archived_at = timezone.now()
    project.save()
    for writer in (by, guest):
        with pytest.raises(NotAllowed):
            note(writer, Generation.objects.get(pk=take.pk), audience="client")


def test_to_a_guest_an_internal_note_does_not_exist(by, take, guest):
    inside, outside = note(by, take), note(by, take, "For you", audience="client")
    assert [one.pk for one in threads_of(take, guest.audiences)] == [outside.pk]
    for attempt in (
        lambda: note(guest, take, audience="client", parent=inside),
        lambda: comments.edit(guest, inside, 0, body="mine"),
        lambda: comments.delete(guest, inside),
    ):
        with pytest.raises(NoSuchNote):
            attempt()
    with pytest.raises(NotAllowed):
        comments.edit(guest, outside, 0, body="mine")
    other = Writer(guest=make_guest(take.project, by.person, may_comment=True))
    mine = note(guest, take, "Hm", audience="client")
    with pytest.raises(NotAllowed):
        comments.delete(other, mine)
    assert comments.delete(guest, mine).deleted_at


def test_own_notes_alone_are_edited_and_managers_delete_any(by, take, bob):
    mine = note(by, take)
    with pytest.raises(NotAllowed):
        comments.edit(Writer(person=bob), mine, 0, body="his")
    with pytest.raises(NotAllowed):
        comments.delete(Writer(person=bob), mine)
    his = note(Writer(person=bob), take)
    assert comments.delete(by, his).body == ""  # alice owns the project
    kept = his.edits.get()
    assert (kept.body, kept.by) == ("Sharper", by.person)


# --- threads ---------------------------------------------------------------------------------------


def test_a_reply_has_its_threads_audience_and_nests_one_level(by, take, guest, project):
    thread = note(by, take, audience="client", frame=4)
    reply = note(guest, take, "Yes", audience="client", parent=thread)
    deeper = note(by, take, "Good", audience="internal", parent=reply)
    assert {reply.audience, deeper.audience} == {"client"} and deeper.parent_id == thread.pk
    with pytest.raises(BadNote):
        note(by, take, parent=thread, frame=2)
    with pytest.raises(NoSuchNote):
        note(by, make_clip(project), parent=thread)
    for refused in (comments.resolve, comments.reopen):
        with pytest.raises(WrongState):
            refused(by.person, reply)


def test_replies_stay_where_the_note_is_deleted_and_none_follow(by, take, bob):
    thread, alone = note(by, take), note(by, take, "Alone")
    note(Writer(person=bob), take, "But why?", parent=thread)
    for gone in (thread, alone):
        comments.delete(by, gone)
    (shown,) = threads_of(take, BOTH)
    assert shown.deleted_at and shown.body == "" and [r.body for r in shown.replies.all()] == ["But why?"]
    comments.delete(Writer(person=bob), shown.replies.get())
    assert threads_of_all([take.pk], BOTH) == {}  # as of a take on which nobody wrote
    for attempt in (
        lambda: note(Writer(person=bob), take, "Late", parent=thread),
        lambda: comments.delete(by, thread),
        lambda: comments.edit(by, thread, 1, body="Back"),
        lambda: comments.resolve(bob, thread),
    ):
        with pytest.raises(WrongState):
            attempt()
    assert open_notes(take) == 0


def test_threads_stand_in_the_order_of_frames_in_few_queries(by, take, bob, django_assert_max_num_queries):
    for frame in (50, None, 7, 7):
        thread = note(by, take, str(frame), frame=frame)
        note(Writer(person=bob), take, "Yes", parent=thread)
    with django_assert_max_num_queries(4):
        threads = threads_of(take, BOTH)
        shown = [(one.body, str(one.author), [str(r.author) for r in one.replies.all()]) for one in threads]
    assert [body for body, _who, _replies in shown] == ["None", "7", "7", "50"]


# --- changes ---------------------------------------------------------------------------------------


def test_two_edits_at_once_lose_nothing(by, take):
    mine = note(by, take, "one", checklist=["a", "b"], frame=3)
    comments.tick(by.person, mine, 1, True)
    comments.edit(by, mine, 0, body="two", checklist=["b", "c"], frame=4)
    with pytest.raises(Outdated) as refusal:
        comments.edit(by, mine, 0, body="three")
    standing = refusal.value.standing
    assert (standing.body, standing.version, standing.frame) == ("two", 1, 4)
    assert [(item["text"], item["done"]) for item in standing.checklist] == [("b", True), ("c", False)]
    assert [(edit.body, edit.frame) for edit in mine.edits.all()] == [("one", 3)]
    with pytest.raises(Outdated):
        comments.tick(by.person, mine, 0, False, version=0)
    with pytest.raises(BadNote):
        comments.tick(by.person, mine, 2, True)


def test_resolving_says_by_whom_and_in_which_version_and_goes_back(by, take, bob, project):
    thread, fixed = note(by, take), make_clip(project)
    comments.resolve(bob, thread, fixed)
    again = comments.resolve(by.person, thread)  # somebody was first: theirs stands
    assert (again.resolved_by, again.resolved_in) == (bob, fixed) and open_notes(take) == 0
    assert comments.reopen(by.person, thread).resolved_in is None
    assert open_notes(take) == 1
    kinds = list(take.events.order_by("id").values_list("kind", flat=True))
    assert kinds == ["note written", "note resolved", "note reopened"]


def test_every_change_stirs_the_pages(by, take):
    seen = [0]
    mine = note(by, take, checklist=["a"])
    for change in (
        lambda: None,
        lambda: comments.edit(by, mine, 0, body="two", checklist=["a"]),
        lambda: comments.tick(by.person, mine, 0, True),
        lambda: comments.resolve(by.person, mine),
        lambda: comments.reopen(by.person, mine),
        lambda: comments.delete(by, mine),
    ):
        change()
        seen.append(Generation.objects.get(pk=take.pk).review_no)
    assert seen == list(range(7))
    assert Event.objects.filter(generation=take).count() == 4


def test_the_gallery_finds_takes_by_the_words_of_their_notes(by, take, project):
    mine = note(by, take, "The albatross flickers", checklist=["zeppelin"])

    def found(text):
        return [one.pk for one in gallery.page(project, Filter(text=text)).takes]

    assert found("albatross") == found("zeppelin") == [take.pk]
    comments.edit(by, mine, 0, body="The pelican flickers")
    assert found("pelican") == [take.pk] and found("albatross") == []
    comments.delete(by, mine)
    assert found("pelican") == []


# --- who hears of it -------------------------------------------------------------------------------


def test_names_in_a_note(alice, bob, make_person):
    jo, joanna = make_person("jo", display_name="Jo"), make_person("joanna", display_name="Jo Anna")
    mike = make_person("mike", display_name="Mike Strauß")
    people = [alice, bob, jo, joanna, mike]
    for text, expected in (
        ("@Jo Anna and @bob", [joanna, bob]),
        ("@jo, @Jo!", [jo]),
        ("(@ALICE ARCHER)", [alice]),
        ("@Mike Strauß, @mıke, @MİKE", [mike]),
        ("mail jo@bob.example, @bobby, @@bob, @", []),
    ):
        assert named(text, people) == expected
    assert parts("Hi @bob, x", ["Bob"]) == [("Hi ", False), ("@bob", True), (", x", False)]
    assert parts("Hi @bob", []) == [("Hi @bob", False)]


def test_nobody_is_told_twice_for_one_note(take, alice, bob, project, make_person):
    carol = make_person("carol", display_name="Carol")
    factories.add_member(project, carol, Role.REVIEWER)
    by_bob = Writer(person=bob)
    thread = note(by_bob, take, "@alice @carol @bob @charlie look")  # the take is alice's
    assert told() == {("alice", "mention"), ("carol", "mention")}
    Notification.objects.all().delete()
    comments.edit(by_bob, thread, 0, body="@carol look")
    assert told() == set() and Mention.objects.get().person == carol
    note(by_bob, take, "Anybody?")
    assert told() == {("alice", "note")}
    Notification.objects.all().delete()
    note(Writer(person=carol), take, "@bob yes", parent=thread)
    assert told() == {("bob", "mention")}
    note(Writer(person=alice), take, "Good", parent=thread)
    assert told("reply") == {("bob", "reply"), ("carol", "reply")}


def test_a_guests_note_is_told_to_the_author_and_whoever_made_the_link(take, guest, alice, bob):
    thread = note(guest, take, "Brighter, @alice", audience="client")
    assert told() == {("alice", "note"), ("bob", "note")}
    Notification.objects.all().delete()
    note(Writer(person=bob), take, "How?", parent=thread)
    assert told() == set()  # the thread is the guest's
    note(guest, take, "So", audience="client", parent=thread)
    assert told() == {("bob", "reply"), ("alice", "note")}
    assert Notification.objects.first().actor_name == "Anna Client"


def test_whoever_left_the_project_hears_nothing(take, bob, project, guest):
    project.memberships.filter(user=bob).delete()
    note(guest, take, "Hm", audience="client")
    assert told() == {("alice", "note")}
