"""What stands on the Generate button before the click."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from generations.models import Project
from providers import quotas
from providers.gateways.capabilities import from_plain
from providers.models import VideoModel
from providers.quotes import Quote, patience, quote_lately

from .compose import Refused, Wish, compose

ANY_WORDS = "…"  # a price never waits for the prompt


@dataclass(frozen=True)
class Priced:
    """``total`` for all takes; None where no price is known. ``left`` None: no money limit applies.
    ``no_room``: which limit would refuse the click as things stand now; empty where none would."""

    each: Quote
    count: int
    left: Decimal | None = None
    no_room: str = ""

    @property
    def total(self) -> Decimal | None:
        return None if self.each.amount_usd is None else self.each.amount_usd * self.count


def price(user: Any, project: Project, wish: Wish, count: int) -> Priced:
    """May ask the gateway.

    :raises Refused: when the request cannot be made; nothing has a price then.
    """
    priced = Priced(_quote(user, project, wish), count)
    limits = quotas.room(_scopes(user, project, wish.model))
    why = quotas.no_room(limits, count, priced.total)
    return replace(priced, left=quotas.money_left(limits), no_room=why)


def price_without_asking(user: Any, project: Project, wish: Wish, count: int) -> Priced | None:
    """At once and without the limits: None where only the gateway could tell, or the request is not whole."""
    account = wish.model.account
    if account.sandbox:
        return Priced(Quote(Decimal(0), "sandbox"), count)
    if account.adapter.quotes:
        return None
    try:
        return Priced(_quote(user, project, wish), count)
    except Refused:
        return None


def _quote(user: Any, project: Project, wish: Wish) -> Quote:
    needed = from_plain(wish.model.capabilities).prompt_required
    words = wish.values.get("prompt") or (ANY_WORDS if needed else "")
    whole = replace(wish, values={**wish.values, "prompt": words})
    return quote_lately(wish.model, compose(user, project, whole).request, patience())


def left_for(user: Any, project: Project, model: VideoModel) -> Decimal | None:
    return quotas.money_left(quotas.room(_scopes(user, project, model)))


def _scopes(user: Any, project: Project, model: VideoModel) -> quotas.Scopes:
    return quotas.Scopes(model.account_id, project.pk, user.pk)
