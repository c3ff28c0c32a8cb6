"""How the pictures of a clip follow each other, from the times of its packets. No decoder here."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from . import rates


def is_variable(stamps: list[float]) -> bool:
    """Whether pictures do not follow each other at one pace: more than one in a hundred, and more than one,
    comes a quarter earlier or later than most. Containers round to a millisecond; that is none."""
    ordered = sorted(stamps)
    gaps = sorted(after - before for before, after in pairwise(ordered))
    if len(gaps) < 4:
        return False
    usual = gaps[len(gaps) // 2]
    odd = sum(abs(gap - usual) > usual / 4 + 0.001 for gap in gaps)
    return odd > max(1, len(gaps) // 100)


def exact_rate(stamps: Sequence[float], told: Fraction | None) -> Fraction | None:
    """The rate that most frames keep to.

    :param told: the mean as the container has it, which counts the length of the last frame too; and a first
        one that stays longer spoils every mean.
    """
    gaps = sorted(after - before for before, after in pairwise(sorted(stamps)))
    found = [float(told)] if told else []
    if gaps and gaps[len(gaps) // 2] > 0:
        found = [len(gaps) / sum(gaps), *found, 1 / gaps[len(gaps) // 2]]
    if not found:
        return None
    return min((rates.exact(one) for one in found), key=lambda rate: off_pace(stamps, rate))


def off_pace(stamps: Sequence[float], rate: Fraction) -> int:
    """How many frames are shown half a frame or more before or after their turn."""
    ordered, pace = sorted(stamps), float(rate)
    return sum(abs((at - ordered[0]) * pace - turn) >= 0.5 for turn, at in enumerate(ordered))


def key_gap(keys: Sequence[float], end: float) -> float | None:
    """None where no picture can be shown without one before it."""
    if not keys:
        return None
    keys = sorted(keys)
    return round(max(after - before for before, after in pairwise([*keys, max(end, keys[-1])])), 3)
