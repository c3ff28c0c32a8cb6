"""What the API answers about the audit log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Field, Schema


class AuditLine(Schema):
    number: int = Field(description="its place in the chain; 0: it is just being added")
    previous: str = Field(description="digest of the line before")
    digest: str | None
    at: str
    actor_id: UUID | None
    actor_name: str
    verb: str
    subject: str
    subject_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    address: str = Field(description="from where it was asked for")


class AuditLines(Schema):
    items: list[AuditLine]
    next_cursor: int | None
