"""What the API answers about shots."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema


class ShotLinks(Schema):
    self: str
    page: str
    takes: str = Field(description="the page of its takes")


class Shot(Schema):
    id: UUID
    project: str
    code: str
    title: str
    note: str
    number: int = Field(description="its place in the order, from 1")
    duration_s: float | None = Field(description="how long it is meant to be")
    chosen_take: UUID | None
    takes: int = Field(description="those that could be chosen")
    made_at: datetime
    links: ShotLinks


class Shots(Schema):
    items: list[Shot]


class Line(Schema):
    line: int = Field(description="of the file, its head being the first")
    fate: Literal["new", "changes", "same", "left", "cannot"]
    code: str
    why: str = Field(description="why it cannot be")
    fields: list[str] = Field(description="what of the shot the line would change")


class Imported(Schema):
    done: bool
    moves: int = Field(description="how many shots come to stand elsewhere")
    unread: list[str] = Field(description="columns of the list that nothing is taken of")
    lines: list[Line]
