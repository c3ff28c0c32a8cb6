"""Hold a gateway's statement beside the ledger. Nothing is changed by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from generations.models import Generation

from . import spend_scope
from .bill_file import BillRow
from .spend_scope import Wanted

NEAR = timedelta(hours=2)  # between a line of a statement and the hold of its take, where no job is named


@dataclass(frozen=True)
class Here:
    """One attempt that was charged here."""

    take_id: UUID
    attempt: int
    micro: int
    at: datetime
    job: str


@dataclass(frozen=True)
class Pair:
    """``there`` are all lines of the statement about this attempt; ``by`` is *job* or *amount*."""

    here: Here
    there: Sequence[BillRow]
    by: str

    @property
    def billed(self) -> int:
        return sum(row.micro for row in self.there)


@dataclass(frozen=True)
class Compared:
    same: list[Pair] = field(default_factory=list)
    other: list[Pair] = field(default_factory=list)
    missing_here: list[BillRow] = field(default_factory=list)
    missing_there: list[Here] = field(default_factory=list)


def compare(user: Any, wanted: Wanted, rows: Sequence[BillRow]) -> Compared:
    """``wanted`` names the account and the days. A job's own lines are its own, wherever it was held; a line
    without a known job goes to the nearest attempt of the same sum that has none yet."""
    charged = _charged(user, wanted, rows)
    named = {here.job: here for here in charged if here.job}
    by_job: dict[str, list[BillRow]] = defaultdict(list)
    for row in rows:
        by_job[row.job if row.job in named else ""].append(row)
    pairs = [Pair(named[job], found, "job") for job, found in by_job.items() if job]
    taken = {(pair.here.take_id, pair.here.attempt) for pair in pairs}
    free = [here for here in charged if (here.take_id, here.attempt) not in taken]
    near, left = _by_amount(by_job[""], free)
    done = {(pair.here.take_id, pair.here.attempt) for pair in near}
    span = wanted.span
    return Compared(
        same=[pair for pair in [*pairs, *near] if pair.billed == pair.here.micro],
        other=[pair for pair in pairs if pair.billed != pair.here.micro],
        missing_here=left,
        missing_there=[
            here
            for here in free
            if (here.take_id, here.attempt) not in done and here.micro and span.start <= here.at < span.end
        ],
    )


def _charged(user: Any, wanted: Wanted, rows: Sequence[BillRow]) -> list[Here]:
    """What was charged in the days asked for, and what the statement names or may mean beside them."""
    times = [row.at for row in rows if row.at]
    first = min([wanted.span.start, *times]) - NEAR
    last = max([wanted.span.end, *times]) + NEAR
    take = Generation.objects.filter(pk=OuterRef("take_id"), attempt=OuterRef("attempt")).order_by()
    found = spend_scope.attempts_between(user, replace(wanted, which="actual"), first, last).order_by(
        "created_at", "id"
    )
    return [
        Here(
            row["take_id"],
            row["attempt"],
            int(row["paid"]),
            row["created_at"],
            row["job"] or "",
        )
        for row in found.annotate(paid=F("charged"), job=Subquery(take.values("job_id")[:1])).values(
            "take_id", "attempt", "paid", "created_at", "job"
        )
    ]


def _by_amount(rows: Sequence[BillRow], free: Sequence[Here]) -> tuple[list[Pair], list[BillRow]]:
    """In the order of the statement's times, each attempt once."""
    alike: dict[int, list[Here]] = defaultdict(list)
    for here in free:
        alike[here.micro].append(here)
    pairs, left = [], []
    for row in rows:
        near = [here for here in alike[row.micro] if row.at and abs(here.at - row.at) <= NEAR]
        if not near or row.at is None:
            left.append(row)
            continue
        when = row.at
        here = min(near, key=lambda one: abs(one.at - when))
        alike[row.micro].remove(here)
        pairs.append(Pair(here, [row], "amount"))
    return pairs, left
