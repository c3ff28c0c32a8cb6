"""The feed of a project: what is in flight, then what came of earlier takes, newest first, by day and batch.

``FeedState.version`` changes with everything a page of the feed shows. It holds the last event's id, how many
of the last hundred ids are this project's (a transaction that commits late has a lower id than one
already seen), the last change of a take in flight (progress writes no event), and how many accounts are
closed, with the first and the last of them: what stands over the composer follows from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import (
    CharField,
    Count,
    Max,
    Min,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from generations.models import (
    FINAL,
    IN_FLIGHT,
    WAITS_FOR_A_PERSON,
    Event,
    Generation,
    GenerationInput,
    GenerationQuerySet,
    Output,
    Project,
)
from providers.models import ProviderAccount

from .create import MOST_IN_A_BATCH

PAGE = 40
MOST_LIVE = 120  # takes that one page keeps up to date; older ones stand still below
MOST_FLYING = 48
RECENT_IDS = 100
PICTURE_TIME = timedelta(seconds=30)
ABOVE = (*WAITS_FOR_A_PERSON, *IN_FLIGHT)


@dataclass(frozen=True)
class FeedState:
    version: str
    busy: bool
    closed: str


@dataclass(frozen=True)
class Batch:
    id: UUID
    takes: list[Generation]


@dataclass(frozen=True)
class Day:
    date: date
    batches: list[Batch]


@dataclass(frozen=True)
class FeedPage:
    """``since``: the oldest finished take of the live part; ``before``: where the next page starts."""

    flying: list[Generation]
    flying_more: int
    days: list[Day]
    since: UUID | None
    before: UUID | None

    @property
    def takes(self) -> list[Generation]:
        return [*self.flying, *(take for day in self.days for batch in day.batches for take in batch.takes)]


def with_state(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Projects with what ``state_of`` needs, in the query that fetches them."""
    events = Event.objects.filter(project=OuterRef("pk"))
    last = events.order_by("-id").values("id")[:1]
    recent = events.filter(id__gt=OuterRef("last_event") - RECENT_IDS).order_by().values("project")
    flying = (
        Generation.objects.filter(project=OuterRef("pk"), status__in=IN_FLIGHT).order_by().values("project")
    )
    closed = ProviderAccount.objects.closed().order_by().annotate(all=Value(1)).values("all")
    closed_id = Cast("id", CharField())
    return projects.annotate(last_event=Coalesce(Subquery(last), Value(0))).annotate(
        closed_accounts=Coalesce(Subquery(closed.annotate(n=Count("pk")).values("n")), Value(0)),
        closed_first=Subquery(closed.annotate(first=Min(closed_id)).values("first")),
        closed_last=Subquery(closed.annotate(last=Max(closed_id)).values("last")),
        recent_events=Subquery(recent.annotate(n=Count("pk")).values("n")),
        last_change=Subquery(flying.annotate(at=Max("changed_at")).values("at")),
    )


def state_of(project: Any) -> FeedState:
    """Of a project that came through ``with_state``."""
    changed: datetime | None = project.last_change
    stamp = int(changed.timestamp() * 1000) if changed else 0
    ends = (str(pk or "").replace("-", "")[-8:] for pk in (project.closed_first, project.closed_last))
    closed = "-".join([str(project.closed_accounts), *ends])
    parts = (project.last_event, project.recent_events or 0, stamp, closed)
    return FeedState("-".join(map(str, parts)), changed is not None, closed)


def first_page(project: Project, since: UUID | None = None) -> FeedPage:
    """What the page keeps up to date: everything in flight, and finished takes down to ``since``."""
    rows = _rows(project)
    above = list(rows.filter(status__in=ABOVE).order_by("id")[: MOST_FLYING + 1])
    flying = sorted(above[:MOST_FLYING], key=_place)
    more = rows.filter(status__in=ABOVE).count() - MOST_FLYING if len(above) > MOST_FLYING else 0
    finished = rows.filter(status__in=FINAL).in_view().order_by("-id")
    days, before = _page(finished, since)
    ended = {take.pk for day in days for batch in day.batches for take in batch.takes}
    flying = [take for take in flying if take.pk not in ended]  # it ended between the two questions
    page = FeedPage(flying, more, days, _oldest(days), before)
    attach(page.takes)
    return page


def older_page(project: Project, before: UUID) -> FeedPage:
    finished = _rows(project).filter(status__in=FINAL, id__lt=before).in_view().order_by("-id")
    days, cursor = _page(finished)
    page = FeedPage([], 0, days, _oldest(days), cursor)
    attach(page.takes)
    return page


def day_of(take_id: UUID) -> date:
    """The local day that a take was made on, read from its id; an id of no date counts as the last day."""
    try:
        made = datetime.fromtimestamp((take_id.int >> 80) / 1000, UTC)
        return timezone.localtime(made).date()
    except (ValueError, OverflowError):  # made up: its first 48 bits reach beyond the year 9999
        return date.max


def awaits_picture(take: Generation) -> bool:
    """It has just been stored, and its poster is made in a moment: worth asking for soon."""
    young = take.completed_at is not None and timezone.now() - take.completed_at < PICTURE_TIME
    return young and not any(output.kind == Output.Kind.POSTER for output in take.outputs.all())


def _rows(project: Project) -> GenerationQuerySet:
    return Generation.objects.filter(project=project).select_related(
        "model", "account", "author", "cancelled_by"
    )


def attach(takes: list[Generation]) -> None:
    """Outputs and inputs of all cards, in two queries."""
    inputs = GenerationInput.objects.select_related("asset")
    prefetch_related_objects(takes, "outputs", Prefetch("inputs", inputs))


def _place(take: Generation) -> tuple[int, int]:
    """What waits for a person first, then the newest."""
    waits = take.status in WAITS_FOR_A_PERSON or take.parked_at is not None
    return (0 if waits else 1, -take.id.int)


def _page(finished: QuerySet[Generation], since: UUID | None = None) -> tuple[list[Day], UUID | None]:
    """Days of one page, which never cuts a batch in two, and where the next begins (None: no more)."""
    size = MOST_LIVE if since else PAGE
    rows = list(finished[: size + MOST_IN_A_BATCH + 1])
    if since:
        size = min(size, sum(1 for take in rows if take.id.int >= since.int) or PAGE)
    cut = min(size, len(rows))
    while 0 < cut < len(rows) and rows[cut].batch_id == rows[cut - 1].batch_id:
        cut += 1
    return _days(rows[:cut]), rows[cut - 1].id if cut and cut < len(rows) else None


def _days(rows: list[Generation]) -> list[Day]:
    return [
        Day(day, [_batch(list(group)) for _id, group in groupby(takes, key=lambda take: take.batch_id)])
        for day, takes in groupby(rows, key=lambda take: timezone.localtime(take.created_at).date())
    ]


def _batch(takes: list[Generation]) -> Batch:
    return Batch(takes[0].batch_id, sorted(takes, key=lambda take: take.position))


def _oldest(days: list[Day]) -> UUID | None:
    ids = [take.id for day in days for batch in day.batches for take in batch.takes]
    return min(ids, key=lambda pk: pk.int) if ids else None
