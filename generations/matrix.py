"""The matrix page as its templates expect it: what can be chosen, and the grid of cells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations import gone, standstill
from generations import matrix_gaps as gaps
from generations.chips import LABELS, model_groups
from generations.forms import Typed
from generations.lengths import length_words
from generations.models import Project
from generations.plan import Cell, Plan, holds
from generations.services import carry
from generations.services.create import MOST_IN_A_BATCH
from generations.services.matrix import combinations
from generations.services.pricing import near_words, room_for
from generations.sheet import MOST_COPIES, MOST_MODELS, MOST_PROMPTS, SETTINGS, left_aside
from providers import allow_words
from providers.quotas import money_left

ROWS = ("prompt", "seed")


def fingerprint(typed: Typed) -> str:
    """Of what all cells have in common: a form that was filled in over another composer is out of date."""
    told = {
        name: value for name, value in typed.as_draft().items() if name not in ("prompt", "count", "gone")
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def context_of(
    user: Any, project: Project, typed: Typed, plan: Plan, errors: Iterable[str] = ()
) -> dict[str, Any]:
    """What templates/generations/_matrix.html needs, but for the one-time key."""
    names = _names(plan)
    return {
        "base": fingerprint(typed),
        "layout": plan.layout,
        "plan_url": reverse("matrix-plan", args=[project.slug]),
        "make_url": reverse("matrix-generate", args=[project.slug]),
        "studio_url": reverse("studio", args=[project.slug]),
        "prompts": plan.sheet.prompts,
        "composer": plan.sheet.composer,
        "waiting": typed.prompt if left_aside(plan.sheet, typed.prompt) else "",
        "more_prompts": len(plan.sheet.prompts) < MOST_PROMPTS,
        "prompts_max": MOST_PROMPTS,
        "models": [{"id": pk, **names[pk]} for pk in plan.desks],
        "to_add": _to_add(plan),
        "picker_url": reverse("picker", args=[project.slug]),
        "settings": [axis for name in SETTINGS if (axis := _setting(plan, name))],
        "seeds": plan.sheet.seeds_typed,
        "copies": plan.sheet.copies,
        "copies_max": MOST_COPIES,
        "skipped": sorted(plan.sheet.skipped - {cell.key for cell in plan.cells}),
        "errors": [*errors, *plan.problems],
        "columns": [_column(head, names[head["model"]]) for head in plan.columns],
        "rows": _rows(plan),
        "gaps": [] if plan.problems else gaps.told(plan),
        "common": _common(typed, plan),
        "asks": bool(plan.cells) and not plan.is_priced,
        "most": MOST_IN_A_BATCH,
        "stop": standstill.over_matrix(plan.desks.values()),
        **_price(user, project, plan),
    }


def _names(plan: Plan) -> dict[UUID, dict[str, Any]]:
    """By the model that was wished for: one that is no longer offered goes by its own name, not by that of
    the model that lies in its place."""
    past = gone.names_of(pk for pk, desk in plan.desks.items() if not holds(desk, pk))
    told: dict[UUID, dict[str, Any]] = {
        pk: {"label": was.label, "account": was.account, "aside": [], "gone": True}
        for pk, was in past.items()
    }
    for pk, desk in plan.desks.items():
        if pk not in told and desk.offer:
            model = desk.offer.model
            missing = _aside(desk.typed, plan.sheet.axes)
            told[pk] = {"label": model.label, "account": model.account.name, "aside": missing, "gone": False}
            told[pk]["cut"] = allow_words.cuts(desk.offer.cut) if missing and not desk.offer.barred else ()
    return told


def _aside(typed: Typed, axes: Mapping[str, Sequence[Any]]) -> list[str]:
    """What the composer holds and this model lacks; on an axis stands another value in its place."""
    return [carry.words_of(name, item.value) for name, item in typed.aside.items() if not axes.get(name)]


def _to_add(plan: Plan) -> list[dict[str, Any]]:
    """The models that are not chosen yet, as groups of a select."""
    desk = next(iter(plan.desks.values()), None)
    if desk is None or len(plan.desks) >= MOST_MODELS:
        return []
    groups = model_groups(desk.open_offers)
    chosen = {str(pk) for pk in plan.desks}
    return [
        {**group, "options": left}
        for group in groups
        if (left := [option for option in group["options"] if option["value"] not in chosen])
    ]


def _setting(plan: Plan, name: str) -> dict[str, Any] | None:
    """Every value that one of the models takes, those ticked besides, in the first one's order."""
    ticked = getattr(plan.sheet, name)
    lists = [carry.choices(desk.caps, desk.mode, name) for desk in gaps.held_of(plan.desks)]
    offered = list(dict.fromkeys([value for values in lists for value in values] + list(ticked)))
    if len(offered) < 2 and not ticked:
        return None
    if name == "duration_s":
        offered.sort(key=lambda value: value if isinstance(value, (int, float)) else 0)
    shown = [
        {
            "value": v,
            "label": value_words(name, v),
            "on": v in ticked,
            "only": gaps.only_of(plan.desks, name, v),
        }
        for v in offered
    ]
    return {"name": name, "label": LABELS[name], "options": shown, "any": bool(ticked)}


