"""*Fix this*: from a note to the next version, which asks whether that does it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Asset, Comment, Event, Generation, Notification
from generations.services import again, comments, drafts, fix_answers, fixing_notes, stacks
from generations.services.compose import compose, wish_of
from generations.services.create import create_generations
from generations.services.fixing_notes import NOT_YET
from generations.services.refusals import WrongState
from generations.services.writers import Writer
from tests import factories, media_files
from tests.review_rows import make_clip
from tests.together import together

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "composer"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def take(project, bob):
    return make_clip(project, author=bob)


@pytest.fixture
def note(take, alice):
    return comments.write(Writer(person=alice), take, body="The <hand> melts.")


def make(user, take, note, count=1):
    composition = replace(compose(user, take.project, wish_of(take, relation="fix")), fixes=note)
    return create_generations(user, [composition] * count)


def finish(take):
    Generation.objects.filter(pk=take.pk).update(status="completed", completed_at=timezone.now())
    factories.make_output(take, b"\x00\x00\x00\x18ftypmp42" + take.pk.bytes)
    fixing_notes.clip_came(take.pk)


def family(take):
    rows = Generation.objects.filter(stack=Generation.objects.get(pk=take.pk).stack).order_by("version_no")
    return list(rows.values_list("version_no", "is_top"))


def test_it_is_the_next_version_on_top_once_it_has_its_clip_and_asks(take, note, alice, bob):
    made = make(bob, take, note, count=2)
    assert {row.fixes for row in made} == {note} and {row.parent for row in made} == {take}
    assert family(take) == [(1, True), (2, False), (3, False)]
    Generation.objects.filter(pk=made[0].pk).update(status="failed")
    finish(made[1])
    assert family(take) == [(1, False), (2, False), (3, True)]
    fixing_notes.clip_came(made[1].pk)  # as after a worker that died
    told = Notification.objects.filter(kind="fixed").values_list("person", "generation", "comment")
    assert list(told) == [(alice.pk, made[1].pk, note.pk)]
    assert list(fixing_notes.asking(take)) == [made[1]]
    stacks.show_on_top(bob, take.project, [take.pk])
    Generation.objects.filter(pk=made[0].pk).update(status="cancelled", trashed_at=timezone.now())
    fixing_notes.clip_came(made[0].pk)  # a late clip goes to the trash: what a person chose stays on top
    assert family(take) == [(1, True), (2, False), (3, False)]
    Generation.objects.filter(pk=made[0].pk).update(status="failed", trashed_at=None)
    once_more = again.retry(bob, Generation.objects.get(pk=made[1].pk), key="more", shown_usd=Decimal("9"))
    assert once_more.fixes is None and once_more.stack is None  # that one is done
    again_made = again.retry(bob, Generation.objects.get(pk=made[0].pk), key="once", shown_usd=Decimal("9"))
    assert (again_made.relation, again_made.fixes) == ("retry", note)
    assert family(take)[-1] == (4, False)


def test_yes_and_not_yet(take, note, alice, bob):
    first, second = make(bob, take, note, count=2)
    with pytest.raises(WrongState):  # nobody saw it yet
        fix_answers.settled(bob, first)
    assert Comment.objects.open().count() == 1
    finish(first)
    finish(second)
    fix_answers.not_yet(alice, first)
    fix_answers.not_yet(alice, first)
    assert list(fixing_notes.asking(take)) == [second]
    assert fix_answers.settled(bob, second).resolved_in == second
    assert not fixing_notes.asking(take).exists()
    with pytest.raises(WrongState):  # it would say that the note stays open
        fix_answers.not_yet(alice, second)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_said_twice_at_once_it_is_written_down_once_and_never_of_a_resolved_note(project, alice, bob):
    take = make_clip(project, author=bob)
    (made,) = make(bob, take, comments.write(Writer(person=alice), take, body="The hand melts."))
    finish(made)

    def say(number):
        try:
            return (fix_answers.settled if number == 2 else fix_answers.not_yet)(alice, made)
        except WrongState as error:
            return error

    together(3, say)
    said = Event.objects.filter(kind__in=["note resolved", NOT_YET]).order_by("id")
    assert list(said.values_list("kind", flat=True)) in ([NOT_YET, "note resolved"], ["note resolved"])


@pytest.mark.parametrize("gone", ["note", "take"])
def test_what_was_deleted_meanwhile_leaves_an_ordinary_take(take, note, alice, bob, gone):
    known = Comment.objects.get(pk=note.pk)
    if gone == "note":
        comments.delete(Writer(person=alice), note)
    else:
        Generation.objects.filter(pk=take.pk).update(trashed_at=timezone.now())
    (made,) = make(bob, take, known)
    assert (made.fixes, made.stack, made.relation) == (None, None, "edit")
    assert fixing_notes.find(take.project, note.pk) is None


def test_the_stack_that_is_there_is_joined(project, take, note, alice, bob):
    other = make_clip(project)
    stacks.stack(bob, project, [take.pk, other.pk])
    (made,) = make(bob, take, note)
    assert made.version_no == 3 and family(take)[-1] == (3, False)


def studio(project):
    return reverse("studio", args=[project.slug])


def test_the_composer_keeps_the_note_over_a_reload_and_lets_go_of_it(project, take, note, bob, signed_in):
    caller = signed_in(bob)
    answer = caller.post(reverse("take-fix", args=[take.pk, note.pk]))
    assert answer["Location"].startswith(studio(project))
    for _ in range(2):
        text = caller.get(studio(project)).content.decode()
        assert "The &lt;hand&gt; melts." in text and f'name="fixes" value="{note.pk}"' in text
    body = drafts.of(bob, project).body
    assert (body["relation"], body["fixes"], body["parent"]) == ("fix", str(note.pk), str(take.pk))
    chips = reverse("composer-chips", args=[project.slug])
    form = {"prompt": "A boat", "fixes": str(note.pk), "relation": "fix", "parent": str(take.pk)}
    assert "composer-fixing" in caller.post(chips, form, **HX).content.decode()
    let_go = caller.post(chips, {**form, "unfix": "1"}, **HX).content.decode()
    assert "composer-fixing" not in let_go and 'name="relation" value="edit"' in let_go
    comments.delete(Writer(person=note.author), note)
    assert "The note is gone." in caller.get(studio(project)).content.decode()


def test_generate_makes_it_and_says_where_the_note_is_gone(project, take, note, alice, bob, signed_in):
    caller, url = signed_in(bob), reverse("generate", args=[project.slug])
    form = {
        "model": str(take.model_id),
        "prompt": "A boat",
        "duration_s": "5",
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "fixes": str(note.pk),
        "relation": "fix",
        "parent": str(take.pk),
        "shown_usd": "9",
    }
    answer = caller.post(url, {**form, "idempotency_key": "one"}, **HX)
    assert answer.status_code == 200, answer.content.decode()
    made = Generation.objects.get(fixes=note)
    assert (made.relation, made.version_no) == ("fix", 2)
    assert "composer-fixing" not in answer.content.decode()
    comments.delete(Writer(person=alice), note)
    answer = caller.post(url, {**form, "idempotency_key": "two"}, **HX)
    assert "The note is gone" in answer["HX-Trigger-After-Settle"]
    assert Generation.objects.filter(fixes=note).count() == 1


def test_a_note_of_another_take_or_project_fixes_nothing_here(project, take, note, alice, signed_in):
    other = make_clip(project)
    caller = signed_in(alice)
    caller.post(reverse("take-fix", args=[other.pk, note.pk]))
    assert "fixes" not in drafts.of(alice, project).body
    elsewhere = factories.make_project(alice)
    assert fixing_notes.find(elsewhere, note.pk) is None


def test_the_pages_ask_and_hear_the_answer(take, note, alice, bob, signed_in):
    (made,) = make(bob, take, note)
    finish(made)
    caller, url = signed_in(alice), reverse("take-fixed", args=[made.pk])
    assert "Yes, resolved in V2" in caller.get(made.get_absolute_url()).content.decode()
    assert caller.post(url, {"answer": "yes"}, **HX).status_code == 204
    note.refresh_from_db()
    assert note.resolved_in == made
    assert "Yes, resolved" not in caller.get(made.get_absolute_url()).content.decode()
    assert caller.post(reverse("take-fixed", args=[take.pk]), {"answer": "yes"}).status_code == 404


def test_the_frame_of_the_note_goes_into_a_slot_in_one_click(project, alice, signed_in, tmp_path):
    take = make_clip(project, clip=False)
    clip = media_files.make_mp4(tmp_path / "clip.mp4", seconds=1.0, fps=25)
    factories.make_output(take, clip.read_bytes(), fps=25.0, duration_s=1.0, width=320, height=180)
    note = comments.write(Writer(person=alice), take, body="Here.", frame=12)
    caller, chips = signed_in(alice), reverse("composer-chips", args=[project.slug])
    form = {
        "model": str(take.model_id),
        "prompt": "A boat",
        "fixes": str(note.pk),
        "relation": "fix",
        "parent": str(take.pk),
    }
    text = caller.post(chips, form, **HX).content.decode()
    assert "00:00:00:12" in text and 'name="frame_to" value="first_frame"' in text
    assert 'value="reference_image"' not in text  # the model takes none
    answer = caller.post(chips, {**form, "frame_to": "first_frame"}, **HX)
    frame = Asset.objects.get(kind=Asset.Kind.IMAGE)
    assert f'value="{frame.pk}"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_two_fixes_at_once_are_two_versions_and_a_note_deleted_beside_them_is_no_half(project, alice, bob):
    take = make_clip(project, author=bob)
    note = comments.write(Writer(person=alice), take, body="The hand melts.")

    def act(number):
        if number == 2:
            return comments.delete(Writer(person=alice), note)
        return make((alice, bob)[number], take, Comment.objects.get(pk=note.pk))

    together(3, act)
    made = list(Generation.objects.exclude(pk=take.pk))
    versions = [row.version_no for row in made if row.fixes_id]
    assert len(made) == 2 and sorted(versions) == list(range(2, 2 + len(versions)))
    assert all((row.stack_id is None) == (row.fixes_id is None) for row in made)
