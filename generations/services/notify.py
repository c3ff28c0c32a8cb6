"""Tell people what somebody else did: one row each, read by the bell and the mail digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import F
from django.utils import timezone

from generations.models import Comment, Generation, Notification, Project

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
    """Those of these people who still see the project, and not whoever did it.

    :returns: how many were told.
    """
    wanted = set(people) - {by.person.pk if by.person else None}
    seeing = [person for person in get_user_model().objects.filter(pk__in=wanted) if _sees(person, take)]
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


def _sees(person: Any, take: Generation) -> bool:
    return Project.objects.visible_to(person).filter(pk=take.project_id).exists()


def saw(person: Any, takes: Collection[UUID]) -> int:
    """These takes stood before this person, with all that was said of them."""
    unseen = Notification.objects.filter(person=person, seen_at=None, generation__in=list(takes))
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
