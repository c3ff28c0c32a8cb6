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

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Abs

from .models import LedgerEntry
from .models.money import MICRO
from .outcomes import micro

__all__ = ["DIFFERS", "SUMS", "UNKNOWN", "Sums", "attempts", "micro", "units"]

Kind, End = LedgerEntry.Kind, LedgerEntry.End


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


def attempts() -> QuerySet[LedgerEntry]:
    """Each attempt by its hold, with ``held``, ``charged`` (None: not charged) and ``off``, by how much the
    two differ either way, all in millionths; ``end`` is how it was closed. An attempt that went on at another
    account counts there alone.
    """
    holds = LedgerEntry.objects.filter(kind=Kind.HOLD).exclude(end=End.MOVED)
    return holds.alias(held=micro(), charged=F("charged_micro")).alias(off=Abs(F("charged") - F("held")))


# nobody knew a price when it was held, and nobody has told one since
UNKNOWN = Q(basis="unknown", amount_usd=0) & (Q(end=End.OPEN) | Q(charged=0))
DIFFERS = Q(off__gt=0)
SUMS: dict[str, Any] = {
    "quoted": Sum("held"),
    "actual": Sum("charged"),
    "released": Sum("held", filter=Q(end=End.BACK)),
    "open": Sum("held", filter=Q(end=End.OPEN)),
    "unknown": Count("id", filter=UNKNOWN),
}
