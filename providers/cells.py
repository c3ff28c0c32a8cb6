"""Tables that a spreadsheet opens: their cells, and the file as it is sent."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any


def plain(value: Any) -> str:
    """A spreadsheet must not take what a person typed for a formula."""
    text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def csv_of(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV file, line by line. By the mark at its beginning spreadsheets know that it is UTF-8."""
    out = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield out.writerow(row)


class _Echo:
    """What ``csv`` writes comes straight back, to be sent."""

    def write(self, text: str) -> str:
        return text
