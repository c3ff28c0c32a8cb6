"""What the API answers of notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema


class Writer(Schema):
    name: str
    id: UUID | None
    is_guest: bool = Field(description="somebody who came by a link")


class Line(Schema):
    text: str
    done: bool
    by: str
    at: str


class Comment(Schema):
    """What was deleted and answered has no words any more."""

    id: UUID
    take: UUID
    parent: UUID | None
    audience: str = Field(description="internal or client")
    author: Writer
    body: str
    frame: int | None
    frame_end: int | None
    drawing: list[dict[str, Any]]
    checklist: list[Line]
    version: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    resolved_at: datetime | None
    resolved_in: UUID | None


class Thread(Comment):
    replies: list[Comment]


class Comments(Schema):
    items: list[Thread]
