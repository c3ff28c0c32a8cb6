"""A version that was made for a note goes back to whoever had asked for the changes, in review, without
anybody having to ask for it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from generations.models import Generation, Notification, Review, Verb
from generations.services import notify, review
from generations.services.writers import Writer


def reviewer_of(fixed: Generation, maker: Any) -> Any:
    """Who hears of the next version of ``fixed``: the person who sent it back last, as long as they may
    decide here and are not the one who makes it; else None."""
    if fixed.review != Review.CHANGES or fixed.project.archived_at:
        return None
    line = fixed.decisions.of_the_team().select_related("person").order_by("-id").first()
    person = line.person if line is not None and line.review == Review.CHANGES else None
    if person is None or person == maker or not person.is_active:
        return None
    return person if fixed.project.allows(person, Verb.DECIDE) else None


def hand_back(made: Generation, fixed: Generation) -> Any:
    """Once: a version on which anything was asked or decided already stays as it stands. Its row is held.

    :returns: who was asked; None where nobody was.
    """
    reviewer = reviewer_of(fixed, made.author)
    if reviewer is None or made.decisions.exists() or not review.is_reviewable(made):
        return None
    day = fixed.review_due_on
    due_on = day if day and day >= timezone.localdate() else None
    by = Writer(person=made.author)
    review.put(by, [made], Review.IN_REVIEW, reviewer=reviewer, review_due_on=due_on)
    detail = {"takes": 1, "version": made.version_no}
    notify.tell([reviewer.pk], Notification.Kind.ASSIGNED, by, made, detail=detail)
    return reviewer
