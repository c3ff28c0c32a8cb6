"""Takes in flight as plain numbers: how old they are, and when each is due. No Django in here."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

TAKES_PER_ACCOUNT = 500
EDGE_S = 1.0
CONNECTIONS = 12  # per account, as the sweep has them


@dataclass(frozen=True)
class Load:
    """``ages`` gives a take's age at the start from a random number below one."""

    name: str
    takes: int
    ages: Callable[[float], float]

    def start(self, seed: int = 1) -> list[tuple[float, float]]:
        """Each take's age and the seconds until it is first due, as if it had long been polled."""
        chance = random.Random(seed)
        ages = [self.ages(chance.random()) for _ in range(self.takes)]
        return [(age, chance.random() * interval_s(age)) for age in ages]

    def due_within(self, seconds: float) -> int:
        """How many polls come due up to ``EDGE_S`` before the end, when every one is made on time."""
        return sum(_times(age, first, seconds - EDGE_S) for age, first in self.start())


def in_time(dues: list[float], began: float, seconds: float) -> int:
    """How many of the polls made were due before the last ``EDGE_S``: what comes due at the very end has
    its time after it."""
    return sum(due < began + seconds - EDGE_S for due in dues)


def interval_s(age: float) -> float:
    """The studio's rhythm, said once more here: the bare clients know nothing of the studio."""
    return 3.0 if age < 30 else 5.0 if age < 180 else 10.0


def jittered_s(age: float) -> float:
    return interval_s(age) * random.uniform(0.9, 1.1)


def _times(age: float, first: float, seconds: float) -> int:
    count, at = 0, first
    while at < seconds:
        count += 1
        at += interval_s(age + at)
    return count


LOADS = {
    load.name: load
    for load in (
        Load("1,000 at 5 s", 1000, lambda share: 40 + 20 * share),
        Load("5,000 older than 3 min", 5000, lambda share: 200 + 400 * share),
        Load("5,000 over 10 min", 5000, lambda share: 600 * share),
    )
}


def share_within(lags: list[float], seconds: float, missing: int = 0) -> float:
    """Polls within ``seconds`` of due; ``missing`` ones were never made in time."""
    return sum(lag <= seconds for lag in lags) / max(1, len(lags) + missing)


def percentile(values: list[float], share: float) -> float:
    """By nearest rank: the smallest value that so many are not above."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else 0.0
