"""What stands on the Generate button before the click."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from generations.models import Project
from providers import quota_words, quotas
from providers.gateways.capabilities import from_plain
from providers.models import VideoModel
from providers.quotes import Quote, patience, quote_lately

from . import seconds
from .compose import Composition, Refused, Wish, compose
from .create import scopes_of

ANY_WORDS = "…"  # a price never waits for the prompt


@dataclass(frozen=True)
class Priced:
    """``total`` for all takes; None where no price is known. ``left`` None: no money limit applies.
    ``refusal``: by the limit that would refuse the click as things stand now; None where none would.
    ``near``: how much of a limit is used, once people are to be warned."""

    each: Quote
    count: int
    left: Decimal | None = None
    refusal: quotas.QuotaExceeded | None = None
    near: str = ""

    @property
    def total(self) -> Decimal | None:
        return None if self.each.amount_usd is None else self.each.amount_usd * self.count


def price(user: Any, project: Project, wish: Wish, count: int) -> Priced:
    """May ask the gateway.

    :raises Refused: when the request cannot be made; nothing has a price then.
    """
    made = _compose(user, project, wish)
    priced = Priced(_quote(made), count)
    limits = room_for(user, project, wish.model)
    length = seconds.asked_by(made.model, made.request)
    total = quotas.Asked(priced.total, None if length is None else length * count)
    return replace(
        priced,
        left=quotas.money_left(limits),
        refusal=quotas.no_room(limits, count, total),
        near=near_words(limits),
    )


def near_words(limits: quotas.Room) -> str:
    """That a soft limit is reached, in words."""
    found = quotas.near(limits)
    return quota_words.used_of_limit(found.quota, found.used) if found else ""


def price_without_asking(user: Any, project: Project, wish: Wish, count: int) -> Priced | None:
    """At once and without the limits: None where only the gateway could tell, or the request is not whole."""
    account = wish.model.account
    if account.sandbox:
        return Priced(Quote(Decimal(0), "sandbox"), count)
    if account.adapter.quotes:
        return None
    try:
        return Priced(_quote(_compose(user, project, wish)), count)
    except Refused:
        return None


def _compose(user: Any, project: Project, wish: Wish) -> Composition:
    needed = from_plain(wish.model.capabilities).prompt_required
    words = wish.values.get("prompt") or (ANY_WORDS if needed else "")
    return compose(user, project, replace(wish, values={**wish.values, "prompt": words}))


def _quote(made: Composition) -> Quote:
    return quote_lately(made.model, made.request, patience())


def room_for(user: Any, project: Project, model: VideoModel) -> quotas.Room:
    """How the limits stand that a take of this model would have to ask."""
    return quotas.room(scopes_of(user, project, model))
