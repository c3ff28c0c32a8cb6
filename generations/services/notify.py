"""Tell people what somebody else did: one row each, read by the bell and the mail digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from generations.models import Comment, Generation, Membership, Notification

from .writers import Writer


def tell(
    people: Iterable[UUID],
    kind: Notification.Kind,
    by: Writer,
    take: Generation,
    *,
    comment: Comment | None = None,
    detail: dict[str, Any] | None = None,
) -> int:
    """Those of these people who still see the project, and not whoever did it; two queries for all.

    :returns: how many were told.
    """
    seeing = _seeing(take.project_id, set(people) - {by.person.pk if by.person else None})
    rows = [
        Notification(
            person=person,
            project_id=take.project_id,
            generation=take,
            comment=comment,
            kind=kind,
            actor_name=by.name,
            detail=detail or {},
        )
        for person in seeing
    ]
    return len(Notification.objects.bulk_create(rows))


def _seeing(project: UUID, people: set[Any]) -> list[Any]:
    """Those of them to whom it is visible, as ``Project.objects.visible_to`` has it for one person."""
    belongs = Exists(Membership.objects.filter(project=project, user=OuterRef("pk")))
    rows = get_user_model().objects.filter(pk__in=people, is_active=True).annotate(belongs=belongs)
    return [person for person in rows if person.belongs or person.is_administrator]


def saw(person: Any, takes: Collection[UUID]) -> int:
    """These takes stood before this person, with all that was said of them. News of limits go by their id."""
    shown = Q(generation__in=list(takes)) | Q(pk__in=list(takes), generation=None)
    unseen = Notification.objects.filter(shown, person=person, seen_at=None)
    return unseen.update(seen_at=timezone.now())


def saw_limits(person: Any) -> int:
    """The page of limits stood before this person."""
    unseen = Notification.objects.filter(person=person, seen_at=None, kind__in=Notification.OF_LIMITS)
    return unseen.update(seen_at=timezone.now())


def saw_all(person: Any, until: datetime | None = None) -> int:
    """All that was said by ``until``; what came later was not shown."""
    now = timezone.now()
    unseen = Notification.objects.filter(
        person=person, seen_at=None, at__lte=min(until, now) if until else now
    )
    return unseen.update(seen_at=now)


def stir(take: UUID) -> None:
    """Something of this take's review changed: pages that show it look again."""
    Generation.objects.filter(pk=take).update(review_no=F("review_no") + 1, changed_at=timezone.now())
