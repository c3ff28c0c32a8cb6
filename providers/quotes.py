"""What a request will cost, and how we know."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from . import accounts, asking, prices
from .gateways.capabilities import Capabilities, from_plain
from .gateways.errors import Busy, GatewayError, Unavailable, Unreachable
from .gateways.values import VideoRequest
from .models import VideoModel
from .readings import left_in, readings
from .stand_in import stand_in_for

MOST_USD = Decimal(1_000_000)  # for one clip; the eight of a batch together still fit a row
KEPT_S = 60  # as long as a price stands on a button before it is asked for again
FAILED_S = 20  # as long as a page does not ask again where no price was told
PATIENCE_S = 8.0  # of one page, for all the prices on it
FAIR_S = 4.0  # who had less time to answer has not failed


@dataclass(frozen=True)
class Quote:
    """``amount_usd`` is None where no price is known: never to be shown as nothing.

    ``basis``: quoted (by the gateway, just now), estimated (from a price rule), sandbox (nothing is
    charged) or unknown. ``detail`` is the sum behind it, a line each. ``is_odd``: the gateway named a sum,
    and it can be no price. ``would_usd``: what the sandbox spares.
    """

    amount_usd: Decimal | None
    basis: str
    detail: list[str] = field(default_factory=list)
    at: datetime = field(default_factory=timezone.now)
    is_odd: bool = False
    would_usd: Decimal | None = None

    def words(self, count: int) -> list[str]:
        """The sum behind it where ``count`` such requests are made by one click."""
        if self.would_usd is None or count < 2:
            return self.detail
        sums = {"each": self.would_usd, "all": self.would_usd * count}
        return [_("Would be $%(each)s each, $%(all)s in all at the gateway.") % sums]


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
    return _as_account_pays(model, _find(model, request))


def patience() -> float:
    """When a page that begins now stops waiting for prices, on the clock of ``time.monotonic``."""
    return time.monotonic() + PATIENCE_S


def quote_lately(model: VideoModel, request: VideoRequest, until: float) -> Quote:
    """As ``quote``, for a page that asks at every change: the same question goes to the gateway once a minute
    (Venice answers 40 of those for which it opens a clip), and where it told no price not again for a while.
    Who clicks is asked for anew.

    :param until: from ``patience``, one for all prices of a page: what is not known by then is told as by a
        gateway that does not answer.
    """
    return _as_account_pays(model, _find(model, request, until))


def _as_account_pays(model: VideoModel, found: Quote) -> Quote:
    if not model.account.sandbox:
        return found
    would = [_("Would be $%(amount)s at the gateway.") % {"amount": found.amount_usd}]
    told = would if found.amount_usd is not None else []
    return Quote(Decimal(0), "sandbox", told, would_usd=found.amount_usd)


def _find(model: VideoModel, request: VideoRequest, until: float | None = None) -> Quote:
    if not model.account.adapter.quotes:
        return _estimate(model, request)
    try:
        shown = _shown(model, request)
        return _ask(model, *shown) if until is None else _lately(model, *shown, until)
    except GatewayError as error:
        asking.ask_after(model.account, error)
        return _estimate(model, request, error)


def _shown(model: VideoModel, request: VideoRequest) -> tuple[VideoRequest, bool]:
    """The request as the gateway may see it before anybody clicked, and whether a clip stands in.

    :raises Unsupported: no clip with such measures can be made.
    """
    opened = model.account.adapter.opens_for_quote(request, from_plain(model.capabilities))
    inputs = tuple(
        replace(item, media=stand_in_for(item.media)) if item.role in opened else item
        for item in request.inputs
    )
    return replace(request, inputs=inputs), bool(opened)


def _lately(model: VideoModel, request: VideoRequest, stands_in: bool, until: float) -> Quote:
    """:raises GatewayError: also one that was raised a moment ago."""
    name = f"quote:{model.account_id}:{_digest(model, request)}"
    silent = f"quote-silent:{model.account_id}"
    found: Quote | str | None = cache.get(name) or cache.get(silent)
    if isinstance(found, Quote):
        return found
    left = until - time.monotonic()
    if found or left <= 0:
        raise Unavailable(found or _("it took too long to answer."))
    try:
        told = _ask(model, request, stands_in, left)
    except GatewayError as error:
        if left >= FAIR_S:  # a gateway that is silent is so to every question
            cache.set(silent if type(error) in _SILENCE else name, error.message, FAILED_S)
        raise
    cache.set(name, told, KEPT_S)
    return told


_SILENCE = (Unreachable, Unavailable, Busy)


def question_of(model: VideoModel, request: VideoRequest) -> str:
    """What the gateway would be asked for the price of a request, as a hash: the same for requests that
    differ in words alone, where those cost nothing. Empty where there is no such question."""
    if not model.account.adapter.quotes:
        return ""
    try:
        return _digest(model, _shown(model, request)[0])
    except GatewayError:
        return ""


@dataclass(frozen=True)
class Question:
    """``identity`` tells requests apart of which the gateway is asked nothing: a hash of everything in it."""

    model: VideoModel
    request: VideoRequest
    identity: str


def ask_each_once(questions: Sequence[Question], ask: Callable[..., Quote]) -> list[Quote]:
    """One price for each of them, in order; each different question is asked once: copies cost the same, and
    so do other words where those are free.

    :param ask: ``quote``, or ``quote_lately`` with its ``until``.
    """
    asked: dict[tuple[UUID, str], Quote] = {}
    found = []
    for item in questions:
        same = item.model.pk, question_of(item.model, item.request) or item.identity
        if same not in asked:
            asked[same] = ask(item.model, item.request)
        found.append(asked[same])
    return found


def _digest(model: VideoModel, request: VideoRequest) -> str:
    wire = model.account.adapter.build_quote(request, from_plain(model.capabilities))
    return hashlib.sha256(json.dumps(wire.json, sort_keys=True).encode()).hexdigest()


def _ask(model: VideoModel, request: VideoRequest, stands_in: bool, within_s: float | None = None) -> Quote:
    """:raises GatewayError:"""
    client, caps = accounts.client_for(model.account), from_plain(model.capabilities)
    told = client.quote(request, caps, within_s)
    words = {"gateway": model.account.adapter.label, "amount": told}
    if not (told.is_finite() and 0 <= told <= MOST_USD):
        line = _("%(gateway)s quotes a price that cannot be right.")
        return Quote(None, "unknown", [line % words], is_odd=True)
    words["amount"] = amount = _as_kept(told)
    lines = [_("%(gateway)s quotes $%(amount)s for this request.") % words]
    if stands_in:
        lines.append(_("Asked for with a blank clip of the same length, size and frame rate."))
    return Quote(amount, "quoted", lines)


def _as_kept(amount: Decimal) -> Decimal:
    """Rounded up to the millionth that a row keeps: else what was held would read as less than the same
    price asked for again."""
    kept = amount.quantize(prices.MILLIONTH, ROUND_CEILING)
    return amount if kept == amount else kept  # 0.3 is not shown as 0.300000


def _estimate(model: VideoModel, request: VideoRequest, error: GatewayError | None = None) -> Quote:
    """By the price rule. What is left to the gateway counts by its documented default, else by the dearest
    it may choose; where no price is known, why the gateway told none stands in the detail."""
    caps = from_plain(model.capabilities)
    possible = readings(request, caps)
    price = prices.estimate_dearest(prices.from_plain(model.price_rule), possible)
    if price.amount_usd is not None:
        lines = _lines_of_left(request, caps, len(possible) > 1)
        return Quote(price.amount_usd, price.basis, [*price.detail, *lines])
    words = {"gateway": model.account.adapter.label, "reason": error.message if error else ""}
    said = [_("%(gateway)s told no price: %(reason)s") % words] if error else []
    return Quote(None, price.basis, [*said, *price.detail])


def _lines_of_left(request: VideoRequest, caps: Capabilities, several: bool) -> list[str]:
    if several:
        return [_("The gateway chooses what was left to it; this is for the dearest it may choose.")]
    told = ", ".join(str(caps.left_to_gateway[name]) for name in left_in(request, caps))
    return [_("Left to the gateway, whose pages say: %(words)s.") % {"words": told}] if told else []
