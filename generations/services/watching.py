"""What every page shows of a person's takes: how many are on their way, and what they have not seen yet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from generations.models import IN_FLIGHT, Digest, Generation, Notification, Status, Watching, Which
from generations.models.notification import NotificationQuerySet

from . import news

WAYS = ("sound", "notify", "title", "toasts")
MOST_TOLD = 8  # newest news that a page is told of in words


@dataclass(frozen=True)
class State:
    """Counts of one person's own takes; those of news only of the kind that they chose. ``said``: what others
    wrote or decided, which counts whatever they chose."""

    flying: int
    done: int
    failed: int
    waiting: int
    said: int
    choice: Watching
    version: str

    @property
    def unseen(self) -> int:
        return self.done + self.failed + self.waiting + self.said


def choice_of(user: Any) -> Watching:
    """As they chose, else the defaults, unsaved."""
    return Watching.objects.filter(user=user).first() or Watching(user=user)


def choose(user: Any, *, which: str, digest: str, **ways: bool | None) -> Watching:
    """Keep a person's choice. What is news already is in no mail that they order now.

    :param ways: those of WAYS that are switched on or off; None, or left out, stays as it is.
    """
    before = choice_of(user)
    starts = before.digest == Digest.NEVER and digest != Digest.NEVER
    told = {name: on for name in WAYS if (on := ways.get(name)) is not None}
    fields: dict[str, Any] = {"which": which, "digest": digest, **told}
    if starts:
        fields["mailed_until"] = timezone.now()
    return Watching.objects.update_or_create(user=user, defaults=fields)[0]


def state_of(user: Any) -> State:
    """Three queries."""
    choice = choice_of(user)
    found = _counts(user)
    if choice.which == Which.TROUBLE:
        found["done"] = 0
    heard = Notification.objects.visible_to(user).unseen().aggregate(said=Count("pk"), newest=Max("at"))
    found["said"] = heard["said"]
    newest: list[datetime] = [at for at in (found.pop("newest"), heard["newest"]) if at]
    told = f"{sorted(found.items())} {newest} {choice.which} {[getattr(choice, way) for way in WAYS]}"
    version = hashlib.blake2b(told.encode(), digest_size=9).hexdigest()
    return State(**found, choice=choice, version=version)


def _counts(user: Any) -> dict[str, Any]:
    is_news = Q(news_at__isnull=False)
    done, failed = Q(status=Status.COMPLETED), Q(status__in=[Status.FAILED, Status.CANCELLED])
    mine = Generation.objects.visible_to(user).filter(author=user)
    return mine.filter(Q(ended_at=None) | is_news).aggregate(
        flying=Count("pk", filter=Q(ended_at=None, status__in=IN_FLIGHT, parked_at=None, paused_at=None)),
        done=Count("pk", filter=is_news & done),
        failed=Count("pk", filter=is_news & failed),
        waiting=Count("pk", filter=is_news & ~done & ~failed),
        newest=Max("news_at"),
    )


def fresh(user: Any, state: State) -> Sequence[Generation]:
    """The newest takes that they have not seen; one query, none where there is nothing."""
    if state.unseen == state.said:
        return ()
    rows = news.unseen_by(user, state.choice.which).select_related("account", "project", "cancelled_by")
    return list(rows.order_by("-news_at")[:MOST_TOLD])


def fresh_words(user: Any, state: State) -> Sequence[Notification]:
    """The newest that others said; one query, none where there is nothing."""
    return list(heard(user).unseen()[:MOST_TOLD]) if state.said else ()


def heard(user: Any) -> NotificationQuerySet:
    """What others said to this person, newest first, with what its words need."""
    rows = Notification.objects.visible_to(user)
    return rows.select_related("generation", "project", "comment").order_by("-id")


def latest(user: Any, most: int) -> list[Generation]:
    """What the bell lists: what waits for this person first, then what ended last, seen or not."""
    mine = Generation.objects.visible_to(user).filter(author=user)
    rows = mine.select_related("account", "project", "model", "author", "cancelled_by")
    open_ones = rows.filter(ended_at=None, status__in=news.WAITS_FOR_A_PERSON).order_by("-id")[:most]
    parked = rows.filter(ended_at=None, parked_at__isnull=False).order_by("-id")[:most]
    ended = rows.filter(ended_at__isnull=False).in_view().exclude(_own_ending(user)).order_by("-ended_at")
    waits = sorted([*open_ones, *parked], key=lambda take: take.id.int, reverse=True)[:most]
    return [*waits, *ended[: most - len(waits)]]


def _own_ending(user: Any) -> Q:
    return Q(status=Status.CANCELLED, cancelled_by=user)
