"""A batch in words: what its takes differ in."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import ngettext

from generations.models import Generation
from generations.services.matrix import axes_of


def differences(takes: Sequence[Generation]) -> str:
    """``2 prompts × 3 models``; empty where all asked for the same."""
    return " × ".join(_counted(axis, len(values)) for axis, values in axes_of(takes).items())


def _counted(axis: str, n: int) -> str:
    words = {
        "prompt": ngettext("%(n)d prompt", "%(n)d prompts", n),
        "seed": ngettext("%(n)d seed", "%(n)d seeds", n),
        "model": ngettext("%(n)d model", "%(n)d models", n),
        "duration_s": ngettext("%(n)d length", "%(n)d lengths", n),
        "resolution": ngettext("%(n)d resolution", "%(n)d resolutions", n),
        "aspect_ratio": ngettext("%(n)d ratio", "%(n)d ratios", n),
    }
    return words[axis] % {"n": n}
