"""The last look at the price before a take is sent: a gateway that quotes is asked again.

Above what was held nothing goes out. A price that was not known when the take was made and is known now is
held first, within the limits of whoever pays.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation, Status
from providers.gateways.values import Failure, FailureClass
from providers.quotas import QuotaExceeded
from providers.quotes import Quote, quote

from . import attempts, endings
from .outgoing import prepare

QUOTE_KEEPS_S = 60.0


def holds(take: Generation) -> bool:
    """Whether this queued take may be sent now. Where not, it has ended as *price moved*, or waits in the
    queue again with a hold of its own."""
    if not _asks(take):
        return True
    now = quote(take.model, prepare(take, with_files=False).request)
    if take.held_usd is None:
        return now.amount_usd is None or _hold(take, now)
    if now.is_odd:
        return _moved(take, now, _("%(detail)s $%(held)s was held. Nothing was sent."))
    if now.amount_usd is None or now.basis != "quoted" or now.amount_usd <= take.held_usd:
        return True
    return _moved(take, now, _("The price is now $%(now)s; $%(held)s was held. Nothing was sent."))


def _asks(take: Generation) -> bool:
    """A quote of the last minute stands. An estimate, or no price, means that none came at the time."""
    if take.account.sandbox or not take.account.adapter.quotes:
        return False
    old = take.priced_at is None or timezone.now() - take.priced_at > timedelta(seconds=QUOTE_KEEPS_S)
    return old or take.price_basis != "quoted"


def _hold(take: Generation, now: Quote) -> bool:
    """Always False: the take goes on as a new attempt, or not at all."""
    try:
        attempts.at_found_price(take, now)
    except QuotaExceeded as error:
        words = _("The price was not known and is now $%(now)s. %(limit)s Nothing was sent.")
        _moved(take, now, words, limit=str(error))
    return False


def _moved(take: Generation, now: Quote, words: str, **told: str) -> bool:
    told |= {"now": str(now.amount_usd), "held": str(take.held_usd), "detail": " ".join(now.detail)}
    code = "" if now.amount_usd is None else str(now.amount_usd)
    failure = Failure(FailureClass.PRICE_MOVED, words % told, billed=False, code=code)
    endings.fail(take, failure, frm=[Status.QUEUED])
    return False
