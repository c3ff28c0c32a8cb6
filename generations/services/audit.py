"""Do the rows and the money agree? Open holds belong to exactly the takes that the design names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from generations.models import Event, Generation, Output, Status
from providers import ledger, outcomes
from providers.models import LedgerEntry

HOLDING = (Status.QUEUED, Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING, Status.STORING)
_AT_ONCE = 500


@dataclass(frozen=True)
class Problem:
    """One disagreement: whose it is, and what does not fit, for an operator to read."""

    take_id: UUID
    attempt: int
    what: str

    def __str__(self) -> str:
        return f"take {self.take_id}, attempt {self.attempt}: {self.what}"


def drift() -> list[Problem]:
    """Everything about money and files that does not agree; empty on a sound studio.

    Meant for ``doctor`` and tests: the last part reads all completed takes.
    """
    return [*money_drift(), *_completed_without_clip()]


def money_drift() -> list[Problem]:
    """Open holds that belong to no take that may have one, takes that lack theirs, and holds that say
    something else than the lines of their attempt."""
    told = "its hold says something else than the lines of this attempt"
    wrong = (Problem(take_id, attempt, told) for take_id, attempt in outcomes.wrong())
    return [*_holds_too_many(), *_holds_missing(), *wrong]


def _holds_too_many() -> Iterator[Problem]:
    """Open holds of takes that are at rest, of earlier attempts, or of no take at all."""
    holds = list(ledger.open_holds().values_list("take_id", "attempt"))
    for some in _some(holds):
        takes = Generation.objects.in_bulk([take_id for take_id, _attempt in some])
        for take_id, attempt in some:
            what = _why_not(takes.get(take_id), attempt)
            if what:
                yield Problem(take_id, attempt, what)


def _why_not(take: Generation | None, attempt: int) -> str:
    if take is None:
        return "money is held for a take that does not exist"
    if take.attempt != attempt:
        return f"money is still held although the take is at attempt {take.attempt}"
    if take.status not in HOLDING and not _is_unanswered(take):
        return f"money is still held although the take is {take.status}"
    return ""


def _is_unanswered(take: Generation) -> bool:
    """Cancelled, and the gateway's final word or its file is still to come."""
    waits = take.next_poll_at is not None or bool(take.finished_at and not take.completed_at)
    return take.status == Status.CANCELLED and waits


def _holds_missing() -> Iterator[Problem]:
    """Takes in flight whose attempt has no hold, or one that was closed. A resumed take goes on with the
    money as it was closed."""
    lines = LedgerEntry.objects.filter(take_id=OuterRef("pk"), attempt=OuterRef("attempt"))
    closed = lines.exclude(kind=LedgerEntry.Kind.HOLD)
    resumed = Event.objects.filter(generation=OuterRef("pk"), kind="resumed")
    rows = Generation.objects.filter(status__in=HOLDING).annotate(
        held=Exists(lines.filter(kind=LedgerEntry.Kind.HOLD)), closed=Exists(closed), again=Exists(resumed)
    )
    for take_id, attempt, held in rows.filter(Q(held=False) | Q(closed=True, again=False)).values_list(
        "pk", "attempt", "held"
    ):
        what = "its hold is closed although it is in flight" if held else "in flight, and no money is held"
        yield Problem(take_id, attempt, what)


def _completed_without_clip() -> Iterator[Problem]:
    clip = Output.objects.filter(generation=OuterRef("pk"), kind=Output.Kind.VIDEO)
    rows = Generation.objects.filter(~Exists(clip), status=Status.COMPLETED)
    for take_id, attempt in rows.order_by().values_list("pk", "attempt")[:_AT_ONCE]:
        yield Problem(take_id, attempt, "completed, but no clip is recorded")


def _some(rows: list[tuple[UUID, int]]) -> Iterable[list[tuple[UUID, int]]]:
    return (rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE))
