"""Takes of a project by what people look for: a typed filter, a page at a time, newest first.

Pages go by id, which is the time of making; so do dates. No OFFSET and no exact counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from generations.models import (
    IN_FLIGHT,
    WAITS_FOR_A_PERSON,
    Event,
    Generation,
    GenerationInput,
    Project,
    Status,
)
from providers.gateways.values import Mode
from providers.models import VideoModel

PAGE = 60
STATUSES: dict[str, tuple[str, ...]] = {
    "completed": (Status.COMPLETED,),
    "failed": (Status.FAILED,),
    "cancelled": (Status.CANCELLED,),
    "waits": WAITS_FOR_A_PERSON,
    "in_flight": IN_FLIGHT,
    "any": (),
}


@dataclass(frozen=True)
class Filter:
    """What to look for; an empty value leaves it open. In the trash every status counts."""

    text: str = ""
    models: tuple[UUID, ...] = ()
    gateway: str = ""
    mode: str = ""
    status: str = "completed"
    person: UUID | None = None
    since: date | None = None
    until: date | None = None
    trash: bool = False


@dataclass(frozen=True)
class Page:
    takes: list[Generation]
    before: UUID | None


def page(project: Project, wanted: Filter, before: UUID | None = None) -> Page:
    """One page of takes with everything a card needs; ``before`` of the last one leads to the next."""
    rows = find(project, wanted)
    if before:
        rows = rows.filter(id__lt=before)
    inputs = Prefetch("inputs", GenerationInput.objects.select_related("asset"))
    takes = list(
        rows.select_related("model", "account", "author", "cancelled_by")
        .prefetch_related("outputs", inputs)
        .order_by("-id")[: PAGE + 1]
    )
    return Page(takes[:PAGE], takes[PAGE - 1].pk if len(takes) > PAGE else None)


def find(project: Project, wanted: Filter) -> QuerySet[Generation]:
    """The project's takes that fit; whether the project may be seen was asked before."""
    rows = Generation.objects.filter(project=project)
    if wanted.trash:
        rows = rows.filter(trashed_at__isnull=False, purged_at=None)
    else:
        rows = rows.in_view()
        if statuses := STATUSES[wanted.status]:
            rows = rows.filter(status__in=statuses)
    return rows.filter(_words(wanted), _choices(wanted), _days(wanted))


def _words(wanted: Filter) -> Q:
    """Every word has to stand in the prompt, in any order."""
    fits = Q()
    for word in wanted.text.split()[:12]:
        fits &= Q(prompt__icontains=word)
    return fits


def _choices(wanted: Filter) -> Q:
    named = {
        "model__in": wanted.models,
        "account__gateway": wanted.gateway,
        "mode": wanted.mode,
        "author": wanted.person,
    }
    return Q(**{name: value for name, value in named.items() if value})


def _days(wanted: Filter) -> Q:
    """Local days, both included, as bounds of the id."""
    fits = Q()
    if wanted.since:
        fits &= Q(id__gte=_first_id(min(wanted.since, _LAST_DAY)))
    if wanted.until:
        fits &= Q(id__lt=_first_id(min(wanted.until, _LAST_DAY) + timedelta(days=1)))
    return fits


_LAST_DAY = date(9999, 12, 29)  # a day more, in any time zone, is still a date


def _first_id(day: date) -> UUID:
    """The lowest id that a take of this day can have: its first 48 bits are milliseconds."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    return UUID(int=max(int(start.timestamp() * 1000), 0) << 80)


def who_threw_away(takes: Sequence[Generation]) -> dict[UUID, Any]:
    """Take -> the person who moved it to the trash last."""
    events = Event.objects.filter(generation__in=[take.pk for take in takes], kind="trashed")
    return {event.generation_id: event.actor for event in events.select_related("actor").order_by("id")}


def models_used(project: Project) -> QuerySet[VideoModel]:
    used = Generation.objects.filter(project=project, model=OuterRef("pk"))
    return VideoModel.objects.filter(Exists(used)).select_related("account")


def modes_used(project: Project) -> set[str]:
    """One look into the index for each mode, however many takes there are."""
    takes = Generation.objects.filter(project=OuterRef("pk"))
    asked = {mode.value: Exists(takes.filter(mode=mode.value)) for mode in Mode}
    found = Project.objects.filter(pk=project.pk).values(**asked).get()
    return {mode for mode, there in found.items() if there}


def people_of(project: Project) -> QuerySet:
    """Who made takes here, members or not."""
    made = Generation.objects.filter(project=project, author=OuterRef("pk"))
    return get_user_model().objects.filter(Exists(made)).order_by("display_name", "username")


def has_any(project: Project) -> bool:
    return Generation.objects.filter(project=project).exists()