def value_words(axis: str, value: Any) -> str:
    """One value of an axis in words."""
    if value is None:
        return _("random") if axis == "seed" else "–"
    if axis == "model":
        return str(value.label)
    if axis == "duration_s":
        return length_words(value)
    return _("Seed %(n)s") % {"n": value} if axis == "seed" else str(value)


def _column(head: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Any]:
    return {**model, "facts": [value_words(name, head[name]) for name in SETTINGS if name in head]}


def _rows(plan: Plan) -> list[dict[str, Any]]:
    """Each with its cells; the combinations of a plan run through the columns of a row first."""
    heads = combinations({name: plan.sheet.axes[name] for name in ROWS})
    if not plan.cells:
        return []
    width = len(plan.columns)
    return [
        _row(head, plan.cells[number * width : (number + 1) * width]) for number, head in enumerate(heads)
    ]


def _row(head: Mapping[str, Any], cells: Sequence[Cell]) -> dict[str, Any]:
    seed = value_words("seed", head["seed"]) if "seed" in head else ""
    return {"prompt": head.get("prompt", ""), "seed": seed, "cells": [_cell(cell) for cell in cells]}


def _cell(cell: Cell) -> dict[str, Any]:
    quote = cell.quote
    return {
        "key": cell.key,
        "on": not cell.skipped,
        "why": cell.why,
        "same": cell.same,
        "asked": quote is not None,
        "amount": quote.amount_usd if quote else None,
        "basis": quote.basis if quote else "",
        "facts": _facts(cell),
        "words": "\n".join(quote.detail) if quote else "",
    }


def _facts(cell: Cell) -> list[str]:
    """What goes out that the column does not say: the composer's choice, or the model's own."""
    if cell.composition is None:
        return []
    request = cell.composition.request
    told = [
        value_words(name, value)
        for name in SETTINGS
        if name not in cell.values and (value := getattr(request, name)) is not None
    ]
    if "seed" in cell.values and request.seed is None:
        told.append(_("without seed"))
    if request.generate_audio is not None:
        told.append(_("sound") if request.generate_audio else _("silent"))
    return told


def _common(typed: Typed, plan: Plan) -> list[str]:
    """What the composer holds for all cells, in words."""
    told = [shot.code] if (shot := next((desk.shot for desk in plan.desks.values()), None)) else []
    if count := len(typed.inputs):
        told.append(ngettext("%(n)d file", "%(n)d files", count) % {"n": count})
    axes = plan.sheet.axes
    names = [name for name in typed.values if name not in ("prompt", *[n for n in axes if axes[n]])]
    return told + [carry.words_of(name, typed.values[name]) for name in names]


def _price(user: Any, project: Project, plan: Plan) -> dict[str, Any]:
    bases = list(dict.fromkeys(cell.quote.basis for cell in plan.made if cell.quote))
    models = {item.model.pk: item.model for item in plan.compositions}
    rooms = [room_for(user, project, model) for model in models.values()]
    left = [sum_ for room in rooms if (sum_ := money_left(room)) is not None]
    return {
        "count": plan.count,
        "total": plan.total,
        "known": plan.known,
        "bases": bases,
        "is_sandbox": bases == ["sandbox"],
        "left": min(left) if left else None,
        "near": near_words([item for room in rooms for item in room]),
        "shown": str(plan.known) if plan.is_priced else "",
        "some_unknown": plan.is_priced and plan.total is None,
        "refused": sum(1 for cell in plan.cells if cell.composition is None and not cell.same),
    }
