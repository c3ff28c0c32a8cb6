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

from django.db.models import F, Q, QuerySet, Window
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


def ready(now: datetime) -> QuerySet[Generation]:
    """Queued takes that may be sent as soon as there is a place, and for which no bell rings yet."""
    rested = Q(not_before=None) | Q(not_before__lte=now)
    return Generation.objects.lease_over(Status.QUEUED, now).filter(
        rested, parked_at=None, paused_at=None, awaits_inputs=False
    )


def is_ready(take: Generation, now: datetime) -> bool:
    """As ``ready``, of a row at hand: where such a take has no number in line, many of its author's stand
    before it."""
    rested = take.not_before is None or take.not_before <= now
    unheld = take.lease_until is None or take.lease_until <= now
    held_back = take.parked_at or take.paused_at or take.awaits_inputs
    return take.status == Status.QUEUED and rested and unheld and not held_back


def order(account_id: UUID, now: datetime, most: int) -> list[UUID]:
    """The next ``most`` takes of an account, the first one first."""
    waiting = _waiting([account_id], now, most)
    return in_turn(waiting.get(account_id, []), _busy([account_id])[account_id], most)


@dataclass(frozen=True)
class Line:
    """``takes``: as they are sent, the first one first; ``busy``: how many of its places are taken."""

    takes: list[UUID]
    busy: int

    def places(self) -> dict[UUID, int]:
        return {take_id: number for number, take_id in enumerate(self.takes, 1)}


def lines(accounts: Collection[UUID]) -> dict[UUID, Line]:
    """Each account's whole line, MOST_EACH of each person; two queries."""
    if not accounts:
        return {}
    waiting, busy = _waiting(accounts, timezone.now(), MOST_EACH), _busy(accounts)
    whole = {pk: waiting.get(pk, []) for pk in accounts}
    return {pk: Line(in_turn(line, busy[pk], len(line)), busy[pk].total()) for pk, line in whole.items()}


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


def _waiting(accounts: Collection[UUID], now: datetime, most: int) -> dict[UUID, list[Waiting]]:
    """By account; of each person only the first ``most``, so that nobody's hundreds hide another's one."""
    number = Window(RowNumber(), partition_by=[F("account_id"), F("author_id")], order_by=TURN.asc())
    rows = ready(now).filter(account_id__in=accounts).order_by().annotate(number=number, its_turn=TURN)
    wanted = rows.filter(number__lte=most).order_by("its_turn")
    found: dict[UUID, list[Waiting]] = {}
    for account_id, take_id, author_id, turn in wanted.values_list(
        "account_id", "pk", "author_id", "its_turn"
    ):
        found.setdefault(account_id, []).append(Waiting(take_id, author_id, turn))
    return found


def _busy(accounts: Collection[UUID]) -> dict[UUID, Counter[UUID]]:
    """By account: how many takes each person has at the gateway, or on the way to it."""
    sent = Q(status__in=AT_THE_GATEWAY) | Q(status=Status.QUEUED, lease_until__gt=timezone.now())
    rows = Generation.objects.filter(sent, account_id__in=accounts).order_by()
    found: dict[UUID, Counter[UUID]] = {account_id: Counter() for account_id in accounts}
    for account_id, author_id in rows.values_list("account_id", "author_id"):
        found[account_id][author_id] += 1
    return found
