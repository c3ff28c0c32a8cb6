"""What a note may hold: words, a moment of the clip, a drawing, a checklist. Read from what people send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations import clips
from generations.labels import clean_lines
from generations.models import Generation, Output

from . import sketches
from .refusals import BadField, WrongState
from .sketches import BadSketch, Shape

MOST_SIGNS = 5000
MOST_ITEMS = 20
MOST_ITEM_SIGNS = 200


class BadNote(BadField):
    """What somebody wrote cannot be a note."""


@dataclass(frozen=True)
class Content:
    """What a note says, as it is kept; ``checklist`` in words alone."""

    body: str
    frame: int | None
    frame_end: int | None
    drawing: list[Shape]
    checklist: list[str]


def read(take: Generation, *, body: Any, frame: Any, frame_end: Any, drawing: Any, checklist: Any) -> Content:
    """Asks the database for the take's files.

    :raises BadNote, WrongState: the take has no clip.
    """
    first, last = moment(frame, frame_end, frames_of(take))
    try:
        shapes = sketches.read(drawing)
    except BadSketch as error:
        raise BadNote("drawing", str(error)) from error
    if shapes and first is None:
        raise BadNote("drawing", _("A drawing stands on a frame; say which."))
    words, items = text(body), items_of(checklist)
    if not words and not shapes and not items:
        raise BadNote("body", _("Write a note, or draw one."))
    return Content(words, first, last, shapes, items)


def frames_of(take: Generation) -> int:
    """:raises WrongState: there is no clip to write on."""
    outputs = {output.kind: output for output in take.outputs.all()}
    clip = clips.played(outputs)
    if clip is None or Output.Kind.VIDEO not in outputs:
        raise WrongState(_("Notes are written on a clip; this take has none."))
    return int(clips.pace(clip, outputs[Output.Kind.VIDEO])["frames"])


def moment(frame: Any, frame_end: Any, frames: int) -> tuple[int | None, int | None]:
    """:returns: first and last frame; a range of one frame is that frame, without an end.
    :raises BadNote:"""
    for name, value in (("frame", frame), ("frame_end", frame_end)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise BadNote(name, _("A frame is a whole number, counted from 0."))
        if value is not None and value >= frames:
            words = ngettext(
                "The clip has %(n)d frame.", "The clip has %(n)d frames, the last is %(last)d.", frames
            )
            raise BadNote(name, words % {"n": frames, "last": frames - 1})
    if frame is None and frame_end is not None:
        raise BadNote("frame_end", _("A range needs the frame where it begins."))
    if frame_end is not None and frame_end < frame:
        raise BadNote("frame_end", _("The range ends before it begins."))
    return frame, None if frame_end == frame else frame_end


def text(given: Any) -> str:
    """Lines as they were written, without what cannot be kept or would turn the words around.

    :raises BadNote: it is too long."""
    if not isinstance(given, str):
        raise BadNote("body", _("A note is a text."))
    kept = clean_lines(given)
    if len(kept) > MOST_SIGNS:
        raise BadNote(
            "body",
            _("A note has %(n)d signs at most; this one has %(has)d.") % {"n": MOST_SIGNS, "has": len(kept)},
        )
    return kept


def items_of(given: Any) -> list[str]:
    """The lines of a checklist; empty ones are left out.

    :raises BadNote:"""
    if not isinstance(given, list | tuple) or not all(isinstance(item, str) for item in given):
        raise BadNote("checklist", _("A checklist is a list of lines."))
    lines = [" ".join(text(item).split()) for item in given[: MOST_ITEMS * 5]]
    found = [line for line in lines if line]
    if (
        len(found) > MOST_ITEMS
        or len(given) > MOST_ITEMS * 5
        or any(len(line) > MOST_ITEM_SIGNS for line in found)
    ):
        words = _("A checklist has %(n)d lines at most, each of %(c)d signs.")
        raise BadNote("checklist", words % {"n": MOST_ITEMS, "c": MOST_ITEM_SIGNS})
    return found


def ticks(lines: Sequence[str], before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """A checklist as a note keeps it. A line that stood there before is done where it was."""
    had = {item["text"]: dict(item) for item in before}
    return [had.pop(line, {"text": line, "done": False, "by": "", "at": ""}) for line in lines]
