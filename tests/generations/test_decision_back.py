"""A decision of one's own taken back soon after: by message, button and key; that is one more line."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Comment, Decision, Event, Generation, Notification, Review
from generations.services import decision_back, notify, review, sign_off
from generations.services.refusals import NotAllowed, WrongState
from tests.review_rows import make_clip
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(project: Any, alice: Any, bob: Any) -> Generation:
    """Bob's, in review by alice until a day."""
    made = make_clip(project, author=bob)
    review.ask(bob, [made], reviewer=alice, due_on=timezone.localdate())
    return made


def decide(person: Any, take: Generation, said: Review = Review.APPROVED, words: str = "") -> Decision:
    return review.decide(person, take, said, seen=review.seen_of(take), words=words)


def stands(take: Generation) -> tuple[Any, ...]:
    row = Generation.objects.get(pk=take.pk)
    return row.review, row.reviewer_id, row.review_due_on


def test_it_is_in_review_as_before_and_nothing_is_wiped_out(take: Any, alice: Any, bob: Any) -> None:
    before = stands(take)
    line = decide(alice, take, Review.CHANGES, words="The hand melts.")
    assert Notification.objects.filter(person=bob).count() == 1
    decision_back.take_back(alice, take, line.pk)
    assert stands(take) == before and Decision.objects.count() == 3 and Comment.objects.count() == 1
    assert Event.objects.filter(kind="decision taken back", actor=alice).count() == 1
    assert not Notification.objects.filter(person=bob).exists(), "who has not heard of it hears of neither"
    with pytest.raises(WrongState):
        decision_back.take_back(alice, take, line.pk)

    again = decide(alice, take)
    notify.saw(bob, [take.pk])
    decision_back.take_back(alice, take, again.pk)
    assert Notification.objects.unseen().get(person=bob).detail == {"review": "in_review"}


def _signs(take: Generation, line: Decision, alice: Any, bob: Any) -> None:
    row = Generation.objects.get(pk=take.pk)
    sign_off.sign(alice, row, file_sha256=review.sha256_of(row), file_name="boat.mp4")


def _too_late(take: Generation, line: Decision, alice: Any, bob: Any) -> None:
    Decision.objects.filter(pk=line.pk).update(at=timezone.now() - decision_back.KEPT - timedelta(seconds=1))


STOPS: dict[str, Callable[..., Any]] = {
    "it is signed off": _signs,
    "somebody decided since": lambda take, line, alice, bob: decide(bob, take),
    "it was asked for again": lambda take, line, alice, bob: review.ask(bob, [take]),
    "it is in the trash": lambda take, line, alice, bob: Generation.objects.update(trashed_at=timezone.now()),
    "it is too long ago": _too_late,
}


@pytest.mark.parametrize("why", STOPS)
def test_it_stays_when(why: str, take: Any, alice: Any, bob: Any) -> None:
    line = decide(alice, take)
    STOPS[why](take, line, alice, bob)
    before = stands(take)
    assert not decision_back.standing(alice, take.project).exists()
    with pytest.raises(WrongState):
        decision_back.take_back(alice, take, line.pk)
    assert stands(take) == before


def test_only_who_decided_takes_it_back_and_only_where_it_was_in_review(
    take: Any, project: Any, alice: Any, bob: Any
) -> None:
    line, unasked = decide(alice, take), make_clip(project)
    assert decision_back.standing(alice, project).get() == line
    decide(alice, unasked)
    assert decision_back.standing(alice, project).get() == line, "nobody had asked for the other"
    for person, error in ((bob, WrongState), (None, NotAllowed)):
        if person is None:
            project.memberships.update(role="viewer")
        with pytest.raises(error):
            decision_back.take_back(bob, take, line.pk)


def test_the_playlist_offers_it_and_shows_the_take_again(
    take: Any, project: Any, alice: Any, signed_in: Any
) -> None:
    caller, lists = signed_in(alice), reverse("review", args=[project.slug])
    assert "data-reviews-undo" not in caller.get(lists).content.decode()
    sha256 = review.sha256_of(take)
    given = {"review": "approved", "sha256": sha256, "newest": str(take.pk), "anyway": "1", "which": "mine"}
    gone = caller.post(reverse("take-decide", args=[take.pk]), given)
    text = caller.get(gone["location"]).content.decode()
    back = reverse("take-decide-back", args=[take.pk, Decision.objects.latest("id").pk]) + "?which=mine"
    assert text.count(f'action="{back}"') == 2, "in the message and above the list"
    for status in ("is in review again", "cannot be taken back any more"):
        answer = caller.post(back, follow=True)
        assert status in answer.content.decode()
    assert stands(take)[0] == Review.IN_REVIEW and "data-reviews-undo" not in answer.content.decode()


def test_on_its_own_page_the_message_offers_it_until_something_else_is_done(
    take: Any, alice: Any, signed_in: Any
) -> None:
    caller, seen = signed_in(alice), review.seen_of(take)
    given = {"review": "approved", "sha256": seen.file_sha256, "newest": str(seen.newest or "")}

    def heard(name: str, values: dict[str, str], *more: Any) -> dict[str, Any]:
        answer = caller.post(reverse(name, args=[take.pk, *more]), values, headers={"HX-Request": "true"})
        told: dict[str, Any] = json.loads(answer["HX-Trigger"])
        return told

    offered = heard("take-decide", given)["studio:toast"]["action"]
    undoes, line = offered["undoes"], Decision.objects.latest("id").pk
    assert offered["url"] == reverse("take-decide-back", args=[take.pk, line])
    gone = heard("take-sign", {"sha256": seen.file_sha256})["takes:changed"]
    assert (gone["group"], gone["takes"]) == (undoes["group"], undoes["takes"]) == ("review", [str(take.pk)])
    assert heard("take-decide-back", {}, line)["studio:toast"]["level"] == "error"


@pytest.mark.django_db(transaction=True)
def test_of_taking_back_and_signing_at_once_one_wins(take: Any, alice: Any) -> None:
    line = decide(alice, take)

    def do(number: int) -> None:
        with suppress(WrongState):
            if number:
                decision_back.take_back(alice, take, line.pk)
            else:
                _signs(take, line, alice, None)

    together(2, do)
    row = Generation.objects.get(pk=take.pk)
    assert (row.review == Review.APPROVED) == (row.signed_at is not None)
