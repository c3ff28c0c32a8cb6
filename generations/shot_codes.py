"""The code that a new shot is offered: the next one in the project's own numbering."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from string import ascii_uppercase

from generations.services.shots import MOST_CODE_CHARS, key_of

FIRST = "SH010"
_NUMBERED = re.compile(r"(.*?)(\d{1,9})(\D*)")
_MOST_TRIES = 2000  # there are a thousand shots at most


def after_last(codes: Sequence[str]) -> str:
    """Behind the last one, as far from it as that is from the one before: SH010, SH020 → SH030.

    :param codes: of the project, in their order.
    """
    if not codes:
        return FIRST
    last = _NUMBERED.fullmatch(codes[-1])
    if not last:
        return _lettered(codes[-1], codes)
    return _counted(last, _step(codes, last), codes)


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


def _step(codes: Sequence[str], last: re.Match[str]) -> int:
    """How far the numbering goes on at a time."""
    before = _NUMBERED.fullmatch(codes[-2]) if len(codes) > 1 else None
    if before and before[1] == last[1] and int(last[2]) > int(before[2]):
        return int(last[2]) - int(before[2])
    return 10 if int(last[2]) % 10 == 0 else 1


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
