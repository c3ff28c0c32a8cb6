"""Takes of a project by what people look for: a typed filter, an order, a page at a time.

Pages go by what the order reads from an index, ids among equals; an id is the time of making, so dates go
by it too. No OFFSET and no exact counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
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
    Tag,
    Tagging,
    Verb,
)
from providers.gateways.values import Mode
from providers.ids import first_id
from providers.models import VideoModel

from . import words

PAGE = 48  # rows of two, three, four and six are full at its end, where all are of one shape
_LEAST_LOOKED_AT = 500  # more than are made at one moment, see ``words.Match.newest``
STATUSES: dict[str, tuple[str, ...]] = {
    "completed": (Status.COMPLETED,),
    "failed": (Status.FAILED,),
    "cancelled": (Status.CANCELLED,),
    "waits": WAITS_FOR_A_PERSON,
    "in_flight": IN_FLIGHT,
    "any": (),
}


UNMARKED = "none"
NO_SHOT = "none"
SIGNED = "signed"


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    RATING = "rating"
    COST = "cost"


# order -> the field that it goes by, dearest and best first; ids alone where there is none
_BY = {Sort.RATING: "stars", Sort.COST: "cost_usd"}


@dataclass(frozen=True)
class Filter:
    """What to look for; an empty value leaves it open. In the trash every status counts.

    :ivar tags: all of them have to be there.
    :ivar mark: a ``Mark``, or ``none``.
    :ivar stars: at least so many, in the mean of all people.
    :ivar review: a ``Review``, or ``signed``: one that is signed off.
    :ivar client: what its client wants, changes before approval: a ``Review``.
    :ivar reviewer: who was asked to decide.
    :ivar cost: dollars from and to; an unknown cost fits neither.
    :ivar shot: one of the project's, or ``none``.
    :ivar versions: lower versions of a stack too.
    """

    text: str = ""
    models: tuple[UUID, ...] = ()
    gateway: str = ""
    mode: str = ""
    status: str = "completed"
    person: UUID | None = None
    since: date | None = None
    until: date | None = None
    trash: bool = False
    tags: tuple[str, ...] = ()
    mark: str = ""
    stars: int = 0
    review: str = ""
    client: str = ""
    reviewer: UUID | None = None
    cost: tuple[Decimal | None, Decimal | None] = (None, None)
    shot: UUID | str | None = None
    versions: bool = False
    sort: Sort = Sort.NEWEST

    @property
    def folded(self) -> bool:
        """Whether a stack is one card. Not where words, tags, stars, a mark or a review are looked for: what
        was said of one version would else be hidden by another."""
        sorted_out = self.text or self.tags or self.stars or self.mark
        said = self.review or self.client or self.reviewer
        return not (self.versions or sorted_out or said)


@dataclass(frozen=True)
class Page:
    takes: list[Generation]
    before: UUID | None


def page(project: Project, wanted: Filter, before: UUID | None = None) -> Page:
    """One page of takes with everything a card needs; ``before`` of the last one leads to the next."""
    takes = next_of(project, wanted, before, PAGE + 1, _for_cards)
    return Page(takes[:PAGE], takes[PAGE - 1].pk if len(takes) > PAGE else None)


def next_of(
    project: Project,
    wanted: Filter,
    before: UUID | None,
    most: int,
    shaped: Callable[[QuerySet[Generation]], QuerySet[Any]],
) -> list[Any]:
    """What fits, in order, behind the take that the page before ended with; ``most`` at most.

    Where words or tags are looked for and time is the order, the newest matches alone are looked at first,
    then ever more of them: a word that every take has costs no more than one that few have.

    :param shaped: what is read of the rows.
    """
    match, beyond = _match(project, wanted), _beyond(project, wanted, before)
    if match is None or wanted.sort in _BY:
        return list(shaped(in_order(find(project, wanted).filter(beyond), wanted))[:most])
    looked_at = max(most * 8, _LEAST_LOOKED_AT)
    while True:
        some = match.newest(looked_at, beyond=before, oldest=wanted.sort == Sort.OLDEST)
        rows = _without_words(project, wanted).filter(pk__in=some.ids)
        found = list(shaped(in_order(rows, wanted))[:most])
        if len(found) == most or some.all_there:
            return found
        looked_at *= 8


def with_all(project: Project, ids: Sequence[UUID]) -> list[Generation]:
    """These takes with everything a card needs, in this order; those of other projects are left out."""
    found = _for_cards(Generation.objects.filter(project=project)).in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


def _for_cards(rows: QuerySet[Generation]) -> QuerySet[Generation]:
    inputs = Prefetch("inputs", GenerationInput.objects.select_related("asset"))
    taggings = Prefetch("taggings", Tagging.objects.select_related("tag"))
    rows = rows.select_related("model", "account", "author", "cancelled_by")
    return rows.prefetch_related("outputs", inputs, taggings)


def find(project: Project, wanted: Filter) -> QuerySet[Generation]:
    """The project's takes that fit; whether the project may be seen was asked before."""
    match, rows = _match(project, wanted), _without_words(project, wanted)
    return rows.filter(pk__in=match.ids()) if match else rows


