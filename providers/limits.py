"""Making and changing a limit: it counts from its first moment what its period has used already."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from . import ledger, periods, quotas, spending, turns
from .models import LedgerEntry, Quota, QuotaCounter
from .models.money import MICRO

Kind, Measure, Scope = LedgerEntry.Kind, Quota.Measure, Quota.Scope
_COLUMN = {
    Scope.ACCOUNT: "account_id",
    Scope.MODEL: "video_model_id",
    Scope.PROJECT: "project_id",
    Scope.CLIENT: "client_id",
    Scope.PERSON: "person_id",
}
_AT_ONCE = 500
MOST = 100_000_000  # of any unit; what is more is a slip


def make(quota: Quota) -> Quota:
    """Save a new limit and the counters of its present period.

    Money that was held or spent in the period counts, and so do takes and seconds; of places, what is in
    flight now. The holds that are open will give back to it too.

    :raises django.db.IntegrityError: there is such a limit already.
    """
    with transaction.atomic():
        turns.alone()
        quota.save(force_insert=True)
        began = periods.start_of(quota)
        for person_id in _counted_apart(quota, began):
            _begin(quota, began, person_id)
    return quota


def change(quota: Quota, limit: Decimal, soft_limit: Decimal | None) -> None:
    """Another sum. One under what is used is allowed: nothing new goes then. Who was warned of what is not
    reached any more is warned again."""
    with transaction.atomic():
        Quota.objects.filter(pk=quota.pk).update(limit=limit, soft_limit=soft_limit)
        quota.limit, quota.soft_limit = limit, soft_limit
        warned = QuotaCounter.objects.filter(quota=quota).exclude(warned_at=None)
        if soft_limit is not None:
            warned = warned.filter(used_micro__lt=quotas.to_micro(soft_limit))
        warned.update(warned_at=None)


def faults_of(quota: Quota) -> dict[str, str]:
    """What cannot be, by field, in words; empty where nothing is wrong."""
    found = {"limit": _bad_sum(quota, quota.limit)}
    if quota.soft_limit is not None:
        found["soft_limit"] = _bad_sum(quota, quota.soft_limit) or (
            "" if quota.soft_limit < quota.limit else _("People are warned below the limit, not at it.")
        )
    if quota.time_zone not in periods.zones():
        found["time_zone"] = _("There is no such time zone; name one like Europe/Berlin.")
    return {name: words for name, words in found.items() if words}


def _bad_sum(quota: Quota, value: Decimal) -> str:
    if not value.is_finite() or value < 0:
        return _("A limit is zero or more.")
    if value > MOST:
        return _("A limit is at most %(most)s.") % {"most": f"{MOST:,}"}
    if quota.measure in (Measure.COUNT, Measure.IN_FLIGHT) and value != value.to_integral_value():
        return _("Takes are counted in whole numbers.")
    return ""


def _counted_apart(quota: Quota, began: datetime) -> list[UUID | None]:
    """The people who have a counter of their own under it; else one counter, of nobody."""
    if quota.scope != Scope.ROLE:
        return [None]
    held = _in_period(LedgerEntry.objects.filter(kind=Kind.HOLD), quota, began)
    return list(held.order_by().values_list("person_id", flat=True).distinct())


def _begin(quota: Quota, began: datetime, person_id: UUID | None) -> None:
    holds = list(
        _in_period(ledger.open_holds(), quota, began, person_id).only("amount_usd", "seconds", "counters")
    )
    used = sum(_share(quota, hold) for hold in holds)
    counter = QuotaCounter.objects.create(
        quota=quota,
        person_id=person_id,
        begins_at=began,
        used_micro=used + _ended(quota, began, person_id),
    )
    _count_in(counter, holds)


def _in_period(
    holds: QuerySet[LedgerEntry], quota: Quota, began: datetime, person_id: UUID | None = None
) -> QuerySet[LedgerEntry]:
    """Those of the limit's scope and its period; a late settle belongs to its hold."""
    if quota.scope == Scope.ROLE:
        holds = holds.filter(role=quota.role)
    elif quota.scope != Scope.STUDIO:
        holds = holds.filter(**{_COLUMN[Scope(quota.scope)]: quota.scope_id})
    if person_id:
        holds = holds.filter(person_id=person_id)
    return holds if began == periods.ALWAYS else holds.filter(created_at__gte=began)


def _ended(quota: Quota, began: datetime, person_id: UUID | None) -> int:
    """What attempts that are settled have used, in millionths."""
    if quota.measure == Measure.IN_FLIGHT:
        return 0
    paid = LedgerEntry.objects.filter(kind=Kind.HOLD, end__in=LedgerEntry.PAID)
    holds = _in_period(paid, quota, began, person_id)
    if quota.measure == Measure.COUNT:
        return holds.count() * int(MICRO)
    if quota.measure == Measure.SECONDS:
        return int(holds.aggregate(sum=Sum(spending.micro("seconds")))["sum"] or 0)
    return int(holds.aggregate(sum=Sum("charged_micro"))["sum"] or 0)


def _share(quota: Quota, hold: Any) -> int:
    return quotas.to_micro(quotas.Asked(hold.amount_usd, hold.seconds).of(quota.measure) or Decimal(0))


def _count_in(counter: QuotaCounter, holds: list[Any]) -> None:
    """Which counters a hold was counted in stands with it; that list alone of a line is ever added to."""
    for hold in holds:
        hold.counters.append([counter.pk, counter.quota.measure, _share(counter.quota, hold)])
    LedgerEntry.objects.bulk_update(holds, ["counters"], batch_size=_AT_ONCE)
