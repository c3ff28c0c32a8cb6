"""What was spent, summed by the database from the ledger's lines.

Sums are whole millionths of the currency's unit: SQLite keeps decimals as binary fractions, and only whole
numbers add up exactly on both databases. An attempt counts on the day on which its money was held, with all
that became of it later, as it does under the limits; so what was held is always what was charged for (at
the held sum), released, or still open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Abs, Cast, Round

from . import ledger
from .models import LedgerEntry
from .models.money import MICRO

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Sums:
    """Of some attempts, in millionths. ``open`` is what is still held; ``unknown`` counts attempts without
    any price, which are in no sum."""

    quoted: int = 0
    actual: int = 0
    released: int = 0
    open: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Sums:
        return cls(*(int(row[name] or 0) for name in SUMS))

    def __add__(self, other: Sums) -> Sums:
        mine, theirs = (self._numbers(), other._numbers())
        return Sums(*(a + b for a, b in zip(mine, theirs, strict=True)))

    def _numbers(self) -> tuple[int, ...]:
        return (self.quoted, self.actual, self.released, self.open, self.unknown)


def units(micro: int) -> Decimal:
    """Millionths as the amount that they are."""
    return (Decimal(micro) / MICRO).quantize(Decimal("0.000001"))


def micro(name: str = "amount_usd") -> Func:
    """A column of money in whole millionths. Six places are all that it has: rounding only takes back what
    SQLite's binary fraction added."""
    return Cast(Round(F(name) * Value(MICRO)), BigIntegerField())


def attempts() -> QuerySet[LedgerEntry]:
    """Each attempt by its hold, with ``held``, ``charged`` (None: not charged), ``off``, by how much the two
    differ either way, and ``end``: how it was closed, None while it is open. A charge counts before a
    release: a result may be found after all. An attempt that went on at another account counts there alone.
    """
    lines = LedgerEntry.objects.filter(take_id=OuterRef("take_id"), attempt=OuterRef("attempt"))
    paid = lines.filter(kind__in=[Kind.SETTLE, Kind.CORRECT]).values("take_id").annotate(all=Sum(micro()))
    ends = lines.filter(kind__in=[Kind.SETTLE, Kind.RELEASE]).order_by("-kind")
    moved = LedgerEntry.objects.filter(kind=Kind.RELEASE, note=ledger.MOVED)
    gone = moved.filter(take_id=OuterRef("take_id"), attempt=OuterRef("attempt"))
    holds = LedgerEntry.objects.filter(~Exists(gone), kind=Kind.HOLD).alias(
        held=micro(), charged=Subquery(paid.values("all")), end=Subquery(ends.values("kind")[:1])
    )
    return holds.alias(off=Abs(F("charged") - F("held")))


# nobody knew a price when it was held, and nobody has told one since
UNKNOWN = Q(basis="unknown", amount_usd=0) & (Q(end=None) | Q(charged=0))
DIFFERS = Q(off__gt=0)
SUMS: dict[str, Any] = {
    "quoted": Sum("held"),
    "actual": Sum("charged"),
    "released": Sum("held", filter=Q(end=Kind.RELEASE)),
    "open": Sum("held", filter=Q(end=None)),
    "unknown": Count("id", filter=UNKNOWN),
}
