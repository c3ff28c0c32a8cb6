"""Run a take at another account, by a person's click at the price that was shown.

A refused take is made anew, as a retry is. One in line goes on as the same take, with its turn: its hold at
the one account is released and one at the other made in the same transaction, as another attempt, so that
limits and ledger know either the one or the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from generations.models import Generation, Project, Status, Verb
from providers.gateways.problem import Problem
from providers.models import ProviderAccount, audit
from providers.quotes import Quote, patience, quote_lately

from . import create, decide, elsewhere, moving, transitions
from .compose import Refused
from .elsewhere import Shelves, Way
from .refusals import WrongState

MOST_AT_ONCE = create.MOST_IN_A_BATCH
MOST_LOOKED_AT = 5 * MOST_AT_ONCE  # for those whose files are taken nowhere else


@dataclass(frozen=True)
class Offered:
    """One account for a take, with the price there."""

    take: Generation
    way: Way
    quote: Quote


@dataclass(frozen=True)
class Together:
    """One account for several takes in line."""

    account: ProviderAccount
    items: Sequence[Offered]

    @cached_property
    def total(self) -> Decimal | None:
        """None where one price is not known."""
        return create.total_of([item.quote for item in self.items])

    @cached_property
    def known(self) -> Decimal:
        return create.known_of([item.quote for item in self.items])

    @property
    def basis(self) -> str:
        """That of all prices that are known; ``mixed`` where they differ."""
        known = {item.quote.basis for item in self.items} - {"unknown"}
        return "mixed" if len(known) > 1 else next(iter(known), "unknown")


def offered(user: Any, take: Generation) -> list[Offered]:
    """Where this take could be run now, with prices; gateways may be asked. None where it may not go.

    :raises NotAllowed:
    """
    decide.require_new_work(user, take)
    ways = elsewhere.ways_of(Shelves(user), take) if elsewhere.may_go(take) else []
    return _priced([(take, way) for way in ways])


def _priced(pairs: Sequence[tuple[Generation, Way]]) -> list[Offered]:
    until = patience()
    compositions = [way.composition for _take, way in pairs]
    quotes = create.price_all(compositions, partial(quote_lately, until=until))
    return [Offered(take, way, found) for (take, way), found in zip(pairs, quotes, strict=True)]


def run(
    user: Any,
    take: Generation,
    account_id: UUID | None,
    *,
    key: str,
    shown_usd: Decimal | None,
    some_unknown: bool = False,
) -> Generation:
    """The take itself, at the other account, where it waited in line: once, however often that is asked for.
    A new one where it was refused: the same one for the same key.

    :raises NotAllowed, WrongState, Refused, PriceMoved, KeyReused, quotas.QuotaExceeded:
    """
    decide.require_new_work(user, take)
    if not key:
        raise WrongState(_("This form is out of date; open the take again."))
    once = create.Once(key, hashlib.sha256(f"elsewhere {take.pk} {account_id}".encode()).hexdigest())
    if earlier := _earlier(user, once, take):
        return earlier
    if _has_moved(take, account_id):
        return _kept(user, once, take)
    if not elsewhere.may_go(take):
        raise WrongState(_("It has not been refused and does not wait in vain: it stays where it is."))
    way = _chosen(elsewhere.ways_of(Shelves(user), take), account_id)
    if take.status == Status.QUEUED:
        return _move_one(user, take, way, once, shown_usd, some_unknown)
    made = create.create_generations(
        user, [way.composition], once=once, shown_usd=shown_usd, some_unknown=some_unknown
    )
    _trace_new(user, take, made[0])
    return made[0]


def _earlier(user: Any, once: create.Once, take: Generation) -> Generation | None:
    """What this key has done before: it moved the take itself, or made another one.

    :raises KeyReused:
    """
    found = create.find_earlier(user, once)
    if found is None:
        return None
    return next((one for one in found if one.pk == take.pk), found[0])


def _kept(user: Any, once: create.Once, take: Generation) -> Generation:
    """The take, for which the key stands from now on: with another account it is refused.

    :raises KeyReused:
    """
    try:
        with transaction.atomic():
            create.keep_key(user, once, take.batch_id)
    except IntegrityError:  # by the same click, sent twice; or it stands for something else
        _earlier(user, once, take)
    return take


def _move_one(
    user: Any,
    take: Generation,
    way: Way,
    once: create.Once,
    shown_usd: Decimal | None,
    some_unknown: bool,
) -> Generation:
    """:raises WrongState, PriceMoved, Refused, KeyReused, quotas.QuotaExceeded: nothing has changed."""
    try:
        return moving.move_all(user, [(take, way)], shown_usd, some_unknown, once)[0]
    except IntegrityError:
        # the same key, saved by a request that ran beside this one
        if earlier := _earlier(user, once, take):
            return earlier
        raise


def _has_moved(take: Generation, account_id: UUID | None) -> bool:
    """By an earlier click, whose answer may have been lost."""
    there = take.account_id == account_id and take.status not in (Status.FAILED, Status.CANCELLED)
    return there and take.events.filter(kind=moving.MOVED).exists()


def _chosen(ways: Sequence[Way], account_id: UUID | None) -> Way:
    """:raises Refused: naming the accounts that would do."""
    way = next((way for way in ways if way.account.pk == account_id), None)
    if way is None:
        names = tuple(one.account.name for one in ways)
        raise Refused([Problem("account", _("This take cannot be run at that account now."), names)])
    return way


def _trace_new(user: Any, take: Generation, made: Generation) -> None:
    told = {"account": made.account.name, "take": str(made.pk)}
    with transaction.atomic():
        transitions.record(take.pk, take.project_id, "run elsewhere", actor=user, detail=told)
        audit(user, "ran elsewhere", "take", take.pk, before={"account": take.account.name}, after=told)


# --- in line -------------------------------------------------------------------------------------


def in_vain(user: Any, account: ProviderAccount) -> QuerySet[Generation]:
    """This person's takes in line there that wait in vain, the oldest first; none that is held back."""
    spends = Project.objects.where(user, Verb.SPEND).active()
    rows = elsewhere.line_in_vain(account).filter(author=user, project__in=spends)
    return rows.select_related("project", "author", "account", "model").order_by("id")


