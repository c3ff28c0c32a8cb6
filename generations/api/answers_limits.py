"""What the API answers about limits."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema


class Limit(Schema):
    """Sums as text, in US dollars, takes or seconds."""

    id: UUID
    scope: str
    scope_id: UUID | None
    role: str
    applies_to: str
    measure: str
    period: str
    time_zone: str
    limit: str
    soft_limit: str | None
    used: str = Field(description="in the present period; of a role yours, or the fullest counter of others")
    left: str
    begins_at: datetime | None
    resets_at: datetime | None
    holds_you: bool


class Limits(Schema):
    items: list[Limit]


class LimitRequest(Schema):
    id: UUID
    limit: UUID | None = Field(description="null where it is gone since")
    about: str
    by: str
    amount: str
    words: str
    at: datetime
    state: Literal["open", "raised", "refused"]
    answered_by: str
    answered_at: datetime | None
    answer: str
    raised_to: str | None


class LimitRequests(Schema):
    items: list[LimitRequest]
