"""The error tables of the gateways' pages, row by row: each has a word that makes it come.

The word says the call first: `[submit 402]`, `[poll 404]`. A row is data: what the gateway's page shows, its
status and its body as they stand there. One module a gateway; `_any` holds what comes from proxies in between
and from no page, the same for all.
"""

from collections.abc import Iterable, Mapping

from providers.sandbox.rows import _any, elkapi, siliconflow, silkdock, token360, venice
from providers.sandbox.rows.row import POLL, SUBMIT, Row

_PAGES = {
    "elkapi": elkapi.ROWS,
    "siliconflow": siliconflow.ROWS,
    "silkdock": silkdock.ROWS,
    "token360": token360.ROWS,
    "venice": venice.ROWS,
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
    rows = (ROWS[dialect].get(word) for word in sorted(words & WORDS))
    return next((row for row in rows if row is not None and row.step == step), None)


def table() -> str:
    """All rows in Markdown, as docs/sandbox.md has them: first what every gateway knows."""
    shown = [("every", _any.ROWS), *_PAGES.items()]
    lines = [
        f"| `[{row.word}]` | {name} | {row.status} | {row.meaning} |" for name, rows in shown for row in rows
    ]
    return "\n".join(["| Word | Gateway | Status | Meaning |", "| --- | --- | --- | --- |", *lines])


__all__ = ["POLL", "ROWS", "SUBMIT", "WORDS", "Row", "find_row", "table"]
