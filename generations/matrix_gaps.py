"""Where the models of a matrix differ: what one of them lacks makes no column, and is named instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generations.desk import Desk
from generations.lengths import length_words
from generations.plan import Plan, takes
from generations.services import carry
from generations.sheet import SETTINGS


def told(plan: Plan) -> list[dict[str, Any]]:
    """For each model that lacks a ticked value: which, and, where it has none of them, what it takes."""
    found = []
    for desk in plan.desks.values():
        lacks = {name: _lacking(plan, desk, name) for name in SETTINGS} if desk.offer else {}
        if desk.offer and any(lacks.values()):
            words = [_words(name, value) for name, values in lacks.items() for value in values]
            found.append(
                {"model": desk.offer.model.label, "lacks": words, "instead": _instead(plan, desk, lacks)}
            )
    return found


def _lacking(plan: Plan, desk: Desk, name: str) -> list[Any]:
    return [value for value in getattr(plan.sheet, name) if not takes(desk, name, value)]


def _instead(plan: Plan, desk: Desk, lacks: Mapping[str, list[Any]]) -> list[str]:
    """What it would take of a setting of which nothing is ticked that it has; empty where it has a column."""
    empty = [
        name for name, values in lacks.items() if values and len(values) == len(getattr(plan.sheet, name))
    ]
    return [_words(name, value) for name in empty for value in carry.choices(desk.caps, desk.mode, name)]


def _words(name: str, value: Any) -> str:
    return length_words(value) if name == "duration_s" else str(value)


def only_of(desks: Mapping[UUID, Desk], name: str, value: Any) -> dict[str, str]:
    """How many of several models take a value, and which; empty where all of them do."""
    having = [desk for desk in desks.values() if takes(desk, name, value)]
    if len(having) == len(desks):
        return {}
    names = ", ".join(desk.offer.model.label for desk in having if desk.offer)
    return {"words": _("%(n)d of %(all)d") % {"n": len(having), "all": len(desks)}, "models": names}
