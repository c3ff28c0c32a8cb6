"""Notes as CSV: a line for each note and each reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from generations.media import rates
from generations.models import Comment
from generations.note_sets import NoteSet
from providers.cells import csv_of, plain

COLUMNS = (
    *(
        "take",
        "side",
        "timecode",
        "timecode_end",
        "frame",
        "frame_end",
        "frame_rate",
        "state",
        "by",
        "is_guest",
    ),
    *("written_at", "note", "checklist", "has_drawing", "resolved_by", "resolved_at", "resolved_in", "reply"),
    *("note_id", "answers", "take_id"),
)


def stream(sets: Iterable[NoteSet]) -> Iterator[str]:
    return csv_of(_rows(sets))


def _rows(sets: Iterable[NoteSet]) -> Iterator[Iterable[str]]:
    yield COLUMNS
    for one in sets:
        for thread in one.threads:
            for row in (thread, *thread.replies.all()):
                yield [plain(value) for value in _line(one, thread, row)]


def _line(one: NoteSet, thread: Comment, row: Comment) -> tuple[Any, ...]:
    within = thread.resolved_in
    items = "\n".join(f"[{'x' if item['done'] else ' '}] {item['text']}" for item in row.checklist)
    return (
        *(one.name, row.audience, one.code(thread.frame), one.code(thread.frame_end), thread.frame),
        *(thread.frame_end, rates.written(one.rate), _state(thread), row.author_name),
        *("yes" if row.author_id is None else "no", row.created_at, row.body, items),
        *("yes" if row.drawing else "no", thread.resolved_by, thread.resolved_at),
        *(f"V{within.version_no}" if within and within.version_no else "", "yes" if row.parent_id else "no"),
        *(row.pk, row.parent_id, one.take.pk),
    )


def _state(thread: Comment) -> str:
    return "deleted" if thread.deleted_at else "resolved" if thread.resolved_at else "open"
