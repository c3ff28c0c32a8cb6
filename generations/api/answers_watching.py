"""What the API answers about the queue and about news."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema

from .answers_takes import Take


class QueuedTake(Schema):
    """``place``: its number in the line of its account; null while it is sent, runs, or is held back."""

    place: int | None
    starts_s: float | None = Field(description="in about how many seconds it is sent; null: not known")
    take: Take


class Queue(Schema):
    """``more`` wait in line beside those that are listed."""

    needs: list[QueuedTake]
    working: list[QueuedTake]
    waiting: list[QueuedTake]
    more: int


class Said(Schema):
    """What somebody else wrote or decided. ``words``: "Bob answered a note of yours"; ``text``: the note.
    Of a limit: how it stands, or what was asked or answered."""

    kind: str = Field(
        description="mention, reply, note, assigned, decision, fixed; of limits: limit, more, answer"
    )
    take: UUID | None
    comment: UUID | None
    by: str
    words: str
    text: str
    at: datetime


class News(Schema):
    """Your own takes that ended or wait for you, and what others said to you, that you have not seen on a
    page; newest first."""

    items: list[Take]
    said: list[Said]
    unseen: int


class Watching(Schema):
    which: str
    sound: bool
    notify: bool
    title: bool
    toasts: bool
    digest: str
    mail: bool = Field(description="whether mail can reach you: the studio sends some, and has your address")
