"""Making a limit: it counts from its first moment what its period has used already."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum

from . import ledger, quotas, turns
from .models import LedgerEntry, Quota, QuotaCounter

Kind, Measure, Scope = LedgerEntry.Kind, Quota.Measure, Quota.Scope
_COLUMN = {Scope.ACCOUNT: "account_id", Scope.PROJECT: "project_id", Scope.PERSON: "person_id"}
_AT_ONCE = 500


def make(quota: Quota) -> Quota:
    """Save a new limit and the counter of its present period.

    Money that was held or spent in the period counts, and so do takes; of places, what is in flight now. The
    holds that are open will give back to this counter too.

    :raises django.db.IntegrityError: there is such a limit already.
    """
    with transaction.atomic():
        turns.alone()
        quota.save(force_insert=True)
        start = quotas.period_start(quota)
        holds = list(_in_period(ledger.open_holds(), quota, start).only("amount_usd", "counters"))
        used = sum(quotas.share(quota.measure, hold.amount_usd) for hold in holds)
        counter = QuotaCounter.objects.create(
            quota=quota, period_start=start, used_micro=used + _ended(quota, start)
        )
        _count_in(counter, holds)
    return quota


def _in_period(lines: QuerySet[LedgerEntry], quota: Quota, start: date) -> QuerySet[LedgerEntry]:
    """Those of the limit's scope whose attempt was held in the period; a late settle belongs to its hold."""
    if quota.scope != Scope.STUDIO:
        lines = lines.filter(**{_COLUMN[Scope(quota.scope)]: quota.scope_id})
    if start == quotas.ALWAYS:
        return lines
    began = LedgerEntry.objects.filter(
        take_id=OuterRef("take_id"),
        attempt=OuterRef("attempt"),
        kind=Kind.HOLD,
        created_at__gte=datetime.combine(start, time.min, UTC),
    )
    return lines.filter(Exists(began))


def _ended(quota: Quota, start: date) -> int:
    """What attempts that are settled have used, in millionths."""
    if quota.measure == Measure.IN_FLIGHT:
        return 0
    lines = _in_period(LedgerEntry.objects.filter(kind__in=[Kind.SETTLE, Kind.CORRECT]), quota, start)
    if quota.measure == Measure.COUNT:
        return lines.filter(kind=Kind.SETTLE).count() * int(quotas.MICRO)
    return quotas.to_micro(lines.aggregate(usd=Sum("amount_usd"))["usd"] or Decimal(0))


def _count_in(counter: QuotaCounter, holds: list[Any]) -> None:
    """Which counters a hold was counted in stands with it; that list alone of a line is ever added to."""
    measure = counter.quota.measure
    for hold in holds:
        hold.counters.append([counter.pk, measure, quotas.share(measure, hold.amount_usd)])
    LedgerEntry.objects.bulk_update(holds, ["counters"], batch_size=_AT_ONCE)
