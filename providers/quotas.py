"""Reserving: one conditional update per limit, in a fixed order, all or none.

Two requests that arrive at once cannot both take the last place, for each update carries its own
condition; the caller's transaction takes everything back when one of them says no.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from .models import ProviderAccount, Quota, QuotaCounter

MICRO = Decimal(1_000_000)
ALWAYS = date(2000, 1, 1)


@dataclass(frozen=True)
class Scopes:
    """Whom a take counts against."""

    account_id: UUID
    project_id: UUID
    person_id: UUID

    def filter(self) -> Q:
        return (
            Q(scope=Quota.Scope.STUDIO)
            | Q(scope=Quota.Scope.ACCOUNT, scope_id=self.account_id)
            | Q(scope=Quota.Scope.PROJECT, scope_id=self.project_id)
            | Q(scope=Quota.Scope.PERSON, scope_id=self.person_id)
        )


class QuotaExceeded(Exception):
    """``quota`` is the limit that tripped; ``left`` what it still has and ``asked`` what was wanted of it, in
    its own unit. ``left`` None: it counts money, and the price is not known."""

    def __init__(self, quota: Quota, left: Decimal | None, asked: Decimal = Decimal(1)) -> None:
        self.quota = quota
        self.left = left
        self.asked = asked
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """Whose limit it is, how much it allows, what is left of it, what was asked for, how much of it is
        used, and when that begins anew."""
        if self.left is None:
            words = _("%(whose)s counts money %(period)s, and the price of this take is not known.")
        elif self.quota.measure == Quota.Measure.MONEY:
            words = _("%(whose)s is %(limit)s %(period)s: %(left)s is left, %(asked)s was asked for.")
        elif self.quota.measure == Quota.Measure.IN_FLIGHT:
            words = _("%(whose)s is %(limit)s in flight: %(left)s free, %(asked)s asked for.")
        else:
            words = _("%(whose)s is %(limit)s %(period)s: %(left)s left, %(asked)s asked for.")
        said = words % {
            "whose": self._whose(),
            "period": self.quota.get_period_display(),
            "limit": self._amount(self.quota.limit, unit=True),
            "left": self._amount(max(self.left or Decimal(0), Decimal(0))),
            "asked": self._amount(self.asked),
        }
        return said if self.left is None else f"{said} {self._used()}"

    def _used(self) -> str:
        used = {"used": self._amount(max(self.quota.limit - (self.left or Decimal(0)), Decimal(0)))}
        if self.quota.measure == Quota.Measure.IN_FLIGHT:
            return _("%(used)s in flight now; each one that ends makes room.") % used
        anew = next_period(self.quota)
        if anew is None:
            return _("%(used)s used; it does not begin anew.") % used
        return _("%(used)s used; it begins anew on %(day)s (UTC).") % {
            **used,
            "day": date_format(anew, "j F"),
        }

    def _whose(self) -> str:
        if self.quota.scope == Quota.Scope.ACCOUNT:
            account = ProviderAccount.objects.filter(pk__in=[self.quota.scope_id]).first()
            return _("The limit of the account %(name)s") % {"name": account or "?"}
        return str(_WHOSE[Quota.Scope(self.quota.scope)])

    def _amount(self, value: Decimal, *, unit: bool = False) -> str:
        if self.quota.measure == Quota.Measure.MONEY:
            cents = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
            return f"${cents if cents == value else value.normalize():,f}"
        number = f"{value.normalize():,f}"
        return ngettext("%(n)s take", "%(n)s takes", int(value)) % {"n": number} if unit else number


# a person's limit is always that of whoever asks
_WHOSE = {
    Quota.Scope.PERSON: lazy("Your limit"),
    Quota.Scope.PROJECT: lazy("The limit of this project"),
    Quota.Scope.STUDIO: lazy("The limit of the whole studio"),
}


def reserve(scopes: Scopes, amount_usd: Decimal | None) -> list[list[Any]]:
    """Take one take's share of every limit that applies. Runs inside the caller's transaction.

    :returns: ``[[counter id, measure, millionths], …]`` for ``adjust``.
    :raises QuotaExceeded: when one has no room; the caller's transaction must roll back.
    """
    taken: list[list[Any]] = []
    for quota in Quota.objects.filter(scopes.filter()).order_by("scope", "id"):
        need = _need(quota, amount_usd)
        counter = _counter(quota)
        ceiling = to_micro(quota.limit) - need
        changed = QuotaCounter.objects.filter(pk=counter.pk, used_micro__lte=ceiling).update(
            used_micro=F("used_micro") + need
        )
        if not changed:
            raise QuotaExceeded(quota, left_of(quota), Decimal(need) / MICRO)
        taken.append([counter.pk, quota.measure, need])
    return taken


def for_all(error: QuotaExceeded, count: int, amount_usd: Decimal | None) -> QuotaExceeded:
    """The refusal of one of ``count`` takes that were asked for together, told of all of them.

    :param amount_usd: the price of all. To be called when what the earlier ones had taken is back in place.
    """
    if error.left is None:
        return error
    counts_money = error.quota.measure == Quota.Measure.MONEY
    asked = amount_usd if counts_money and amount_usd is not None else Decimal(count)
    return QuotaExceeded(error.quota, left_of(error.quota), asked)


def give_back(taken: list[list[Any]], *, actual_usd: Decimal | None, made: bool) -> None:
    """Close a reservation: a place in flight becomes free; money moves from what was held to
    ``actual_usd``; a take that was never made gives its count back too."""
    for pk, measure, held in taken:
        delta = -int(held)
        if measure == Quota.Measure.MONEY and made:
            delta += to_micro(actual_usd or Decimal(0))
        elif measure == Quota.Measure.COUNT and made:
            delta = 0
        if delta:
            QuotaCounter.objects.filter(pk=pk).update(used_micro=F("used_micro") + delta)


def take_after_all(scopes: Scopes, held_on: date, actual_usd: Decimal) -> None:
    """Count a take that had been given back and was made all the same; nobody is asked, it is spent.

    It counts in the period in which it was held, also under limits that were made since.
    """
    _add(scopes, held_on, Quota.Measure.MONEY, to_micro(actual_usd))
    _add(scopes, held_on, Quota.Measure.COUNT, int(MICRO))


def correct(scopes: Scopes, held_on: date, difference_usd: Decimal) -> None:
    """Move the money that a settled take counts for, as ``take_after_all`` does."""
    _add(scopes, held_on, Quota.Measure.MONEY, to_micro(difference_usd))


def _add(scopes: Scopes, held_on: date, measure: str, micro: int) -> None:
    for quota in Quota.objects.filter(scopes.filter(), measure=measure):
        rows = QuotaCounter.objects.filter(quota=quota, period_start=period_start(quota, held_on))
        rows.update(used_micro=F("used_micro") + micro)


Room = Sequence[tuple[Quota, Decimal]]


def room(scopes: Scopes) -> Room:
    """Each limit that applies, with what is left of it."""
    limits = Quota.objects.filter(scopes.filter()).order_by("scope", "id")
    return [(quota, left_of(quota)) for quota in limits]


def money_left(limits: Room) -> Decimal | None:
    """US dollars left under the tightest money limit, or None without one."""
    left = [amount for quota, amount in limits if quota.measure == Quota.Measure.MONEY]
    return min(left) if left else None


def no_room(limits: Room, count: int, total_usd: Decimal | None) -> str:
    """Which limit has no room for so many takes that cost so much in all, as a sentence; empty: all have.

    :param total_usd: None where it is not known.
    """
    for quota, left in limits:
        money = quota.measure == Quota.Measure.MONEY
        if money and total_usd is None:
            return str(QuotaExceeded(quota, None))
        asked = total_usd if money and total_usd is not None else Decimal(count)
        if asked > left:
            return str(QuotaExceeded(quota, left, asked))
    return ""


def to_micro(amount: Decimal) -> int:
    return int((amount * MICRO).to_integral_value(ROUND_CEILING))


def share(measure: str, amount_usd: Decimal) -> int:
    """What one take of this price takes of a limit, in millionths of the limit's unit."""
    return to_micro(amount_usd) if measure == Quota.Measure.MONEY else int(MICRO)


