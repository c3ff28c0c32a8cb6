"""The takes of a batch as a table: rows and columns are what they differ in, in the order a person wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from generations.card_looking import Looking
from generations.cards import card
from generations.chips import LABELS
from generations.matrix import value_words
from generations.models import Generation
from generations.services.matrix import axes_of, combinations, value_of

ONE_ROW = "none"
PLACE = "place"  # takes that differ in nothing stand side by side


def grid_of(takes: Sequence[Generation], by: Looking, rows: str = "") -> dict[str, Any]:
    """What templates/generations/_batch_grid.html needs. ``rows`` names the axis that runs down."""
    axes = axes_of(takes) or {PLACE: [take.position for take in takes]}
    down = _down(axes, rows)
    across = {name: values for name, values in axes.items() if name != down}
    heads = [head for head in combinations_of(across) if _found(takes, head)]
    return {
        "heads": _heads(heads),
        "rows": [_row(takes, by, down, value, heads) for value in axes.get(down, [None])],
        "firsts": {"prompt": "words", ONE_ROW: "none"}.get(down, "short"),  # how wide the first column is
        "choices": _choices(axes, down),
    }


def _down(axes: Mapping[str, Sequence[Any]], wished: str) -> str:
    """Prompts run down unless somebody wished otherwise: words need the width of a line."""
    if wished in axes or wished == ONE_ROW:
        return wished
    return "prompt" if "prompt" in axes else (next(iter(axes)) if len(axes) > 1 else ONE_ROW)


def combinations_of(axes: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    return [{PLACE: place} for place in axes[PLACE]] if PLACE in axes else combinations(axes)


def _found(takes: Sequence[Generation], where: Mapping[str, Any]) -> list[Generation]:
    return [take for take in takes if all(_stands(take, axis) == value for axis, value in where.items())]


def _stands(take: Generation, axis: str) -> Any:
    return take.position if axis == PLACE else value_of(take, axis)


def _heads(columns: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """A line for each axis that runs across, the widest first: what several columns have in common stands
    once above all of them. Without an axis there is one column, without a name."""
    axes = list(columns[0]) if columns else []
    return [_line(columns, axes[: depth + 1]) for depth in range(len(axes))] or [[{"label": "", "span": 1}]]


def _line(columns: Sequence[Mapping[str, Any]], axes: Sequence[str]) -> list[dict[str, Any]]:
    """:param axes: those of the lines above, and this one's: a head ends where one above it does."""
    alike = groupby(columns, key=lambda column: [column[axis] for axis in axes])
    return [_head(axes[-1], values[-1], len(list(below))) for values, below in alike]


def _head(axis: str, value: Any, span: int) -> dict[str, Any]:
    account = value.account.name if axis == "model" else ""
    return {"axis": axis, "label": _words(axis, value), "account": account, "span": span}


def _words(axis: str, value: Any) -> str:
    return _("Take %(n)d") % {"n": value + 1} if axis == PLACE else value_words(axis, value)


def _row(
    takes: Sequence[Generation], by: Looking, down: str, value: Any, heads: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    here = takes if down == ONE_ROW else _found(takes, {down: value})
    cells = [[card(take, by) for take in _found(here, head)] for head in heads]
    return {"label": "" if down == ONE_ROW else _words(down, value), "cells": cells}


def _choices(axes: Mapping[str, Sequence[Any]], down: str) -> list[dict[str, Any]]:
    """What could run down instead; nothing to choose where the takes differ in nothing."""
    if PLACE in axes:
        return []
    named = {ONE_ROW: _("One row"), **{axis: LABELS.get(axis, _("Prompt")) for axis in axes}}
    return [{"value": name, "label": label, "current": name == down} for name, label in named.items()]
