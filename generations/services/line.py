"""The line of each account: in which order queued takes are sent. The dispatcher and every page ask here.

People take turns: next comes whoever has the fewest takes at the gateway, and of those whose turn is the
oldest. A *turn* is the id of a queued take. Which of their own takes uses which of their turns is for people
to say (``queue.move``), so that nobody can come before somebody else's turn by it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, Case, F, Q, QuerySet, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from generations.models import AT_THE_GATEWAY, Generation, Status

TURN = Coalesce("turn", "id")
MOST_EACH = 200  # so many takes of each person have a number in an account's line


@dataclass(frozen=True)
class Waiting:
    take_id: UUID
    author_id: UUID
    turn: UUID


Waits = dict[UUID, list[Waiting]]
Busy = dict[UUID, Counter[UUID]]


def ready(now: datetime) -> QuerySet[Generation]:
    """Queued takes that may be sent as soon as there is a place, and for which no bell rings yet."""
    return Generation.objects.filter(is_ready(now))


def is_ready(now: datetime) -> Q:
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    rested = Q(not_before=None) | Q(not_before__lte=now)
    return free & rested & Q(status=Status.QUEUED, parked_at=None, paused_at=None, awaits_inputs=False)


def order(account_id: UUID, now: datetime, most: int) -> list[UUID]:
    """The next ``most`` takes of an account, the first one first."""
    waits, busy = _look([account_id], now, most)
    return in_turn(waits[account_id], busy[account_id], most)


@dataclass(frozen=True)
class Line:
    """``takes``: as they are sent, the first one first; ``busy``: how many of its places are taken."""

    takes: list[UUID]
    busy: int

    def places(self) -> dict[UUID, int]:
        return {take_id: number for number, take_id in enumerate(self.takes, 1)}


def lines(accounts: Collection[UUID]) -> dict[UUID, Line]:
    """Each account's whole line, MOST_EACH of each person; one query."""
    if not accounts:
        return {}
    waits, busy = _look(accounts, timezone.now(), MOST_EACH)
    return {pk: Line(in_turn(line, busy[pk], len(line)), busy[pk].total()) for pk, line in waits.items()}


def places(takes: Iterable[Generation]) -> dict[UUID, int]:
    """The number in line of each queued take; none for one that is being sent, paused or far back."""
    found = lines({take.account_id for take in takes if take.status == Status.QUEUED})
    return {take_id: number for line in found.values() for take_id, number in line.places().items()}


def in_turn(waiting: Sequence[Waiting], busy: Counter[UUID], free: int) -> list[UUID]:
    """The next ``free`` takes: of whoever has the fewest at the gateway their first one, again and again.

    :param waiting: each person's takes in the order of their turns.
    :param busy: how many each person has at the gateway now.
    """
    lines: dict[UUID, deque[Waiting]] = {}
    for one in waiting:
        lines.setdefault(one.author_id, deque()).append(one)
    load = Counter(busy)
    chosen: list[UUID] = []
    while lines and len(chosen) < free:
        author_id = min(lines, key=lambda person: (load[person], lines[person][0].turn))
        chosen.append(lines[author_id].popleft().take_id)
        load[author_id] += 1
        if not lines[author_id]:
            del lines[author_id]
    return chosen


def _look(accounts: Collection[UUID], now: datetime, most: int) -> tuple[Waits, Busy]:
    """By account, in one query: the takes that wait, of each person only the first ``most``, so that nobody's
    hundreds hide another's one; and how many each person has at the gateway, or on the way to it."""
    sent = Q(status__in=AT_THE_GATEWAY) | Q(status=Status.QUEUED, lease_until__gt=now)
    is_sent = Case(When(sent, then=True), default=False, output_field=BooleanField())
    person = [F("account_id"), F("author_id"), F("is_sent")]
    number = Window(RowNumber(), partition_by=person, order_by=TURN.asc())
    rows = Generation.objects.filter(sent | is_ready(now), account_id__in=accounts).order_by()
    wanted = rows.annotate(is_sent=is_sent, its_turn=TURN).annotate(number=number)
    wanted = wanted.filter(Q(number__lte=most) | Q(is_sent=True)).order_by("its_turn")
    waits: Waits = {account_id: [] for account_id in accounts}
    busy: Busy = {account_id: Counter() for account_id in accounts}
    for account_id, take_id, author_id, turn, gone in wanted.values_list(
        "account_id", "pk", "author_id", "its_turn", "is_sent"
    ):
        if gone:
            busy[account_id][author_id] += 1
        else:
            waits[account_id].append(Waiting(take_id, author_id, turn))
    return waits, busy
