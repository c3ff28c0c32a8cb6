"""A note as a form sends it, read into what ``services.comments`` takes; that checks what it says."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from generations.services.note_words import BadNote


def note_of(given: QueryDict) -> dict[str, Any]:
    """All that a person of the studio writes.

    :raises BadNote:
    """
    return {
        "body": given.get("body", ""),
        "frame": number(given, "frame"),
        "frame_end": number(given, "frame_end"),
        "drawing": drawing(given),
        "checklist": given.getlist("checklist"),
    }


def number(given: QueryDict, name: str) -> int | None:
    """:raises BadNote:"""
    text = given.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadNote(name, _("A frame is a whole number, counted from 0."))
    return int(text)


def drawing(given: QueryDict) -> Any:
    """Shapes as the drawing script writes them.

    :raises BadNote:
    """
    text = given.get("drawing", "").strip()
    try:
        return json.loads(text) if text else []
    except (ValueError, RecursionError) as error:
        raise BadNote("drawing", _("The drawing cannot be read.")) from error
