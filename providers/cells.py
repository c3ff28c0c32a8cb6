"""What people wrote as a cell of a table that a spreadsheet opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def plain(value: Any) -> str:
    """A spreadsheet must not take what a person typed for a formula."""
    text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


class Echo:
    """What ``csv`` writes comes straight back, to be sent."""

    def write(self, text: str) -> str:
        return text
