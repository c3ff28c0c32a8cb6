"""What the API answers about consent: what is asked, and what was recorded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema


class Consent(Schema):
    """What a person has to read and tick; send the names of ``statements`` back as ticks."""

    flow: str
    version: str
    policy_text: str
    text_sha256: str
    statements: dict[str, str]
    roles: list[str]
    docs_url: str


class ConsentQuestion(Consent):
    same_question: list[UUID] = Field(
        description="other takes of its author that wait for the same words about the same bytes"
    )


class ConsentedFile(Schema):
    role: str
    sha256: str


class ConsentRecord(Schema):
    id: UUID
    generation: UUID
    account: str
    flow: str
    version: str
    policy_text: str
    text_sha256: str
    statements: dict[str, str]
    files: list[ConsentedFile]
    address: str | None
    created_at: datetime
    withdrawn_at: datetime | None
    person: str
    withdrawn_by: str | None = Field(description="whose withdrawal it was, where somebody else's")
    withdrawal_reason: str


class ConsentRecords(Schema):
    items: list[ConsentRecord]
    next_cursor: str | None
