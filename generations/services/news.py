"""What the author of a take has not seen yet: that it ended, or waits for them.

``news_at`` of a take says since when there is something to know; it is empty once the author has seen it on a
page, and when the take goes on. Everything that tells people of takes, bell, sound, mail, reads it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from generations.models import FINAL, WAITS_FOR_A_PERSON, Generation, Status, Which

TOLD = (*FINAL, *WAITS_FOR_A_PERSON)
MOST_AT_ONCE = 200  # ids in one word of a browser that they were seen


def fields_of(
    take: Generation, to: str, *, changes_status: bool, actor: Any, fields: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """What a change of a take does to its ``news_at``; nothing where it is no news either way."""
    if fields.get("parked_at"):
        return {"news_at": now}
    if to == Status.UNCERTAIN:  # as long as the gateway's list is searched nobody is asked
        return {"news_at": now} if fields.get("next_poll_at", now) is None else {}
    if not changes_status:
        return {"news_at": None} if "parked_at" in fields else {}
    by_the_author = actor is not None and actor.pk == take.author_id
    return {"news_at": now if to in TOLD and not by_the_author else None}


def unseen_by(user: Any, which: str = Which.ALL) -> QuerySet[Generation]:
    """This person's own takes, in projects that they are still in; newest news first.

    :param which: ``trouble`` leaves out what went well.
    """
    rows = Generation.objects.visible_to(user).filter(author=user, news_at__isnull=False)
    return rows.exclude(went_well()) if which == Which.TROUBLE else rows


def went_well() -> Q:
    return Q(status=Status.COMPLETED)


def saw(user: Any, takes: Collection[UUID]) -> int:
    """These takes stood before this person as they are now. Of other people's takes nothing is noted.

    :returns: how many were news.
    """
    mine = Generation.objects.filter(author=user, news_at__isnull=False, pk__in=list(takes)[:MOST_AT_ONCE])
    return mine.update(news_at=None)


def saw_all(user: Any, until: datetime | None = None) -> int:
    """Everything that was news by ``until`` counts as seen; what came later does not."""
    now = timezone.now()
    mine = Generation.objects.filter(author=user, news_at__lte=min(until, now) if until else now)
    return mine.update(news_at=None)
