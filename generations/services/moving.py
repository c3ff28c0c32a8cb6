"""Takes go on in the line of another account: rows and holds in one transaction, so that limits and ledger
know either the one or the other."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from decimal import Decimal
from typing import Any

from django.db import transaction

from generations.models import Generation, Status
from providers import ledger, quotas
from providers.models import audit
from providers.quotes import Quote

from . import attempts, create, decide, seconds, transitions
from .elsewhere import Way

MOVED = "moved to another account"  # of the event


def move_all(
    user: Any,
    pairs: Sequence[tuple[Generation, Way]],
    shown_usd: Decimal | None,
    some_unknown: bool,
    once: create.Once | None = None,
) -> list[Generation]:
    """All of them or none, at no more than what was shown.

    :param once: of a single take, kept with its move.
    :raises WrongState, PriceMoved, Refused, quotas.QuotaExceeded: nothing has changed.
    :raises IntegrityError: the key was used meanwhile; nothing has changed.
    """
    pairs = sorted(pairs, key=lambda pair: pair[0].pk)
    compositions = [way.composition for _take, way in pairs]
    quotes = create.price_all(compositions)
    create.require_at_most(shown_usd, quotes, some_unknown=some_unknown)
    try:
        with transaction.atomic():
            if once:
                create.keep_key(user, once, pairs[0][0].batch_id)
            now = transitions.hold(take.pk for take, _way in pairs)
            decide.or_wrong_state(all(_is_as_seen(now.get(take.pk), take) for take, _way in pairs))
            ledger.line_up(
                (create.scopes_of(user, take.project, way.offer.model) for take, way in pairs),
                [(take.pk, take.attempt) for take, _way in pairs],
            )
            return [
                _move(user, copy(take), way, price) for (take, way), price in zip(pairs, quotes, strict=True)
            ]
    except quotas.QuotaExceeded as error:
        length = seconds.total([seconds.asked_by(item.model, item.request) for item in compositions])
        raise quotas.for_all(error, len(pairs), quotas.Asked(create.total_of(quotes), length)) from error


def _is_as_seen(now: Generation | None, take: Generation) -> bool:
    """Still in line there, in the same attempt, with nothing of it sent, and paused or not as it was."""
    if now is None or now.status != Status.QUEUED or now.job_id or now.submitted_at or now.awaits_inputs:
        return False
    seen = (take.account_id, take.attempt, take.paused_at)
    return (now.account_id, now.attempt, now.paused_at) == seen


def _move(user: Any, take: Generation, way: Way, price: Quote) -> Generation:
    """One take from line to line, inside the transaction of all, which holds its row. What its author has
    paused stays so."""
    made, was = way.composition, take.account
    ledger.release(take.pk, take.attempt, ledger.MOVED)
    done = attempts.again(
        take,
        frm=Status.QUEUED,
        kind=MOVED,
        actor=user,
        price=price,
        detail={"from": was.name, "to": way.account.name, "held_usd": _plain(price), "basis": price.basis},
        account=way.account,
        model=made.model,
        request=made.plain(),
        request_sha256=made.fingerprint(),
        paused_at=take.paused_at,
        consent={},  # what was attested was the other gateway's text
        recipe={},
    )
    decide.or_wrong_state(done)
    told = {"account": way.account.name, "held_usd": _plain(price)}
    audit(user, "ran elsewhere", "take", take.pk, before={"account": was.name}, after=told)
    return take


def _plain(price: Quote) -> str | None:
    return None if price.amount_usd is None else str(price.amount_usd)
