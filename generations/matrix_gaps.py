"""Where the models of a matrix differ: what one of them lacks makes no column, and is named instead. A model
that leaves nobody a choice of a setting keeps its columns, with its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.desk import Desk
from generations.lengths import length_words
from generations.plan import Plan, has_choice, holds, takes, takes_seed
from generations.services import carry
from generations.services.offers import Offer
from generations.sheet import SETTINGS
from providers import allow_words
from providers.gateways.capabilities import from_plain

NAMES = {
    "duration_s": gettext_lazy("length"),
    "resolution": gettext_lazy("resolution"),
    "aspect_ratio": gettext_lazy("ratio"),
}


def told(plan: Plan) -> list[dict[str, Any]]:
    """For each model that lacks a ticked value: which, and, where it has none of them, what it takes; and the
    settings (``own``) of which some value is ticked and it leaves nobody a choice. ``barred`` are those that
    it would make and an allow-list takes away, with ``why``; ``none``: it has no cell for that;
    ``unseeded``: one cell stands for all seeds."""
    held = held_of(plan.desks)
    return [line for desk in held if desk.offer for line in _lines(plan, desk, desk.offer)]


def _lines(plan: Plan, desk: Desk, offer: Offer) -> Iterator[dict[str, Any]]:
    model = {"model": offer.model.label}
    missing = {name: _lacking(plan, desk, name) for name in SETTINGS}
    barred = {name: _barred(desk, offer, name, values) for name, values in missing.items()}
    lacks = {name: [v for v in values if v not in barred[name]] for name, values in missing.items()}
    instead = _instead(plan, desk, missing)
    if any(barred.values()):
        why = " ".join(allow_words.cuts(offer.cut))
        yield {**model, "barred": _all_words(barred), "why": why, "none": bool(instead)}
    if any(lacks.values()):
        yield {**model, "lacks": _all_words(lacks), "instead": instead}
    own = [str(NAMES[name]) for name in SETTINGS if getattr(plan.sheet, name) and not has_choice(desk, name)]
    if own and desk.fits_mode and not instead:  # otherwise it has no cell, or its cells say what is wrong
        yield {**model, "own": own}
    if len(plan.sheet.seeds) > 1 and not takes_seed(desk, offer.model.pk):
        yield {**model, "unseeded": True}


def _lacking(plan: Plan, desk: Desk, name: str) -> list[Any]:
    if not has_choice(desk, name):
        return []
    return [value for value in getattr(plan.sheet, name) if not takes(desk, name, value)]


def _barred(desk: Desk, offer: Offer, name: str, values: Sequence[Any]) -> list[Any]:
    """Those that the model would make, were they not taken away by an allow-list."""
    if not offer.cut:
        return []
    whole = carry.choices(from_plain(offer.plain), desk.mode, name)
    return [value for value in values if value in whole]


def _all_words(values: Mapping[str, list[Any]]) -> list[str]:
    return [_words(name, value) for name, of_it in values.items() for value in of_it]


def _instead(plan: Plan, desk: Desk, lacks: Mapping[str, list[Any]]) -> list[str]:
    """What it would take of a setting of which nothing is ticked that it has; empty where it has a column."""
    empty = [
        name for name, values in lacks.items() if values and len(values) == len(getattr(plan.sheet, name))
    ]
    return [_words(name, value) for name in empty for value in carry.choices(desk.caps, desk.mode, name)]


def _words(name: str, value: Any) -> str:
    return length_words(value) if name == "duration_s" else str(value)


def only_of(desks: Mapping[UUID, Desk], name: str, value: Any) -> dict[str, str]:
    """How many of the models that are offered take a value, and which; empty where all of them do."""
    held = held_of(desks)
    having = [desk for desk in held if takes(desk, name, value)]
    if len(having) == len(held):
        return {}
    names = ", ".join(desk.offer.model.label for desk in having if desk.offer)
    return {"words": _("%(n)d of %(all)d") % {"n": len(having), "all": len(held)}, "models": names}


def held_of(desks: Mapping[UUID, Desk]) -> list[Desk]:
    """Without the models that are no longer offered: another one lies in their place."""
    return [desk for wished, desk in desks.items() if holds(desk, wished)]