def could_go(shelves: Shelves, account: ProviderAccount) -> QuerySet[Generation]:
    """Those of them whose model can be used at another account now."""
    rows = in_vain(shelves.user, account)
    return rows.filter(elsewhere.with_a_way(shelves, account, rows))


def offered_together(user: Any, account: ProviderAccount) -> list[Together]:
    """Where they could be run, the account that takes most of them first; of a longer line the oldest
    ``MOST_AT_ONCE`` that can go anywhere."""
    shelves = Shelves(user)
    return together(shelves, could_go(shelves, account))


def together(shelves: Shelves, going: QuerySet[Generation]) -> list[Together]:
    """:param going: of one line, those that ``could_go``."""
    takes = going[:MOST_LOOKED_AT]
    ways = ((t, elsewhere.ways_of(shelves, t)) for t in takes)
    first = islice((pair for pair in ways if pair[1]), MOST_AT_ONCE)
    found: dict[UUID, list[Offered]] = {}
    for item in _priced([(t, way) for t, its_ways in first for way in its_ways]):
        found.setdefault(item.way.account.pk, []).append(item)
    groups = [Together(items[0].way.account, items) for items in found.values()]
    return sorted(groups, key=lambda group: -len(group.items))


def run_all(
    user: Any,
    account: ProviderAccount,
    to: UUID | None,
    takes: Sequence[UUID],
    *,
    shown_usd: Decimal | None,
    some_unknown: bool = False,
) -> int:
    """These takes of mine, all of them or none.

    :raises WrongState: one of them has moved on.
    :raises NotAllowed, Refused, PriceMoved, quotas.QuotaExceeded: the last one told of all.
    """
    wanted = list(dict.fromkeys(takes))[: MOST_AT_ONCE + 1]
    there = {take.pk: take for take in in_vain(user, account).filter(pk__in=wanted)[:MOST_AT_ONCE]}
    if not wanted or any(pk not in there for pk in wanted):
        raise WrongState(_("The line has changed meanwhile; look at it again. Nothing was moved."))
    shelves = Shelves(user)
    pairs = [(there[pk], _chosen(elsewhere.ways_of(shelves, there[pk]), to)) for pk in wanted]
    moving.move_all(user, pairs, shown_usd, some_unknown)
    return len(pairs)