def _need(quota: Quota, amount_usd: Decimal | None) -> int:
    if quota.measure == Quota.Measure.MONEY and amount_usd is None:
        raise QuotaExceeded(quota, None)
    return share(quota.measure, amount_usd or Decimal(0))


def period_start(quota: Quota, day: date | None = None) -> date:
    """First day (UTC) of the period that ``day`` lies in, or now; ALWAYS where there is but one period."""
    today = day or timezone.now().date()
    if quota.measure == Quota.Measure.IN_FLIGHT or quota.period == Quota.Period.LIFETIME:
        return ALWAYS
    return today.replace(day=1) if quota.period == Quota.Period.MONTH else today


def next_period(quota: Quota) -> date | None:
    """First day (UTC) of the period that follows; None where there is but one."""
    start = period_start(quota)
    if start == ALWAYS:
        return None
    if quota.period == Quota.Period.MONTH:
        return (start + timedelta(days=31)).replace(day=1)
    return start + timedelta(days=1)


def _counter(quota: Quota) -> QuotaCounter:
    counter, _made = QuotaCounter.objects.get_or_create(quota=quota, period_start=period_start(quota))
    return counter


def left_of(quota: Quota) -> Decimal:
    """In the period of this moment, as the rows say now."""
    return quota.limit - Decimal(_counter(quota).used_micro) / MICRO
