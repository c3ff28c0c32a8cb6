"""What the API answers about sorting the gallery, and its saved views."""

from __future__ import annotations

from uuid import UUID

from ninja import Field, Schema


class Sorted(Schema):
    change: UUID | None = Field(description="what undo needs; null: nothing was changed")
    changed: list[UUID]


class Unsorted(Schema):
    undone: int
    left: int = Field(description="changed since by somebody, and left as they are")


class SavedView(Schema):
    id: UUID
    name: str
    query: str = Field(description="of the gallery's address, behind the question mark")
    shared: bool
    mine: bool
    owner: str
