"""What a client says stands beside what the team says: neither hides the other, each keeps its history."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, Guest, Notification, Review, Role, Verification
from generations.services import (
    client_decisions,
    comments,
    gallery,
    review,
    sign_off,
    sign_off_check,
    waiting,
)
from generations.services.compose import Refused
from generations.services.refusals import NotAllowed, WrongState
from generations.services.waiting import Which
from generations.services.writers import Writer
from generations.telling import history, said
from tests import factories
from tests.review_rows import make_clip, make_guest
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def take(project, bob):
    return make_clip(project, author=bob)


@pytest.fixture
def guest(project):
    return make_guest(project)


def says(guest, take, word=Review.CHANGES):
    return client_decisions.decide(guest, take, word, seen=review.seen_of(take))


def approve(person, take):
    return review.decide(person, take, Review.APPROVED, seen=review.seen_of(take))


def stand(take):
    row = Generation.objects.get(pk=take.pk)
    return str(row.review), str(row.client_review)


def test_neither_takes_the_others_place(project, alice, bob, take, guest):
    review.ask(bob, [take], reviewer=alice)
    line = says(guest, take)
    assert stand(take) == ("in_review", "changes")
    assert (line.person, line.guest, line.verified_by) == (None, guest, Verification.NAME)
    approve(alice, take)
    assert stand(take) == ("approved", "changes")
    review.ask(bob, [take])
    assert stand(take) == ("in_review", "changes")
    says(guest, take, Review.APPROVED)
    assert stand(take) == ("in_review", "approved")
    assert history.lines_of(take)[0].who == guest.name
    # whoever made the take, and whoever sent the link, hear of each word
    told = Notification.objects.filter(actor_name=guest.name).order_by("id")
    assert {row.person for row in told} == {bob, guest.share.made_by} and len(told) == 4
    assert said.of(told[0])["word"] == "Gwen Guest decided for the client"


@pytest.mark.parametrize("word", [Review.REJECTED, Review.IN_REVIEW])
def test_a_guest_approves_or_asks_for_changes_and_no_more(take, guest, word):
    with pytest.raises(Refused):
        says(guest, take, word)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"trashed_at": timezone.now()}, WrongState),
        ({"status": "failed"}, WrongState),
        ({"signed_at": timezone.now()}, WrongState),
        ({"archived": True}, NotAllowed),
    ],
)
def test_only_what_is_here_and_open(project, take, guest, fields, error):
    if fields.pop("archived", False):
        type(project).objects.update(archived_at=timezone.now())
    Generation.objects.filter(pk=take.pk).update(**fields)
    row = Generation.objects.get(pk=take.pk)
    for verb in (lambda: says(guest, row), lambda: client_decisions.take_back(guest, row, "changes")):
        with pytest.raises(error):
            verb()
    assert not take.decisions.exists()


def test_taken_back_what_others_said_counts_again(project, take, guest):
    other = make_guest(project, name="Otto Other")
    with pytest.raises(WrongState):
        client_decisions.take_back(guest, take, "changes")
    says(other, take, Review.APPROVED)
    line = says(guest, take)
    assert says(guest, take) == line  # a second click is no second word
    assert stand(take) == ("", "changes")
    client_decisions.take_back(guest, take, "changes")
    assert stand(take) == ("", "approved")
    assert client_decisions.by(guest, [take]) == {}
    with pytest.raises(WrongState):
        client_decisions.take_back(guest, take, "changes")
    client_decisions.take_back(other, take, "approved")
    assert stand(take) == ("", "")
    assert [line.review for line in take.decisions.order_by("id")] == ["approved", "changes", "", ""]
    assert [line.sentence for line in history.lines_of(take)][0] == "The client took their decision back"
    last = Notification.objects.filter(person=take.author).order_by("-id").first()
    assert said.of(last)["more"] == "Took the decision back"


def test_one_who_wants_changes_is_not_outvoted_and_is_known_when_they_come_again(project, take, guest):
    other = make_guest(project, name="Otto Other")
    says(guest, take)
    says(other, take, Review.APPROVED)
    assert stand(take) == ("", "changes")
    again = Guest.objects.create(share=guest.share, name="gwen guest", key_sha256="e" * 64)
    says(again, take, Review.APPROVED)
    assert stand(take) == ("", "approved")
    at = timezone.now()
    mail = {"email": "gwen@example.com", "confirmed_at": at, "name": "Gwen Guest"}
    says(make_guest(project, **mail), take)  # by another link
    # nobody speaks over a confirmed word by a name
    says(again, take, Review.APPROVED)
    assert stand(take) == ("", "changes")
    says(make_guest(project, **mail), take, Review.APPROVED)
    assert stand(take) == ("", "approved")


def test_an_old_page_does_not_wipe_out_what_was_said_on_another_device(project, take, guest):
    says(guest, take)
    phone = Guest.objects.create(share=guest.share, name=guest.name, key_sha256="d" * 64)
    says(phone, take, Review.APPROVED)
    assert client_decisions.by(guest, [take])[take.pk].review == Review.APPROVED
    with pytest.raises(WrongState):  # the laptop still reads "You asked for changes"
        client_decisions.take_back(guest, take, "changes")
    assert stand(take) == ("", "approved")
    with pytest.raises(WrongState, match="another device"):  # nobody knows that it is the same Gwen
        client_decisions.take_back(guest, take, "approved")
    says(guest, take)
    assert stand(take) == ("", "changes")
    client_decisions.take_back(guest, take, "changes")
    assert stand(take) == ("", "")


def test_under_a_confirmed_address_a_word_is_taken_back_from_anywhere(project, take):
    mail = {"email": "gwen@example.com", "confirmed_at": timezone.now(), "name": "Gwen Guest"}
    says(make_guest(project, **mail), take)
    client_decisions.take_back(make_guest(project, **mail), take, "changes")
    assert stand(take) == ("", "")


def test_however_many_speak_who_wants_changes_is_told_first(project, alice, take, guest, signed_in):
    says(guest, take)
    others = [make_guest(project, name=f"Otto {n}") for n in range(7)]
    for _turn in range(2):
        for other in others:
            says(other, take, Review.APPROVED)
    assert stand(take) == ("", "changes") and take.decisions.count() == 8
    page = signed_in(alice).get(take.get_absolute_url()).content.decode()
    assert page.index("Gwen Guest") < page.index("Otto 6")


def test_a_sign_off_rests_on_the_teams_word_and_tells_the_clients(project, alice, take, guest, capsys):
    says(guest, take, Review.APPROVED)
    assert sign_off.standing_of(take).decision is None
    ours = approve(alice, take)
    line = says(guest, take)  # after it: the approval is the team's last word all the same
    row = Generation.objects.get(pk=take.pk)
    assert sign_off.standing_of(row).decision == ours
    made = sign_off.sign(alice, row, file_sha256=review.sha256_of(row), file_name="boat.mp4")
    assert [one["id"] for one in made.statement["client"]] == [str(line.pk)]
    assert made.statement["client"][0]["verified_by"] == "name" and not sign_off_check.check(made).wrong
    type(line).objects.filter(pk=line.pk).update(review="approved")
    assert any("client" in word for word in sign_off_check.check(made).wrong)


def test_lists_and_cards_tell_them_apart(project, alice, bob, take, guest, signed_in):
    ours = make_clip(project, author=bob)
    review.decide(alice, ours, Review.CHANGES, seen=review.seen_of(ours))
    says(guest, take)
    assert set(waiting.takes(alice, project, Which.CHANGES)) == {take, ours}
    found = gallery.find(project, gallery.Filter(client="changes"))
    assert list(found) == [take]
    assert list(gallery.find(project, gallery.Filter(review="changes"))) == [ours]
    caller = signed_in(alice)
    wall = caller.get(reverse("gallery", args=[project.slug]), {"client": "changes"}).content.decode()
    assert "The client wants changes" in wall and str(ours.pk) not in wall
    queue = caller.get(reverse("review", args=[project.slug]), {"which": "changes", "take": str(take.pk)})
    assert "The client wants changes" in queue.content.decode() and "Gwen Guest" in queue.content.decode()
    page = caller.get(take.get_absolute_url()).content.decode()
    assert "Gwen Guest (name unverified)" in page and "Nobody was asked to review it." not in page


def test_what_was_said_of_another_file_is_said_so(project, alice, take, guest, signed_in):
    says(guest, take)
    take.outputs.update(sha256="7" * 64)
    assert "of another file than this one" in signed_in(alice).get(take.get_absolute_url()).content.decode()
    assert client_decisions.on_file(take, "7" * 64) == []


def test_a_newer_version_is_told_of_notes_that_are_open_before_it(project, alice, bob, take, signed_in):
    from generations.services import stacks

    newer = make_clip(project, author=bob)
    stacks.stack(bob, project, [take.pk, newer.pk])
    comments.write(Writer(person=alice), take, body="The hand melts.")
    page = signed_in(alice).get(newer.get_absolute_url()).content.decode()
    assert "1 note on V1 is still open" in page
    assert "is still open" not in signed_in(alice).get(take.get_absolute_url()).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_guest_and_a_person_at_once(project, alice, take, guest):
    verbs = [lambda: says(guest, take), lambda: approve(alice, take)]
    together(2, lambda n: verbs[n]())
    assert stand(take) == ("approved", "changes")


def test_older_rows_are_parted(project, alice, bob, guest):
    """What was one state before: the team's last word, and what each guest said last."""
    fill = importlib.import_module("generations.migrations.0039_fill_client_decisions")
    takes = [make_clip(project, author=bob) for _ in range(4)]
    other = make_guest(project, name="Otto Other")
    approve(alice, takes[0])
    says(guest, takes[0])
    says(guest, takes[1], Review.CHANGES)
    says(other, takes[1], Review.APPROVED)
    approve(alice, takes[2])
    review.ask(alice, [takes[3]])
    says(guest, takes[3], Review.APPROVED)
    Generation.objects.filter(pk__in=[take.pk for take in takes]).update(client_review="")
    Generation.objects.filter(pk=takes[0].pk).update(review="changes")
    Generation.objects.filter(pk=takes[1].pk).update(review="approved")
    # a sign-off could rest on a guest's approval
    Generation.objects.filter(pk=takes[3].pk).update(review="approved", signed_at=timezone.now())
    fill.part(apps, None)
    parted = [("approved", "changes"), ("", "changes"), ("approved", ""), ("approved", "approved")]
    assert [stand(one) for one in takes] == parted


