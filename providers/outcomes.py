"""What became of each hold, kept on the hold itself: how it ended, and what was charged for it.

The ledger's lines alone are the truth. ``keep`` adds up an attempt's lines in the transaction that wrote the
last of them, so that the sums of a hundred thousand holds are one reading of the holds. ``wrong`` compares
all of them with their lines; drift checks ask it, and ``rebuild`` mends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    Func,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Round

from . import turns
from .models import LedgerEntry
from .models.money import MICRO

Kind, End = LedgerEntry.Kind, LedgerEntry.End
# the note of a release: of an attempt that went on elsewhere, with another hold
MOVED = "moved to another account before it was sent"
_NONE = -(2**62)  # stands for *not charged* where two sums are compared


def micro(name: str = "amount_usd") -> Func:
    """A column of money in whole millionths. Six places are all that it has: rounding only takes back what
    SQLite's binary fraction added."""
    return Cast(Round(F(name) * Value(MICRO)), BigIntegerField())


def hold_of(take_id: UUID, attempt: int) -> LedgerEntry | None:
    """The hold, kept from others who write lines of this attempt until the transaction ends: what it comes
    to is reckoned from all of them."""
    holds = LedgerEntry.objects.filter(take_id=take_id, attempt=attempt, kind=Kind.HOLD)
    return holds.select_for_update(no_key=True).first()


def keep(held: LedgerEntry) -> None:
    """Bring the hold to what its attempt's lines come to; after a line of it was written."""
    told = _reckoned(LedgerEntry.objects.filter(take_id=held.take_id, attempt=held.attempt)).get()
    held.end, held.charged_micro = told["now"], told["charge"]
    LedgerEntry.objects.filter(pk=held.pk).update(end=held.end, charged_micro=held.charged_micro)


def wrong() -> Iterator[tuple[UUID, int]]:
    """Attempts whose hold says something else than their lines: normally none."""
    both = _reckoned(LedgerEntry.objects.all()).filter(kept__isnull=False)
    other = ~Q(kept=F("now")) | ~Q(kept_charge=Coalesce(F("charge"), Value(_NONE)))
    yield from both.filter(other).values_list("take_id", "attempt")


def rebuild() -> int:
    """Bring all holds to what their lines say. Returns how many said something else."""
    found = list(wrong())
    for take_id, attempt in found:
        with transaction.atomic():
            turns.along()
            if held := hold_of(take_id, attempt):
                keep(held)
    return len(found)


def _reckoned(lines: QuerySet[LedgerEntry]) -> QuerySet[Any]:
    """Each attempt with ``now`` and ``charge`` as its lines have them, and what its hold says, in one
    reading. What was waived or released and charged after all is late."""
    of_kind = {kind: Count("pk", filter=Q(kind=kind)) for kind in Kind}
    moved = Count("pk", filter=Q(kind=Kind.RELEASE, note=MOVED))
    sums = lines.order_by().values("take_id", "attempt")
    sums = sums.alias(moved=moved, **{f"n_{kind.value}": count for kind, count in of_kind.items()})
    paid = Q(n_settle__gt=0) & (Q(n_waive=0) | Q(n_recharge__gt=0) | Q(n_correct__gt=0))
    back = Q(n_release__gt=0) | Q(n_waive__gt=0)
    now = Case(
        When(paid & back, then=Value(End.LATE)),
        When(paid, then=Value(End.CHARGED)),
        When(moved__gt=0, then=Value(End.MOVED)),
        When(back, then=Value(End.BACK)),
        default=Value(End.OPEN),
        output_field=CharField(),
    )
    whole = Sum(micro(), filter=Q(kind__in=LedgerEntry.CHARGES))
    return sums.annotate(
        now=now,
        charge=Case(When(paid, then=whole), default=None, output_field=BigIntegerField()),
        kept=Max("end", filter=Q(kind=Kind.HOLD)),
        kept_charge=Max(Coalesce(F("charged_micro"), Value(_NONE)), filter=Q(kind=Kind.HOLD)),
    )
