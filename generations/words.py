"""Words as the search compares them: the same for what is looked through and for what is looked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

MOST_CHARS = 64  # of one word
MOST_WORDS = 4000  # of one text
# written without spaces between words: found by pairs of neighbours
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0x20000, 0x323AF),
)


def words_of(*texts: str) -> list[str]:
    """Each word once, in order: without capitals and accents, letters and digits alone; signs of scripts
    without spaces one by one and in pairs of neighbours. At most 4,000."""
    found = dict.fromkeys(word for text in texts for word in _split(text, alone=True))
    return list(found)[:MOST_WORDS]


def looked_for(text: str) -> list[str]:
    """As ``words_of``, of what somebody types; where signs stand in pairs, the single ones say no more."""
    return list(dict.fromkeys(_split(text, alone=False)))[:12]


def _split(text: str, *, alone: bool) -> Iterator[str]:
    for kind, signs in groupby(_plain(text), _kind):
        run = "".join(signs)
        if kind == "word":
            yield run[:MOST_CHARS]
        elif kind == "unspaced":
            yield from _neighbours(run, alone=alone)


def _neighbours(run: str, *, alone: bool) -> Iterator[str]:
    if alone or len(run) == 1:
        yield from run
    yield from (a + b for a, b in pairwise(run))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_without_accents(apart)).casefold()


def _without_accents(text: str) -> Iterable[str]:
    """Latin, Greek and Cyrillic accents go; the vowels of other scripts are marks as well, and stay."""
    return (sign for sign in text if not 0x0300 <= ord(sign) <= 0x036F)


def _kind(sign: str) -> str:
    code = ord(sign)
    if any(first <= code <= last for first, last in _UNSPACED):
        return "unspaced" if unicodedata.category(sign)[0] in "LM" else "word" if sign.isdigit() else ""
    return "word" if unicodedata.category(sign)[0] in "LNM" else ""
