"""What the queue page shows of one person's takes, or of the whole team's, and when that changes.

A team's queue holds the takes of all projects that the person may see; a place in line also counts takes
that they may not see, for those are sent before theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from generations.models import IN_FLIGHT, WAITS_FOR_A_PERSON, Event, Generation, Project, Status
from providers.models import ProviderAccount

from . import feed, line, starts

MOST_SHOWN = 60  # of each part
NEXT_SHOWN = 30  # of the team's takes in one account's line
WORKING = (Status.SUBMITTING, Status.RUNNING, Status.STORING)
_RELATED = ("project", "author", "account", "model", "cancelled_by", "shot")


@dataclass(frozen=True)
class AccountLine:
    """``takes``: in the order in which they are shown; ``busy``: how many of its places are taken."""

    account: ProviderAccount
    busy: int
    takes: list[Generation]


@dataclass(frozen=True)
class Queue:
    """What waits for a person, what is at work, and what waits in each account's line."""

    needs: list[Generation]
    working: list[Generation]
    lines: list[AccountLine]
    places: dict[UUID, int]
    starts: dict[UUID, float]  # in how many seconds, of those of whom it can be told
    more: int

    @property
    def takes(self) -> list[Generation]:
        return [*self.needs, *self.working, *chain.from_iterable(one.takes for one in self.lines)]


@dataclass(frozen=True)
class Counts:
    """Takes that have not ended, of this person and of everybody they see; ``paused``: theirs alone, that
    may go on."""

    mine: int
    team: int
    queued: int
    paused: int


def open_takes(user: Any, *, mine: bool) -> QuerySet[Generation]:
    rows = Generation.objects.visible_to(user).filter(status__in=feed.ABOVE)
    return rows.filter(author=user, ended_at=None) if mine else rows


def queue_of(user: Any, *, mine: bool) -> Queue:
    """In a fixed number of queries, however much waits."""
    rows = open_takes(user, mine=mine)
    stopped = Q(status__in=WAITS_FOR_A_PERSON) | Q(parked_at__isnull=False)
    needs = rows.filter(stopped).order_by("-id")
    working = rows.filter(status__in=WORKING, parked_at=None).order_by("id")
    queued = rows.filter(status=Status.QUEUED, parked_at=None)
    lines = line.lines(set(queued.order_by().values_list("account_id", flat=True).distinct()))
    places = line.numbers(lines)
    shown = _queued(queued, lines, mine=mine)
    left = queued.count() - len(shown) if len(shown) >= NEXT_SHOWN else 0
    begins = starts.expected_s(shown, lines)
    waiting, busy = _read(needs), _read(working)
    begun = {take.pk for take in (*waiting, *busy)}  # since the lines were read: a take stands in one place
    by_account = _by_account([take for take in shown if take.pk not in begun], lines, places, mine)
    found = Queue(waiting, busy, by_account, places, begins, left)
    feed.attach(found.takes)
    return found


def _read(rows: QuerySet[Generation]) -> list[Generation]:
    return list(rows.select_related(*_RELATED)[:MOST_SHOWN])


def _queued(
    queued: QuerySet[Generation], lines: dict[UUID, line.Line], *, mine: bool
) -> Sequence[Generation]:
    """A person's own by their turns; the team's by the places, with what has none after them."""
    by_turn = queued.annotate(its_turn=line.TURN).order_by("its_turn")
    if mine:
        return _read(by_turn)
    next_ones = chain.from_iterable(found.takes[:NEXT_SHOWN] for found in lines.values())
    held = Q(paused_at__isnull=False) | Q(lease_until__gt=timezone.now()) | Q(not_before__gt=timezone.now())
    first = by_turn.filter(pk__in=list(next_ones)).select_related(*_RELATED)
    return [*first, *_read(by_turn.filter(held))]


def _by_account(
    takes: Sequence[Generation], lines: dict[UUID, line.Line], places: dict[UUID, int], mine: bool
) -> list[AccountLine]:
    """By the accounts' names; in a line by place, and of one's own what has none where its turn is."""
    accounts: dict[UUID, list[Generation]] = {}
    for take in takes:
        accounts.setdefault(take.account_id, []).append(take)
    found = [
        AccountLine(own[0].account, lines[pk].busy if pk in lines else 0, _in_order(own, places, mine))
        for pk, own in accounts.items()
    ]
    return sorted(found, key=lambda one: one.account.name)


def _in_order(takes: list[Generation], places: dict[UUID, int], mine: bool) -> list[Generation]:
    """By place. What is held back stands at the end; one's own after the one before it by turn, so that
    moving it shows."""
    last, keys = 0, {}
    for take in takes:
        last = places.get(take.pk, last)
        keys[take.pk] = last if mine else places.get(take.pk, len(places) + 1)
    return sorted(takes, key=lambda take: keys[take.pk])


def counts_of(user: Any) -> Counts:
    mine, waits = Q(author=user), Q(status=Status.QUEUED, parked_at=None)
    found = open_takes(user, mine=False).aggregate(
        mine=Count("pk", filter=mine),
        team=Count("pk"),
        queued=Count("pk", filter=mine & waits & Q(paused_at=None)),
        paused=Count("pk", filter=mine & waits & Q(paused_at__isnull=False, project__archived_at=None)),
    )
    return Counts(**found)


def version_of(user: Any) -> str:
    """Changes with everything the page shows: any event of the studio, for places depend on all of them,
    progress of what the person sees, and the accounts' limits, pauses and the stop. Tells nothing of it by
    itself."""
    last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    recent = Event.objects.filter(id__gt=last - feed.RECENT_IDS).count()
    flying = open_takes(user, mine=False).filter(status__in=IN_FLIGHT)
    changed = flying.aggregate(at=Max("changed_at"))["at"]
    accounts = ProviderAccount.objects.aggregate(
        Sum("max_in_flight"), Max("paused_until"), Max("stopped"), Count("pk")
    )
    projects = Project.objects.visible_to(user).count()
    told = f"{user.pk} {last} {recent} {changed} {sorted(accounts.items())} {projects}"
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()
