"""What every part of the API answers; the OpenAPI page is made from these and from the answers_* beside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema


class ErrorBody(Schema):
    code: str
    message: str
    field: str | None = None
    allowed: list[Any] | None = None
    scope: str | None = Field(None, description="with 429: whose limit tripped")


class Error(Schema):
    """Every answer that is not 2xx."""

    error: ErrorBody


class Links(Schema):
    self: str
    page: str | None = None


class Project(Schema):
    id: UUID
    slug: str
    name: str
    role: str | None
    frame_rate: str
    created_at: datetime
    archived_at: datetime | None
    links: Links


class Projects(Schema):
    items: list[Project]
    next_cursor: str | None


class Changed(Schema):
    count: int
