"""What the API takes of notes."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field
from pydantic import StrictInt, StrictStr

from .schemas import Extra, Strict
from .services.note_words import MOST_ITEMS, MOST_SIGNS
from .services.sketches import MOST_SHAPES

Frame = Annotated[StrictInt, Field(ge=0, le=2**31 - 1)]
Lines = Annotated[list[Annotated[StrictStr, Field(max_length=1000)]], Field(max_length=MOST_ITEMS)]


class Content(Strict):
    """``frame`` counts from 0 in the clip that the take's page plays; ``frame_end`` is the last one of a
    range; without both the note is about the whole clip. ``drawing``: shapes ``{"tool": pen | arrow | box |
    text, "colour": yellow | white | red | blue, "points": [[x, y], …]}``, 0 to 1 from the picture's left and
    top; text has one point and ``"text"``."""

    body: Annotated[StrictStr, Field(max_length=MOST_SIGNS * 4)] = ""
    frame: Frame | None = None
    frame_end: Frame | None = None
    drawing: Annotated[list[Extra], Field(max_length=MOST_SHAPES)] = []
    checklist: Lines = []

    def said(self) -> dict[str, Any]:
        names = ("body", "frame", "frame_end", "drawing", "checklist")
        return {name: getattr(self, name) for name in names}


class CommentIn(Content):
    """With ``parent`` a reply, which has its thread's audience and no moment of its own."""

    audience: Literal["internal", "client"] = "internal"
    parent: UUID | None = None


class CommentChange(Content):
    """All of the note anew. ``version``: of the note as you read it; if it was changed since, 409 with how it
    stands now."""

    version: Annotated[StrictInt, Field(ge=0)]


class ResolvedIn(Strict):
    take: UUID | None = Field(None, description="the version that settled it")
