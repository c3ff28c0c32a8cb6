"""One answer to a gateway's question, at the price of the moment: for one take, or all that wait alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from generations.models import Generation
from providers.quotes import Question, Quote, ask_each_once, quote

from . import consent
from .create import require_at_most
from .outgoing import prepare


def prices_of(takes: Sequence[Generation], ask: Callable[..., Quote] = quote) -> dict[UUID, Quote]:
    """What each costs at this moment. May ask the gateway.

    :param ask: ``quote``, or ``quote_lately`` for a page that only shows the prices.
    """
    questions = [
        Question(take.model, prepare(take, with_files=False).request, take.request_sha256) for take in takes
    ]
    quotes = ask_each_once(questions, ask)
    return {take.pk: found for take, found in zip(takes, quotes, strict=True)}


def answer(
    user: Any,
    takes: Sequence[Generation],
    ticks: Mapping[str, bool],
    *,
    text_sha256: str,
    address: str | None,
    shown_usd: Decimal | None = None,
) -> int:
    """:param shown_usd: the price for all that the person saw; without one each is held at what it was.
    :raises PriceMoved: it costs more than was shown; nothing changes.
    :raises NotAllowed, NotAttested, QuotaExceeded: as ``consent.attest_all``.
    """
    for take in takes:  # before anybody is asked for a price
        consent.require_answer(user, take, ticks, text_sha256)
    prices = None if shown_usd is None else prices_of(takes)
    if prices:
        require_at_most(shown_usd, list(prices.values()))
    return consent.attest_all(user, takes, ticks, text_sha256=text_sha256, address=address, prices=prices)
