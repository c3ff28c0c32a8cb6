"""What the API answers about allow-lists."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema


class AllowList(Schema):
    id: UUID
    scope: str
    project: UUID | None
    role: str
    applies_to: str
    names: list[str] = Field(description="of models; empty: any")
    accounts: list[UUID]
    resolutions: list[str]
    longest_s: str | None
    models: int = Field(description="how many that are offered now it leaves something of")
    holds_you: bool
    changed_at: datetime


class AllowLists(Schema):
    items: list[AllowList]