# --- the next version goes back to who asked for changes --------------------------------------------


@pytest.mark.parametrize("why_not", ["", "their own", "no role", "decided meanwhile", "only the client"])
def test_a_version_for_a_note_goes_back_to_the_reviewer(project, alice, bob, take, guest, why_not):
    from tests.generations.test_fixing_notes import finish, make

    maker = alice if why_not == "their own" else bob
    note = comments.write(Writer(person=alice), take, body="The hand melts.")
    day = timezone.localdate() + timedelta(days=3)
    review.ask(bob, [take], reviewer=alice, due_on=day)
    if why_not == "only the client":
        says(guest, take)
    else:
        review.decide(alice, take, Review.CHANGES, seen=review.seen_of(take))
    made = make(maker, take, note)[0]
    if why_not == "no role":
        project.memberships.filter(user=alice).update(role=Role.VIEWER)
    if why_not == "decided meanwhile":
        factories.make_output(made, b"\x00\x00\x00\x18ftypmp42" + made.pk.bytes)
        Generation.objects.filter(pk=made.pk).update(status="completed")
        review.ask(bob, [Generation.objects.get(pk=made.pk)])
        made.outputs.all().delete()
    finish(made)
    finish_again = Generation.objects.get(pk=made.pk)
    from generations.services import fixing_notes

    fixing_notes.clip_came(made.pk)  # as after a worker that died in between
    row = Generation.objects.get(pk=made.pk)
    told = Notification.objects.filter(generation=made).values_list("person", "kind")
    if why_not:
        assert row.reviewer is None and (alice.pk, "assigned") not in told
    else:
        assert (row.review, row.reviewer, row.review_due_on) == (Review.IN_REVIEW, alice, day)
        assert list(told) == [(alice.pk, "assigned")]  # once, and not also of the note
        assert list(waiting.takes(alice, project, Which.MINE)) == [row]
        assert not waiting.takes(alice, project, Which.CHANGES).exists()  # V1 has its answer
    assert finish_again.is_top
