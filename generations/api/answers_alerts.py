"""What the API answers about alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema


class AlertAccount(Schema):
    id: UUID
    name: str
    gateway: str


class Alert(Schema):
    id: UUID
    kind: str
    severity: str
    account: AlertAccount | None
    subject: str = Field(description="of the workers, which; else empty")
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None
    acknowledged_by: str
    acknowledged_at: datetime | None
    facts: dict[str, Any] = Field(description="numbers; which ones, the kind says")
    title: str
    what: str
    advice: str


class Alerts(Schema):
    items: list[Alert]
    next_cursor: UUID | None
    looked_at: datetime | None = Field(description="when the studio looked for alerts last")
