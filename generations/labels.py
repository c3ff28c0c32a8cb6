"""People's file names are labels: shown and sent back, never a path."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

MAX_LABEL = 200  # characters; as Asset.name
# marks that turn the direction of writing can make "gpj.exe" look like "exe.jpg"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_TURNING = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}  # turn what follows around
_JOINERS = "\u200c\u200d"  # unseen as well, but Persian, Hindi and family emoji are spelt with them


def clean_label(name: str) -> str:
    """The last part of ``name`` in any script, without control characters, cut to 200 characters; ``file``
    where nothing is left of it."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    seen = "".join(c for c in last if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    label = " ".join(seen.split()).strip(". ") if seen.strip(". ") else ""
    return _cut(label) or "file"


def clean_line(text: str) -> str:
    """One line in any script, without control characters and odd spaces; empty where nothing is left."""
    spelt = unicodedata.normalize("NFC", text)
    kept = (c for c in spelt if c.isspace() or c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    return " ".join("".join(kept).split())


def clean_lines(text: str) -> str:
    """Lines as they were written, without what no file can keep or what turns the words around: control
    characters, halves of letters, and the last two of each plane, which XML takes for no characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or _is_written(sign)).strip()


def _is_written(sign: str) -> bool:
    is_sign = unicodedata.category(sign) not in ("Cc", "Cs") and ord(sign) & 0xFFFE != 0xFFFE
    return is_sign and sign not in _TURNING


def searchable(*texts: str) -> str:
    """Texts as search compares them: in one spelling, without capitals, in any script."""
    return unicodedata.normalize("NFKC", " ".join(texts)).casefold()


def with_suffix(label: str, suffix: str) -> str:
    """The label ending in ``suffix``: what a browser saves should open with the right program."""
    stem = PurePosixPath(label).stem if PurePosixPath(label).suffix else label
    return label if label.lower().endswith(suffix) else f"{_cut(stem, MAX_LABEL - len(suffix))}{suffix}"


def _cut(label: str, most: int = MAX_LABEL) -> str:
    if len(label) <= most:
        return label
    suffix = PurePosixPath(label).suffix[:10]
    return label[: most - len(suffix)] + suffix
