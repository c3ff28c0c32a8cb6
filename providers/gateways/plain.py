"""JSON from outside, as both databases can keep it.

Python's reader takes more than PostgreSQL stores: NaN and Infinity, NUL characters, half of a surrogate pair.
"""

from __future__ import annotations

from collections.abc import Iterable
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


def is_shallow(value: Any, most: int) -> bool:
    """Whether lists and objects are nested at most so deep; never calls itself."""
    level = [value]
    for _depth in range(most + 1):
        level = [inner for item in level if isinstance(item, dict | list) for inner in _inside(item)]
        if not level:
            return True
    return False


def _inside(item: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return item.values() if isinstance(item, dict) else item


def keepable_text(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "ignore").decode()
    return text
