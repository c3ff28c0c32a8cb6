"""What the API answers about decisions and sign-offs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema


class Decision(Schema):
    id: UUID
    review: str | None = Field(
        description="approved, changes, rejected, in_review; null: no longer in review"
    )
    by: str
    guest: bool
    verified_by: str = Field(description="member, mail or name: how sure the studio is of who it was")
    note: UUID | None
    file_sha256: str
    at: datetime


class Seen(Schema):
    file_sha256: str | None
    newest: UUID | None = Field(description="the newest version of its stack that has a clip")


class Decisions(Schema):
    items: list[Decision]
    seen: Seen


class SignOff(Schema):
    id: UUID
    at: datetime
    fits_file: bool = Field(description="whether the take still has the file that was signed")
    certificate: dict[str, Any]


class SignOffs(Schema):
    items: list[SignOff]
