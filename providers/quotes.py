"""What a request will cost, and how we know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from . import accounts, prices
from .gateways.capabilities import Capabilities, from_plain
from .gateways.errors import GatewayError
from .gateways.values import VideoRequest
from .models import VideoModel
from .readings import left_in, readings

MOST_USD = Decimal(1_000_000)  # for one clip; the eight of a batch together still fit a row


@dataclass(frozen=True)
class Quote:
    """``amount_usd`` is None where no price is known: never to be shown as nothing.

    ``basis``: quoted (by the gateway, just now), estimated (from a price rule), sandbox (nothing is
    charged) or unknown. ``detail`` is the sum behind it, a line each. ``is_odd``: the gateway named a sum,
    and it can be no price.
    """

    amount_usd: Decimal | None
    basis: str
    detail: list[str] = field(default_factory=list)
    at: datetime = field(default_factory=timezone.now)
    is_odd: bool = False


def basis_of(model: VideoModel) -> str:
    """How a price of this model will be known: sandbox, quoted, estimated or unknown."""
    if model.account.sandbox:
        return "sandbox"
    if model.account.adapter.quotes:
        return "quoted"
    return "estimated" if model.price_rule else "unknown"


def quote(model: VideoModel, request: VideoRequest) -> Quote:
    """Ask the gateway where it tells, else reckon from the model's price rule.

    A sandbox account costs nothing; the sum it would cost at the gateway stands in the detail.
    """
    found = _ask(model, request) if model.account.adapter.quotes else None
    found = found or _estimate(model, request)
    if not model.account.sandbox:
        return found
    would = [_("Would be $%(amount)s at the gateway.") % {"amount": found.amount_usd}]
    return Quote(Decimal(0), "sandbox", would if found.amount_usd is not None else [])


def _ask(model: VideoModel, request: VideoRequest) -> Quote | None:
    try:
        told = accounts.client_for(model.account).quote(request, from_plain(model.capabilities))
    except GatewayError:
        return None  # the estimate says so by its basis
    words = {"gateway": model.account.adapter.label, "amount": told}
    if not (told.is_finite() and 0 <= told <= MOST_USD):
        line = _("%(gateway)s quotes a price that cannot be right.")
        return Quote(None, "unknown", [line % words], is_odd=True)
    words["amount"] = amount = _as_kept(told)
    return Quote(amount, "quoted", [_("%(gateway)s quotes $%(amount)s for this request.") % words])


def _as_kept(amount: Decimal) -> Decimal:
    """Rounded up to the millionth that a row keeps: else what was held would read as less than the same
    price asked for again."""
    kept = amount.quantize(prices.MILLIONTH, ROUND_CEILING)
    return amount if kept == amount else kept  # 0.3 is not shown as 0.300000


def _estimate(model: VideoModel, request: VideoRequest) -> Quote:
    """What is left to the gateway counts by its documented default, else by the dearest it may choose."""
    caps = from_plain(model.capabilities)
    possible = readings(request, caps)
    price = prices.estimate_dearest(prices.from_plain(model.price_rule), possible)
    lines = [] if price.amount_usd is None else _lines_of_left(request, caps, len(possible) > 1)
    return Quote(price.amount_usd, price.basis, [*price.detail, *lines])


def _lines_of_left(request: VideoRequest, caps: Capabilities, several: bool) -> list[str]:
    if several:
        return [_("The gateway chooses what was left to it; this is for the dearest it may choose.")]
    told = ", ".join(str(caps.left_to_gateway[name]) for name in left_in(request, caps))
    return [_("Left to the gateway, whose pages say: %(words)s.") % {"words": told}] if told else []
