"""The dialog that offers a project's shots: for a composer, for takes that are moved, for a filter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from generations.labels import clean_line, searchable
from generations.lengths import length_words
from generations.models import Project
from generations.services import shots
from generations.services.gallery import NO_SHOT

MOST_SHOWN = 100
# what is chosen for -> the form that the choice goes into
FORMS = {"composer": "composer", "filter": "filters", "selection": "selection", "take": "take-shot"}
_MOVES = ("selection", "take")


def context_of(project: Project, of: str, q: str, now: str) -> dict[str, Any]:
    """:param of: one of ``FORMS``.
    :param now: id of the chosen one, ``none`` for no shot, or nothing."""
    of = of if of in FORMS else "composer"
    wanted = clean_line(q)[:200]
    found = _found(project, searchable(wanted))
    shown = found[:MOST_SHOWN]
    new = wanted[: shots.MOST_CODE_CHARS] if of in _MOVES else ""
    return {
        "project": project,
        "shots": {
            "of": of,
            "form": FORMS[of],
            "now": now,
            "q": wanted,
            "moves": of in _MOVES,
            "none": NO_SHOT if of != "composer" else "",
            "rows": [_row(*row) for row in shown],
            "more": len(found) - len(shown),
            "any": bool(found) or bool(wanted),
            "new": new,
            "may_add": bool(new) and not any(shots.key_of(new) == row[2] for row in found),
        },
    }


def _found(project: Project, wanted: str) -> list[tuple[UUID, str, str, str, Decimal | None]]:
    """In their order: every word stands in the code or the title."""
    rows = shots.in_order(project).values_list("pk", "code", "code_key", "title", "duration_s")
    words = wanted.split()
    return [row for row in rows if all(word in f"{row[2]} {searchable(row[3])}" for word in words)]


def _row(pk: UUID, code: str, _key: str, title: str, duration_s: Decimal | None) -> dict[str, str]:
    length = length_words(float(duration_s)) if duration_s else ""
    return {"id": str(pk), "code": code, "title": title, "length": length}
