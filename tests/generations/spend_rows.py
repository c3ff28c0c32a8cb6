"""Takes with money, at a time and in a purse, as services would leave them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from generations.models import Generation
from generations.services.span import Span
from generations.services.spend_scope import Wanted
from providers import ledger
from providers.models import LedgerEntry
from tests import factories

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def november(**values: Any) -> Wanted:
    return Wanted(Span(date(2026, 11, 1), date(2026, 11, 30), ZoneInfo("UTC")), **values)


def spent(
    project: Any,
    quoted: str | None = "0.75",
    actual: str | None = "same",
    *,
    at: datetime = NOON,
    told: str | None = None,
    release: str = "",
    **fields: Any,
) -> Generation:
    """A take whose money was held at ``at``, charged (None: it is still held) and perhaps corrected."""
    held = None if quoted is None else Decimal(quoted)
    basis = "unknown" if quoted is None else "estimated"
    fields = {"status": "running" if actual is None else "completed", "price_basis": basis, **fields}
    take = factories.make_take_row(project=project, held_usd=held, **fields)
    if release:
        ledger.release(take.pk, take.attempt, release)
    elif actual is not None:
        paid = (held or Decimal(0)) if actual == "same" else Decimal(actual)
        ledger.settle(take.pk, take.attempt, paid, basis)
        take.actual_usd = paid
    if told is not None:
        ledger.correct(take.pk, take.attempt, Decimal(told), "told by the gateway")
        take.actual_usd = Decimal(told)
    if release:
        take.actual_usd = Decimal(0)
    take.actual_basis = basis if actual is not None else ""
    take.save()
    lines = LedgerEntry.objects.filter(take_id=take.pk)
    lines.update(created_at=at)
    return take
