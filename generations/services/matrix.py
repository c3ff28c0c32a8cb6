"""A matrix: every combination of some models, prompts and settings, each cell a request of its own.

The rows are the truth afterwards too: what the takes of a batch differ in are its axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from generations.models import Generation

# from the outermost to the innermost; the takes of a matrix stand in this order
AXES = ("prompt", "seed", "model", "duration_s", "resolution", "aspect_ratio")
OF_THE_MODEL = ("seed", "duration_s", "resolution", "aspect_ratio")

Axes = Mapping[str, Sequence[Any]]


def size_of(axes: Axes) -> int:
    """How many cells there are, without making them."""
    return prod(len(set(values)) for values in axes.values() if values)


def combinations(axes: Axes) -> list[dict[str, Any]]:
    """One mapping a cell. An axis without values is none; without any axis there is one cell."""
    names = [name for name in AXES if axes.get(name)]
    return [
        dict(zip(names, values, strict=True)) for values in product(*(dict.fromkeys(axes[n]) for n in names))
    ]


def value_of(take: Generation, axis: str) -> Any:
    """Where a take stands on an axis; None where it does not say."""
    if axis == "model":
        return take.model
    return take.prompt if axis == "prompt" else take.request.get(axis)


def axes_of(takes: Sequence[Generation]) -> dict[str, list[Any]]:
    """What these takes differ in, with the values in the order in which they first come.

    What follows from the model alone (it has one length, and no resolutions) is no axis of its own.
    """
    found = {axis: list(dict.fromkeys(value_of(take, axis) for take in takes)) for axis in AXES}
    found["duration_s"].sort(key=_seconds)
    return {
        axis: values
        for axis, values in found.items()
        if len(values) > 1 and not (axis in OF_THE_MODEL and _is_settled_by_model(takes, axis))
    }


def _seconds(length: Any) -> float:
    return length if isinstance(length, int | float) else 0  # the model chooses


def _is_settled_by_model(takes: Sequence[Generation], axis: str) -> bool:
    pairs = {(take.model_id, value_of(take, axis)) for take in takes}
    return len(pairs) == len({model for model, _value in pairs})
