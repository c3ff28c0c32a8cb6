"""The code that a new shot is offered: the next one in the project's own numbering."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise
from string import ascii_uppercase

from generations.services.shots import MOST_CODE_CHARS, key_of

FIRST = "SH010"
_NUMBERED = re.compile(r"(.*?)(\d{1,9})(\D*)")
_MOST_TRIES = 2000  # there are a thousand shots at most
_WIDEST_STEP = 100  # from one shot to the next; more is another numbering


def after_last(codes: Sequence[str]) -> str:
    """Behind the last one, in the steps in which they are numbered: SH010, SH020 → SH030. One that keeps to
    no step, or has words behind its number, is passed over.

    :param codes: of the project, in their order.
    """
    if not codes:
        return FIRST
    found = [match for code in codes if (match := _NUMBERED.fullmatch(code))]
    told = [match for match in found if len(match[3]) <= 1] or found
    if not told:
        return _lettered(codes[-1], codes)
    row = [match for match in told if match[1] == told[-1][1]]
    step = _step(row)
    rests = Counter(int(match[2]) % step for match in row)
    usual = max(rests.values())
    last = next(match for match in reversed(row) if rests[int(match[2]) % step] == usual)
    return _counted(last, step, codes)


def between(before: str, codes: Sequence[str]) -> str:
    """Behind a shot and before the next one: SH010, SH020 → SH015; without room a letter: SH010A."""
    at = codes.index(before)
    first = _NUMBERED.fullmatch(before)
    second = _NUMBERED.fullmatch(codes[at + 1]) if at + 1 < len(codes) else None
    if at + 1 == len(codes):
        return after_last(codes)
    if first and second and first[1] == second[1] and int(second[2]) - int(first[2]) > 1:
        middle = (int(first[2]) + int(second[2])) // 2
        found = f"{first[1]}{middle:0{len(first[2])}}"
        if key_of(found) not in {key_of(code) for code in codes}:
            return found
    return _lettered(before, codes)


def _step(row: Sequence[re.Match[str]]) -> int:
    """How far the numbering goes on at a time: what it did most often, whole tens and the smallest first."""
    numbers = [int(match[2]) for match in row]
    steps = Counter(b - a for a, b in pairwise(numbers) if 0 < b - a <= _WIDEST_STEP)
    if steps:
        return max(steps, key=lambda step: (steps[step], step % 10 == 0, -step))
    return 10 if numbers[-1] % 10 == 0 else 1


def _counted(last: re.Match[str], step: int, codes: Collection[str]) -> str:
    there = {key_of(code) for code in codes}
    number = int(last[2])
    for _try in range(_MOST_TRIES):
        number += step
        found = f"{last[1]}{number:0{len(last[2])}}"[:MOST_CODE_CHARS]
        if key_of(found) not in there:
            return found
    return ""


def _lettered(code: str, codes: Collection[str]) -> str:
    there = {key_of(one) for one in codes}
    tries = (f"{code}{letter}" for letter in ascii_uppercase)
    free = (found for found in tries if len(found) <= MOST_CODE_CHARS and key_of(found) not in there)
    return next(free, "")
