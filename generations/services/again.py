"""A paid job once more: what it would cost now, the retry as a new take, a new attempt of
the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from generations.models import Generation, Status, Verb
from providers import ledger
from providers.gateways.problem import Problem
from providers.gateways.values import FailureClass
from providers.models import VideoModel
from providers.quotes import Quote, quote

from . import advice, attempts, compose, create, decide, transitions
from .outgoing import prepare
from .refusals import WrongState


def price_now(user: Any, take: Generation, *, mended: bool = False) -> Quote:
    """What the same request costs at this moment; may ask the gateway. ``mended``: with the change that its
    failure names.

    :raises NotAllowed: for people who may not spend here.
    """
    if not take.project.allows(user, Verb.SPEND):
        raise create.NotAllowed(_("Your role in this project does not allow that."))
    return fresh_price(take, advice.changes_of(take) if mended else None)


def retry(
    user: Any,
    take: Generation,
    *,
    key: str,
    shown_usd: Decimal | None,
    some_unknown: bool = False,
    mended: bool = False,
) -> Generation:
    """A new paid job with the same request, as a new take. The same key gives the same take. ``mended``: with
    the change that the take's failure names. ``shown_usd`` and ``some_unknown`` are what the person saw.

    :raises NotAllowed, compose.Refused, PriceMoved, KeyReused, quotas.QuotaExceeded:
    """
    if not take.project.allows(user, Verb.SPEND):
        raise create.NotAllowed(_("Your role in this project does not allow that."))
    if not key:
        raise WrongState(_("This form is out of date; open the take again."))
    verb = "retry mended" if mended else "retry"
    once = create.Once(key, hashlib.sha256(f"{verb} {take.pk}".encode()).hexdigest())
    if earlier := create.find_earlier(user, once):
        return earlier[0]
    require_ended(take)
    _require_offered(take)
    changes = advice.changes_of(take) if mended else None
    if mended and not changes:
        raise WrongState(_("This failure names no change that would help."))
    wish = retry_wish(take, changes)
    composition = compose.compose(user, take.project, wish, fill_in=False)
    made = create.create_generations(
        user, [composition], once=once, shown_usd=shown_usd, some_unknown=some_unknown
    )
    return made[0]


def _require_offered(take: Generation) -> None:
    """:raises compose.Refused: its model is retired, paused or unlisted by now."""
    if not VideoModel.objects.offered().filter(pk=take.model_id).exists():
        told = _("This model is no longer offered. Edit and choose another.")
        raise compose.Refused([Problem("model", told)])


def require_ended(take: Generation) -> None:
    """:raises WrongState: one that may still come, or be billed, is not made a second time."""
    if not take.is_final:
        raise WrongState(_("The take has not ended yet."))


def submit_again(user: Any, take: Generation, *, shown: str = "") -> None:
    """A person says that the first submit is lost: a second one goes out, which may bill twice.

    :param shown: the price that the person saw; a higher one stops here. Empty: the one that was held.
    :raises NotAllowed, WrongState, PriceMoved, quotas.QuotaExceeded:
    """
    decide.require_new_work(user, take)
    price = fresh_price(take)
    if shown or take.held_usd is not None:
        _hold_to(shown or str(take.held_usd), price)
    elif price.amount_usd is not None:  # it was made at an unknown price, and that is known now
        raise create.PriceMoved(price)
    with transaction.atomic():
        transitions.hold([take.pk])  # the second of two clicks waits here
        ledger.release(take.pk, take.attempt, f"declared lost by {user}; may have been billed")
        done = attempts.again(
            take,
            frm=Status.UNCERTAIN,
            kind="submitted again",
            actor=user,
            price=price,
        )
        decide.or_wrong_state(done)


def accept_price(user: Any, take: Generation, *, shown: str) -> None:
    """Go on at the new price that the failed take shows; the same row, a new hold.

    :raises NotAllowed, WrongState, PriceMoved, quotas.QuotaExceeded:
    """
    decide.require_new_work(user, take)
    if take.failure_class != FailureClass.PRICE_MOVED:
        raise WrongState(_("The price of this take is not in question."))
    price = fresh_price(take)
    _hold_to(shown, price)
    done = attempts.again(
        take,
        frm=Status.FAILED,
        kind="new price accepted",
        actor=user,
        price=price,
        ended_at=None,
        actual_usd=None,
        **decide.unfailed(),
        **decide.OUT_OF_TRASH,
    )
    decide.or_wrong_state(done)


def _hold_to(shown: str, price: Quote) -> None:
    """:raises PriceMoved: nonsense counts as below any price."""
    try:
        amount = Decimal(shown)
    except InvalidOperation:
        amount = Decimal(-1)
    if price.amount_usd is None or not amount.is_finite() or price.amount_usd > amount:
        raise create.PriceMoved(price)


def fresh_price(take: Generation, changes: Mapping[str, Any] | None = None) -> Quote:
    return quote(take.model, replace(prepare(take, with_files=False).request, **(changes or {})))


def retry_wish(take: Generation, changes: Mapping[str, Any] | None = None) -> compose.Wish:
    """What a retry asks for: the same again but for ``changes``, as a new take of the same family."""
    return compose.wish_of(take, changes, relation="retry")
