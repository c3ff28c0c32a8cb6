"""What a take cost, line by line, as the ledger has it. Unknown is said as unknown, never as nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations.models import Generation, Status
from providers import ledger
from providers.models import LedgerEntry

from . import dollars, money

BASES = {
    "quoted": lazy("quoted by the gateway"),
    "estimated": lazy("estimated from the price list"),
    "actual": lazy("told by the gateway"),
    "usage": lazy("estimated from the tokens that the gateway counted"),
    "sandbox": lazy("sandbox"),
    "unknown": lazy("not known"),
}
_HELD, _SETTLED, _RELEASED = LedgerEntry.Kind.HOLD, LedgerEntry.Kind.SETTLE, LedgerEntry.Kind.RELEASE
_CORRECTED = LedgerEntry.Kind.CORRECT
_WORDS = {
    _HELD: lazy("Held"),
    _SETTLED: lazy("Settled"),
    _RELEASED: lazy("Released"),
    _CORRECTED: lazy("Corrected"),
    LedgerEntry.Kind.WAIVE: lazy("Given back"),
    LedgerEntry.Kind.RECHARGE: lazy("Charged after all"),
}


@dataclass(frozen=True)
class Line:
    label: str
    sum: str
    at: datetime
    note: str = ""
    attempt: int = 1


@dataclass(frozen=True)
class Receipt:
    """``total`` is what it comes to now, in words where there is no number; ``state`` a key of the badge;
    ``charged_basis`` says where the sum charged comes from, where that is another source than the price's."""

    lines: list[Line]
    total_label: str
    total: str
    state: str
    basis: str
    charged_basis: str = ""
    detail: list[str] = field(default_factory=list)
    sandbox: bool = False


def of(take: Generation) -> Receipt:
    entries = list(ledger.lines_of(take.pk))
    open_now = _is_open(take, entries)
    label, total = _total(take, entries, open_now)
    state = "held" if open_now else "settled" if take.actual_usd is not None else ""
    return Receipt(
        lines=[_line(entry, take.account.sandbox) for entry in entries],
        total_label=label,
        total=total,
        state="sandbox" if take.account.sandbox else state,
        basis=str(BASES.get(take.price_basis, take.price_basis)),
        charged_basis=_charged_basis(take),
        detail=[] if _made_nothing(take) else [str(line) for line in take.price_detail],
        sandbox=take.account.sandbox,
    )


def _made_nothing(take: Generation) -> bool:
    """What it would have cost says nothing of a take that the gateway refused for nothing."""
    return take.status == Status.FAILED and take.failure_billed is False


def _charged_basis(take: Generation) -> str:
    same = take.actual_basis == take.price_basis
    return "" if same or take.actual_basis not in ("actual", "usage") else str(BASES[take.actual_basis])


def _is_open(take: Generation, entries: list[LedgerEntry]) -> bool:
    kinds = {entry.kind for entry in entries if entry.attempt == take.attempt}
    return kinds == {_HELD}


def _line(entry: LedgerEntry, sandbox: bool) -> Line:
    label = str(_WORDS.get(LedgerEntry.Kind(entry.kind), entry.kind))
    if entry.kind == _CORRECTED and not entry.amount_usd:
        label = _("Confirmed")
    note = money.note(entry.note, sandbox=sandbox)
    return Line(label, _sum(entry.amount_usd, entry.basis), entry.created_at, note, entry.attempt)


def _sum(amount: Decimal | None, basis: str) -> str:
    if amount is None or (basis == "unknown" and not amount):
        return _("unknown")
    return dollars(amount)


def _total(take: Generation, entries: list[LedgerEntry], open_now: bool) -> tuple[str, str]:
    if take.account.sandbox:
        return _("Charged"), dollars(0)
    if open_now:
        return _("Held until it ends"), _sum(take.held_usd, take.price_basis)
    charged = [entry for entry in entries if entry.kind in LedgerEntry.CHARGES]
    last_word = {entry.attempt: entry for entry in charged if entry.kind != LedgerEntry.Kind.WAIVE}
    if any(entry.basis == "unknown" and not entry.amount_usd for entry in last_word.values()):
        return _("Charged"), _("unknown")
    return _("Charged"), dollars(sum((entry.amount_usd for entry in charged), Decimal(0)))
