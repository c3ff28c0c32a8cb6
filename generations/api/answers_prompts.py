"""What the API answers about prompts, saved and past."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema


class SavedPrompt(Schema):
    id: UUID
    project: str
    kind: str
    name: str
    text: str
    variables: list[str] = Field(description="the places to fill in, in their order")
    owner: str
    updated_at: datetime


class SavedPrompts(Schema):
    items: list[SavedPrompt]
    next_cursor: str | None


class PastPrompt(Schema):
    id: UUID
    text: str
    sent: bool = Field(description="false: other words took its place before it became a take")
    used_at: datetime


class PastPrompts(Schema):
    items: list[PastPrompt]
