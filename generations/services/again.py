"""A paid job once more: what it would cost now, and the retry itself."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from generations.models import Generation, Verb
from providers.gateways.problem import Problem
from providers.models import VideoModel
from providers.quotes import Quote

from . import advice, compose, create, decide
from .refusals import WrongState


def price_now(user: Any, take: Generation, *, mended: bool = False) -> Quote:
    """What the same request costs at this moment; may ask the gateway. ``mended``: with the change that its
    failure names.

    :raises NotAllowed: for people who may not spend here.
    """
    if not take.project.allows(user, Verb.SPEND):
        raise create.NotAllowed(_("Your role in this project does not allow that."))
    return decide.fresh_price(take, advice.changes_of(take) if mended else None)


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
    if not VideoModel.objects.offered().filter(pk=take.model_id).exists():
        raise compose.Refused(
            [Problem("model", _("This model is no longer offered. Edit and choose another."))]
        )
    if mended and not advice.changes_of(take):
        raise WrongState(_("This failure names no change that would help."))
    wish = decide.retry_wish(take, advice.changes_of(take) if mended else None)
    composition = compose.compose(user, take.project, wish, fill_in=False)
    made = create.create_generations(
        user, [composition], once=once, shown_usd=shown_usd, some_unknown=some_unknown
    )
    return made[0]


def require_ended(take: Generation) -> None:
    """:raises WrongState: one that may still come, or be billed, is not made a second time."""
    if not take.is_final:
        raise WrongState(_("The take has not ended yet."))
