"""Run a take at another account, by a person's click at the price that was shown.

A refused take is made anew, as a retry is. One in line goes on as the same take, with its turn: its hold at
the one account is released and one at the other made in the same transaction, as another attempt, so that
limits and ledger know either the one or the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from generations.models import Generation, Project, Status, Verb
from providers import ledger, quotas
from providers.gateways.problem import Problem
from providers.models import ProviderAccount, audit
from providers.quotes import Quote, patience, quote_lately

from . import attempts, create, decide, elsewhere, seconds, transitions
from .compose import Refused
from .elsewhere import Shelf, Way
from .refusals import WrongState

MOST_AT_ONCE = create.MOST_IN_A_BATCH
NOTE = "moved to another account before it was sent"


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


def offered(user: Any, take: Generation) -> list[Offered]:
    """Where this take could be run now, with prices; gateways may be asked. None where it may not go.

    :raises NotAllowed:
    """
    decide.require_new_work(user, take)
    ways = elsewhere.ways_of(user, take) if elsewhere.may_go(take) else []
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
    if earlier := create.find_earlier(user, once):
        return earlier[0]
    if _has_moved(take, account_id):
        return take
    if not elsewhere.may_go(take):
        raise WrongState(_("It has not been refused and does not wait in vain: it stays where it is."))
    way = _chosen(elsewhere.ways_of(user, take), account_id)
    if take.status == Status.QUEUED:
        _move_all(user, [(take, way)], shown_usd, some_unknown)
        return take
    made = create.create_generations(
        user, [way.composition], once=once, shown_usd=shown_usd, some_unknown=some_unknown
    )
    _trace_new(user, take, made[0])
    return made[0]


def _has_moved(take: Generation, account_id: UUID | None) -> bool:
    """By an earlier click, whose answer may have been lost."""
    there = take.account_id == account_id and take.status not in (Status.FAILED, Status.CANCELLED)
    return there and take.events.filter(kind="moved to another account").exists()


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


def in_vain(user: Any, account: ProviderAccount) -> list[Generation]:
    """This person's takes in line there that could go elsewhere, the oldest first."""
    spends = Project.objects.where(user, Verb.SPEND).active()
    rows = Generation.objects.filter(
        author=user, account=account, status=Status.QUEUED, project__in=spends
    ).select_related("project", "author", "account", "model")
    return [take for take in rows.order_by("id")[:MOST_AT_ONCE] if elsewhere.waits_in_vain(take)]


def offered_together(user: Any, account: ProviderAccount) -> list[Together]:
    """Where they could be run, the account that takes most of them first."""
    takes = in_vain(user, account)
    shelves = _shelves(user, takes)
    pairs = [(t, way) for t in takes for way in elsewhere.ways_of(user, t, shelves[t.project_id])]
    found: dict[UUID, list[Offered]] = {}
    for item in _priced(pairs):
        found.setdefault(item.way.account.pk, []).append(item)
    groups = [Together(items[0].way.account, items) for items in found.values()]
    return sorted(groups, key=lambda group: -len(group.items))


def _shelves(user: Any, takes: Sequence[Generation]) -> dict[UUID, Shelf]:
    """By project, each read once."""
    return {pk: Shelf.of(user, place) for pk, place in {t.project_id: t.project for t in takes}.items()}


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
    there = {take.pk: take for take in in_vain(user, account)}
    wanted = list(dict.fromkeys(takes))
    if not wanted or any(pk not in there for pk in wanted):
        raise WrongState(_("The line has changed meanwhile; look at it again. Nothing was moved."))
    meant = [there[pk] for pk in wanted]
    shelves = _shelves(user, meant)
    pairs = [(t, _chosen(elsewhere.ways_of(user, t, shelves[t.project_id]), to)) for t in meant]
    _move_all(user, pairs, shown_usd, some_unknown)
    return len(pairs)


def _move_all(
    user: Any, pairs: Sequence[tuple[Generation, Way]], shown_usd: Decimal | None, some_unknown: bool
) -> None:
    """:raises WrongState, PriceMoved, Refused, quotas.QuotaExceeded: nothing has changed."""
    pairs = sorted(pairs, key=lambda pair: pair[0].pk)
    compositions = [way.composition for _take, way in pairs]
    quotes = create.price_all(compositions)
    create.require_at_most(shown_usd, quotes, some_unknown=some_unknown)
    try:
        with transaction.atomic():
            now = transitions.hold(take.pk for take, _way in pairs)
            decide.or_wrong_state(all(_is_as_seen(now.get(take.pk), take) for take, _way in pairs))
            ledger.line_up(
                (create.scopes_of(user, take.project, way.offer.model) for take, way in pairs),
                [(take.pk, take.attempt) for take, _way in pairs],
            )
            for (take, way), price in zip(pairs, quotes, strict=True):
                _move(user, copy(take), way, price)
    except quotas.QuotaExceeded as error:
        length = seconds.total([seconds.asked_by(item.model, item.request) for item in compositions])
        raise quotas.for_all(error, len(pairs), quotas.Asked(create.total_of(quotes), length)) from error


def _is_as_seen(now: Generation | None, take: Generation) -> bool:
    """Still in line there, in the same attempt, with nothing of it sent."""
    if now is None or now.status != Status.QUEUED or now.job_id or now.submitted_at or now.awaits_inputs:
        return False
    return (now.account_id, now.attempt) == (take.account_id, take.attempt)


def _move(user: Any, take: Generation, way: Way, price: Quote) -> None:
    """One take from line to line, inside the transaction of all.

    :raises WrongState: it was sent, ended or changed meanwhile.
    """
    made, was = way.composition, take.account
    unsent = Q(account=was, job_id="", submitted_at=None, awaits_inputs=False)
    ledger.release(take.pk, take.attempt, NOTE)
    done = attempts.again(
        take,
        frm=Status.QUEUED,
        kind="moved to another account",
        actor=user,
        price=price,
        guard=unsent,
        detail={"from": was.name, "to": way.account.name, "held_usd": _plain(price), "basis": price.basis},
        account=way.account,
        model=made.model,
        request=made.plain(),
        request_sha256=made.fingerprint(),
        consent={},  # what was attested was the other gateway's text
        recipe={},
    )
    decide.or_wrong_state(done)
    told = {"account": way.account.name, "held_usd": _plain(price)}
    audit(user, "ran elsewhere", "take", take.pk, before={"account": was.name}, after=told)


def _plain(price: Quote) -> str | None:
    return None if price.amount_usd is None else str(price.amount_usd)
