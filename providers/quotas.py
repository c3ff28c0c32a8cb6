"""Reserving: one conditional update per limit, in a fixed order, all or none.

Two requests that arrive at once cannot both take the last place, for each update carries its own
condition; the caller's transaction takes everything back when one of them says no. Counters are changed in
the order of their ids, by everybody, so that nobody waits for one who waits for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from . import periods
from .models import Quota, QuotaCounter
from .models.money import MICRO
from .quota_words import QuotaExceeded

__all__ = ["QuotaExceeded", "Scopes", "reserve", "room"]

Measure, Scope = Quota.Measure, Quota.Scope


@dataclass(frozen=True)
class Scopes:
    """Whom a take counts against; what is None or empty has no limit that could count it."""

    account_id: UUID
    project_id: UUID
    person_id: UUID
    model_id: UUID | None = None
    client_id: UUID | None = None
    role: str = ""

    def filter(self) -> Q:
        mine = (
            Q(scope=Scope.STUDIO)
            | Q(scope=Scope.ACCOUNT, scope_id=self.account_id)
            | Q(scope=Scope.PROJECT, scope_id=self.project_id)
            | Q(scope=Scope.PERSON, scope_id=self.person_id)
        )
        if self.model_id:
            mine |= Q(scope=Scope.MODEL, scope_id=self.model_id)
        if self.client_id:
            mine |= Q(scope=Scope.CLIENT, scope_id=self.client_id)
        return mine | Q(scope=Scope.ROLE, role=self.role) if self.role else mine


@dataclass(frozen=True)
class Asked:
    """What one take asks of the limits; None: not known."""

    amount_usd: Decimal | None
    seconds: Decimal | None = None

    def of(self, measure: str) -> Decimal | None:
        known: dict[str, Decimal | None] = {Measure.MONEY: self.amount_usd, Measure.SECONDS: self.seconds}
        return known.get(measure, Decimal(1))


@dataclass(frozen=True)
class Rule:
    """One limit that counts a take. ``asks`` False: it only counts, for the person has a limit of their own
    in its place; should that one go, this one knows what was used."""

    quota: Quota
    person_id: UUID | None  # of a limit for a role
    asks: bool

    def counter(self) -> QuotaCounter:
        """Of the present period."""
        found, _made = QuotaCounter.objects.get_or_create(
            quota=self.quota, person_id=self.person_id, begins_at=periods.start_of(self.quota)
        )
        return found


def rules_of(scopes: Scopes) -> list[Rule]:
    quotas = list(Quota.objects.filter(scopes.filter()).order_by("scope", "id"))
    own = {(quota.measure, quota.period) for quota in quotas if quota.scope == Scope.PERSON}
    return [
        Rule(
            quota,
            scopes.person_id if quota.scope == Scope.ROLE else None,
            quota.scope != Scope.ROLE or (quota.measure, quota.period) not in own,
        )
        for quota in quotas
    ]


@dataclass(frozen=True)
class Taken:
    """``counters``: ``[[counter id, measure, millionths], …]`` for ``give_back``. ``reached``: the ids of
    those whose soft limit this take has reached, which happens once a period."""

    counters: list[list[Any]]
    reached: list[int]


def reserve(scopes: Scopes, asked: Asked) -> Taken:
    """Take one take's share of every limit that applies. Runs inside the caller's transaction.

    :raises QuotaExceeded: when one has no room; the caller's transaction must roll back.
    """
    needs = [(rule, _need(rule, asked)) for rule in rules_of(scopes)]
    lines = sorted(((rule.counter(), rule, need) for rule, need in needs), key=lambda line: line[0].pk)
    for counter, rule, need in lines:
        _take(counter, rule, need)
    reached = [counter.pk for counter, rule, _need in lines if rule.asks and _reaches(counter, rule.quota)]
    return Taken([[counter.pk, rule.quota.measure, need] for counter, rule, need in lines], reached)


def _need(rule: Rule, asked: Asked) -> int:
    found = asked.of(rule.quota.measure)
    if found is None and rule.asks:
        raise QuotaExceeded(rule.quota, None, person_id=rule.person_id)
    return to_micro(found or Decimal(0))


def _take(counter: QuotaCounter, rule: Rule, need: int) -> None:
    rows = QuotaCounter.objects.filter(pk=counter.pk)
    if rule.asks:
        rows = rows.filter(used_micro__lte=to_micro(rule.quota.limit) - need)
    if not rows.update(used_micro=F("used_micro") + need):
        left = left_of(rule.quota, rule.person_id)
        raise QuotaExceeded(rule.quota, left, Decimal(need) / MICRO, rule.person_id)


def _reaches(counter: QuotaCounter, quota: Quota) -> bool:
    """Whether the soft limit is reached now, and was not in this period before."""
    if quota.soft_limit is None:
        return False
    rows = QuotaCounter.objects.filter(
        pk=counter.pk, warned_at=None, used_micro__gte=to_micro(quota.soft_limit)
    )
    return bool(rows.update(warned_at=timezone.now()))


def line_up(wanted: Iterable[Scopes], giving_back: Iterable[int] = ()) -> None:
    """Before several reserve one after the other in one transaction: hold the counters of all of them, so
    that two who want the same ones in another order do not stop each other.

    :param giving_back: ids of counters that are given back to in between.
    """
    different, also = list(dict.fromkeys(wanted)), set(giving_back)
    if len(different) > 1 or also:
        rules = {(rule.quota.pk, rule.person_id): rule for scopes in different for rule in rules_of(scopes)}
        counters = {*also, *(rule.counter().pk for rule in rules.values())}
        list(QuotaCounter.objects.filter(pk__in=sorted(counters)).order_by("pk").select_for_update())


def for_all(error: QuotaExceeded, count: int, asked: Asked) -> QuotaExceeded:
    """The refusal of one of ``count`` takes that were asked for together, told of all of them.

    :param asked: by all. To be called when what the earlier ones had taken is back in place.
    """
    if error.left is None:
        return error
    found = asked.of(error.quota.measure) if error.quota.measure in _SUMMED else None
    left = left_of(error.quota, error.person_id)
    return QuotaExceeded(error.quota, left, Decimal(count) if found is None else found, error.person_id)


_SUMMED = (Measure.MONEY, Measure.SECONDS)


def give_back(taken: list[list[Any]], *, actual_usd: Decimal | None, made: bool) -> None:
    """Close a reservation: a place in flight becomes free; money moves from what was held to
    ``actual_usd``; a take that was never made gives its count and its seconds back too."""
    for pk, measure, held in sorted(taken):
        delta = -int(held)
        if measure == Measure.MONEY and made:
            delta += to_micro(actual_usd or Decimal(0))
        elif measure in (Measure.COUNT, Measure.SECONDS) and made:
            delta = 0
        if delta:
            QuotaCounter.objects.filter(pk=pk).update(used_micro=F("used_micro") + delta)


def take_after_all(scopes: Scopes, held_at: datetime, asked: Asked) -> None:
    """Count a take that had been given back and was made all the same; nobody is asked, it is spent.

    It counts in the period in which it was held, also under limits that were made since.
    """
    _add(scopes, held_at, asked, (Measure.MONEY, Measure.COUNT, Measure.SECONDS))


def never_made(scopes: Scopes, held_at: datetime, asked: Asked) -> None:
    """Take back what ``take_after_all`` counts: a take that was settled turned out not to be billed."""
    _add(scopes, held_at, asked, (Measure.MONEY, Measure.COUNT, Measure.SECONDS), sign=-1)


def correct(scopes: Scopes, held_at: datetime, difference_usd: Decimal) -> None:
    """Move the money that a settled take counts for, as ``take_after_all`` does."""
    _add(scopes, held_at, Asked(difference_usd), (Measure.MONEY,))


def _add(scopes: Scopes, held_at: datetime, asked: Asked, measures: Sequence[str], *, sign: int = 1) -> None:
    found = []
    for rule in rules_of(scopes):
        if rule.quota.measure in measures:
            rows = QuotaCounter.objects.filter(
                quota=rule.quota,
                person_id=rule.person_id,
                begins_at=periods.start_of(rule.quota, held_at),
            )
            found += [(pk, rule.quota.measure) for pk in rows.values_list("pk", flat=True)]
    for pk, measure in sorted(found):
        micro = sign * to_micro(asked.of(measure) or Decimal(0))
        QuotaCounter.objects.filter(pk=pk).update(used_micro=F("used_micro") + micro)


@dataclass(frozen=True)
class Standing:
    """A limit that would be asked, and what its present period has used."""

    quota: Quota
    used: Decimal
    person_id: UUID | None = None

    @property
    def left(self) -> Decimal:
        return self.quota.limit - self.used


Room = Sequence[Standing]


def room(scopes: Scopes) -> Room:
    """How each limit stands that a take would have to ask. Two queries, nothing is written."""
    return standings([rule for rule in rules_of(scopes) if rule.asks])


def standings(rules: Iterable[Rule]) -> list[Standing]:
    wanted = {(rule.quota.pk, rule.person_id, periods.start_of(rule.quota)): rule for rule in rules}
    if not wanted:
        return []
    rows = QuotaCounter.objects.filter(
        quota__in={key[0] for key in wanted}, begins_at__in={key[2] for key in wanted}
    )
    used = {(row.quota_id, row.person_id, row.begins_at): row.used_micro for row in rows}
    return [
        Standing(rule.quota, Decimal(used.get(key, 0)) / MICRO, rule.person_id)
        for key, rule in wanted.items()
    ]


def money_left(limits: Room) -> Decimal | None:
    """US dollars left under the tightest money limit, or None without one."""
    return min((item.left for item in limits if item.quota.measure == Measure.MONEY), default=None)


def no_room(limits: Room, count: int, total: Asked) -> QuotaExceeded | None:
    """The first limit that has no room for so many takes; None: all have.

    :param total: what all of them ask for.
    """
    for item in limits:
        asked = total.of(item.quota.measure) if item.quota.measure in _SUMMED else Decimal(count)
        if asked is None:
            return QuotaExceeded(item.quota, None, person_id=item.person_id)
        if asked > item.left:
            return QuotaExceeded(item.quota, item.left, asked, item.person_id)
    return None


def near(limits: Room) -> Standing | None:
    """Of those whose soft limit is reached, the one with the least of its limit left."""
    warned = [item for item in limits if item.quota.soft_limit is not None]
    reached = [item for item in warned if item.used >= (item.quota.soft_limit or Decimal(0))]
    return min(reached, key=lambda item: item.left / (item.quota.limit or 1), default=None)


def to_micro(amount: Decimal) -> int:
    return int((amount * MICRO).to_integral_value(ROUND_CEILING))


def left_of(quota: Quota, person_id: UUID | None = None) -> Decimal:
    """In the period of this moment, as the rows say now.

    :param person_id: of a limit for a role: whose counter.
    """
    return standings([Rule(quota, person_id, True)])[0].left
