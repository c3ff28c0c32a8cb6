"""The error tables of the gateways' pages, row by row: each has a word that makes it come.

The word says the call first: `[submit 402]`, `[poll 404]`. A row is data: what the gateway's page shows, its
status and its body as they stand there. One file a gateway, which is found by itself; `_any` holds what comes
from proxies in between and from no page, the same for all.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping

from providers.sandbox.rows import _any
from providers.sandbox.rows._row import POLL, SUBMIT, Row

_NAMES = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_")
_PAGES: Mapping[str, tuple[Row, ...]] = {
    name: importlib.import_module(f"{__name__}.{name}").ROWS for name in _NAMES
}


def _by_word(rows: Iterable[Row]) -> Mapping[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        assert row.word not in found, f"two rows for [{row.word}]"
        found[row.word] = row
    return found


ROWS: Mapping[str, Mapping[str, Row]] = {name: _by_word([*_any.ROWS, *rows]) for name, rows in _PAGES.items()}
WORDS = frozenset(word for rows in ROWS.values() for word in rows)


def find_row(dialect: str, step: str, words: frozenset[str]) -> Row | None:
    """What this gateway has for one of the words at this call."""
    known = ROWS.get(dialect, {})
    rows = (known[word] for word in sorted(words & known.keys()))
    return next((row for row in rows if row.step == step), None)


def table() -> str:
    """All rows in Markdown, as docs/sandbox.md has them: first what every gateway knows."""
    shown = [("every", _any.ROWS), *_PAGES.items()]
    lines = [
        f"| `[{row.word}]` | {name} | {row.status} | {row.meaning} |" for name, rows in shown for row in rows
    ]
    return "\n".join(["| Word | Gateway | Status | Meaning |", "| --- | --- | --- | --- |", *lines])


__all__ = ["POLL", "ROWS", "SUBMIT", "WORDS", "Row", "find_row", "table"]
