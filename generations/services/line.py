"""The line of each account: in which order queued takes are sent. The dispatcher and every page ask here.

People take turns: next comes whoever has the fewest takes at the gateway, and of those whose turn is the
oldest. A *turn* is the id of a queued take. Which of their own takes uses which of their turns is for people
to say (``queue.move``), so that nobody can come before somebody else's turn by it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from generations.models import AT_THE_GATEWAY, Generation, Status
from providers.ids import first_id

TURN = Coalesce("turn", "id")
A_MINUTE = timedelta(minutes=1)
_LATELY = timedelta(hours=1)
MOST_EACH = 200  # so many takes of each person have a number in an account's line


@dataclass(frozen=True)
class Waiting:
    take_id: UUID
    author_id: UUID
    turn: UUID
    model_id: UUID | None = None


@dataclass(frozen=True)
class AtWork:
    """A take that has a place of its account. ``began``: None until it is accepted."""

    author_id: UUID
    model_id: UUID
    began: datetime | None


def ready(now: datetime) -> QuerySet[Generation]:
    """Queued takes that may be sent as soon as there is a place, and for which no bell rings yet."""
    rested = Q(not_before=None) | Q(not_before__lte=now)
    return Generation.objects.lease_over(Status.QUEUED, now).filter(
        rested, parked_at=None, paused_at=None, awaits_inputs=False
    )


def is_far_back(take: Generation, places: Mapping[UUID, int], now: datetime) -> bool:
    """It has no number, for many of its author's stand before it. Where there are few it was taken up in
    between, after the row at hand was read.

    :param places: of ``numbers``.
    """
    return take.pk not in places and len(places) >= MOST_EACH and _is_ready(take, now)


def _is_ready(take: Generation, now: datetime) -> bool:
    """As ``ready``, of a row at hand."""
    rested = take.not_before is None or take.not_before <= now
    unheld = take.lease_until is None or take.lease_until <= now
    held_back = take.parked_at or take.paused_at or take.awaits_inputs
    return take.status == Status.QUEUED and rested and unheld and not held_back


def order(account_id: UUID, now: datetime, most: int) -> list[UUID]:
    """The next ``most`` takes of an account, the first one first."""
    waiting = _waiting([account_id], now, most)
    return in_turn(waiting.get(account_id, []), _busy(_at_work([account_id])[account_id]), most)


@dataclass(frozen=True)
class Line:
    """``takes``: as they are sent, the first one first, with their ``models``; ``work``: what has its
    places; ``sent``: when each take was that went out within the last minute, also one that has ended."""

    takes: list[UUID]
    models: Mapping[UUID, UUID | None]
    work: Sequence[AtWork]
    sent: Sequence[datetime] = ()

    @property
    def busy(self) -> int:
        return len(self.work)

    def places(self) -> dict[UUID, int]:
        return {take_id: number for number, take_id in enumerate(self.takes, 1)}


def lines(accounts: Collection[UUID]) -> dict[UUID, Line]:
    """Each account's whole line, MOST_EACH of each person; two queries."""
    if not accounts:
        return {}
    now = timezone.now()
    waiting, (work, sent) = _waiting(accounts, now, MOST_EACH), _work_and_sent(accounts, now)
    return {pk: _line(waiting.get(pk, []), work[pk], sent[pk]) for pk in accounts}


def _line(waiting: Sequence[Waiting], work: Sequence[AtWork], sent: Sequence[datetime]) -> Line:
    takes = in_turn(waiting, _busy(work), len(waiting))
    return Line(takes, {one.take_id: one.model_id for one in waiting}, work, sorted(sent))


def lines_of(takes: Iterable[Generation]) -> dict[UUID, Line]:
    """Of the accounts in whose line one of these takes waits."""
    return lines({take.account_id for take in takes if take.status == Status.QUEUED})


def numbers(found: Mapping[UUID, Line]) -> dict[UUID, int]:
    """The number in line of each queued take; none for one that is being sent, paused or far back."""
    return {take_id: number for line in found.values() for take_id, number in line.places().items()}


def places(takes: Iterable[Generation]) -> dict[UUID, int]:
    return numbers(lines_of(takes))


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
    columns = ("account_id", "pk", "author_id", "its_turn", "model_id")
    for account_id, *one in wanted.values_list(*columns):
        found.setdefault(account_id, []).append(Waiting(*one))
    return found


_COLUMNS = ("account_id", "author_id", "model_id", "accepted_at", "submitted_at")


def _holding(accounts: Collection[UUID]) -> QuerySet[Generation]:
    """What is at the gateway, or on the way to it."""
    sent = Q(status__in=AT_THE_GATEWAY) | Q(status=Status.QUEUED, lease_until__gt=timezone.now())
    return Generation.objects.filter(sent, account_id__in=accounts).order_by()


def _at_work(accounts: Collection[UUID]) -> dict[UUID, list[AtWork]]:
    """By account."""
    found: dict[UUID, list[AtWork]] = {account_id: [] for account_id in accounts}
    for account_id, author_id, model_id, accepted_at, submitted_at in _holding(accounts).values_list(
        *_COLUMNS
    ):
        found[account_id].append(AtWork(author_id, model_id, accepted_at or submitted_at))
    return found


def _work_and_sent(
    accounts: Collection[UUID], now: datetime
) -> tuple[dict[UUID, list[AtWork]], dict[UUID, list[datetime]]]:
    """By account, both by one query; the dispatcher counts the latter likewise. Of those that have left the
    gateway again, the ones made within ``_LATELY``: no index knows when a take was sent, all know its id."""
    left = Generation.objects.filter(pk__gte=first_id(now - _LATELY), submitted_at__gt=now - A_MINUTE)
    parts = [
        rows.order_by().annotate(is_here=Value(is_here)).values_list(*_COLUMNS, "is_here")
        for rows, is_here in ((_holding(accounts), True), (left.exclude(status__in=AT_THE_GATEWAY), False))
    ]
    work: dict[UUID, list[AtWork]] = {account_id: [] for account_id in accounts}
    sent: dict[UUID, list[datetime]] = {account_id: [] for account_id in accounts}
    for account_id, author_id, model_id, accepted_at, submitted_at, is_here in parts[0].union(
        parts[1], all=True
    ):
        if is_here:
            work[account_id].append(AtWork(author_id, model_id, accepted_at or submitted_at))
        if submitted_at and submitted_at > now - A_MINUTE and account_id in sent:
            sent[account_id].append(submitted_at)
    return work, sent


def _busy(work: Sequence[AtWork]) -> Counter[UUID]:
    """How many places each person has."""
    return Counter(one.author_id for one in work)
