"""JSON from outside, as both databases can keep it.

Python's reader takes more than PostgreSQL stores: NaN and Infinity, NUL characters, half of a surrogate pair.
"""

from __future__ import annotations

from math import isfinite
from typing import Any


def keepable(value: Any) -> Any:
    """The same JSON value without NULs and lone surrogates; a number that is none becomes None."""
    match value:
        case str():
            return keepable_text(value)
        case float():
            return value if isfinite(value) else None
        case dict():
            return {keepable_text(str(name)): keepable(item) for name, item in value.items()}
        case list() | tuple():
            return [keepable(item) for item in value]
    return value


def keepable_text(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode()
    return text