def _without_words(project: Project, wanted: Filter) -> QuerySet[Generation]:
    """What fits all of the filter but its words and tags."""
    rows = Generation.objects.filter(project=project)
    if wanted.trash:
        rows = rows.filter(trashed_at__isnull=False, purged_at=None)
    else:
        rows = rows.in_view()
        if statuses := STATUSES[wanted.status]:
            rows = rows.filter(status__in=statuses)
        if wanted.folded:
            rows = rows.filter(is_top=True)
    return rows.filter(_choices(wanted), _sorted_out(wanted), _days(wanted))


def _match(project: Project, wanted: Filter) -> words.Match | None:
    return words.match(project.pk, wanted.text, wanted.tags)


def in_order(rows: QuerySet[Generation], wanted: Filter) -> QuerySet[Generation]:
    if field := _BY.get(wanted.sort):
        return rows.filter(**{f"{field}__isnull": False}).order_by(f"-{field}", "-pk")
    return rows.order_by("pk" if wanted.sort == Sort.OLDEST else "-pk")


def _beyond(project: Project, wanted: Filter, last: UUID | None) -> Q:
    """What comes behind this take in the present order; nothing where it is gone."""
    if last is None:
        return Q()
    if field := _BY.get(wanted.sort):
        value = Generation.objects.filter(project=project, pk=last).values_list(field, flat=True).first()
        if value is None:
            return Q(pk__in=())
        # as one range and an exception: an index finds where it begins
        return Q(**{f"{field}__lte": value}) & ~Q(**{field: value, "pk__gte": last})
    return Q(pk__gt=last) if wanted.sort == Sort.OLDEST else Q(pk__lt=last)


def _sorted_out(wanted: Filter) -> Q:
    fits = Q()
    if wanted.mark:
        fits &= Q(mark="" if wanted.mark == UNMARKED else wanted.mark)
    if wanted.review or wanted.reviewer:
        fits &= ~Q(review="")  # as the index has it
    if wanted.review:
        fits &= Q(signed_at__isnull=False) if wanted.review == SIGNED else Q(review=wanted.review)
    if wanted.client:
        fits &= ~Q(client_review="") & Q(client_review=wanted.client)
    if wanted.stars:
        fits &= Q(stars__gte=wanted.stars)
    least, most = wanted.cost
    if least is not None:
        fits &= Q(cost_usd__gte=least)
    if most is not None:
        fits &= Q(cost_usd__lte=most)
    return fits


def _choices(wanted: Filter) -> Q:
    named = {
        "model__in": wanted.models,
        "account__gateway": wanted.gateway,
        "mode": wanted.mode,
        "author": wanted.person,
        "reviewer": wanted.reviewer,
    }
    fits = Q(**{name: value for name, value in named.items() if value})
    if wanted.shot:
        fits &= Q(shot=None) if wanted.shot == NO_SHOT else Q(shot=wanted.shot)
    return fits


def _days(wanted: Filter) -> Q:
    """Local days, both included, as bounds of the id."""
    fits = Q()
    if wanted.since:
        fits &= Q(id__gte=first_id(_midnight(min(wanted.since, _LAST_DAY))))
    if wanted.until:
        fits &= Q(id__lt=first_id(_midnight(min(wanted.until, _LAST_DAY) + timedelta(days=1))))
    return fits


_LAST_DAY = date(9999, 12, 29)  # a day more, in any time zone, is still a date


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


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


def people_of(project: Project) -> list[Any]:
    """Who made takes here, members or not, and whom a review can be asked of: told apart by ``made`` and
    ``decides``."""
    made = Generation.objects.filter(project=project, author=OuterRef("pk"))
    decides = project.members_who(Verb.DECIDE).filter(pk=OuterRef("pk"))
    people = get_user_model().objects.annotate(made=Exists(made), decides=Exists(decides))
    return list(people.filter(Q(made=True) | Q(decides=True)).order_by("display_name", "username"))


def has_any(project: Project) -> bool:
    return Generation.objects.filter(project=project).exists()


def tags_of(project: Project, most: int = 200) -> list[str]:
    used = Exists(Tagging.objects.filter(tag=OuterRef("pk")))
    return list(Tag.objects.filter(used, project=project).values_list("name", flat=True)[:most])
