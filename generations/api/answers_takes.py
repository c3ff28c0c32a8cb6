"""What the API answers about takes and what became of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from .answers import Links
from .answers_consents import Consent


class Failure(Schema):
    """``billed`` is null where nobody can tell; ``mend`` are changes with which it may pass: a setting, or
    the prompt or model (as the gateway spells it) that the gateway suggests."""

    class_: str = Field(alias="class")
    about: str | None = Field(
        description="whom a refusal is about: minor, public_figure or real_person; no consent lifts it"
    )
    title: str
    message: str
    hint: str
    mend: dict[str, Any]
    next_step: str
    billed: bool | None


class Cost(Schema):
    held_usd: str | None
    actual_usd: str | None
    basis: str
    actual_basis: str | None
    detail: list[str]


class OutputFile(Schema):
    kind: str
    mime: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration_s: float | None
    fps: float | None
    link: str


class UsedInput(Schema):
    """``url`` only until the file behind it is an asset, without its query, which may hold a key."""

    role: str
    asset: UUID | None
    url: str | None


class TakeLinks(Links):
    events: str


class InReview(Schema):
    """``signed_at``: since when a sign-off holds."""

    state: str | None = Field(description="in_review, changes, approved, rejected or null")
    client: str | None = Field(description="changes where a guest wants some, else approved where one does")
    reviewer: str | None = Field(description="who is asked to decide; null: anybody who may")
    due_on: date | None
    signed_at: datetime | None


class InShot(Schema):
    id: UUID
    code: str


class Take(Schema):
    id: UUID
    project: str
    author: str
    account: str
    model: str
    sandbox: bool
    mode: str
    prompt: str
    request: dict[str, Any]
    inputs: list[UsedInput]
    batch: UUID
    position: int
    shot: InShot | None
    parent: UUID | None
    relation: str | None
    fixes: UUID | None = Field(description="the note that it was made for")
    review: InReview
    hop: int = Field(description="how many clips it goes on from, one after the other; quality drifts")
    mark: str | None = Field(description="pick, reject or null: the last word of anybody")
    stars: float | None = Field(description="the mean of all people's, 1 to 5")
    tags: list[str]
    stack: UUID | None = Field(description="what it is a version of")
    version_no: int | None = Field(description="within its stack, from 1")
    on_top: bool = Field(description="whether it shows where a stack is one card")
    status: str
    version: int
    attempt: int
    overdue: bool
    parked: bool
    paused: bool = Field(description="held back in line by its author")
    wait_reason: str | None
    progress: float | None
    eta_s: float | None
    failure: Failure | None
    consent: Consent | None
    cost: Cost
    outputs: list[OutputFile]
    differences: list[str] = Field(
        description="one sentence for each setting that came out, or will come out, otherwise than asked"
    )
    created_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    completed_at: datetime | None
    ended_at: datetime | None
    trashed_at: datetime | None
    links: TakeLinks


class Takes(Schema):
    items: list[Take]
    next_cursor: str | None


class Batch(Schema):
    batch: UUID
    takes: list[Take]


class Event(Schema):
    id: int
    kind: str
    from_status: str | None
    to_status: str | None
    actor: str | None
    detail: dict[str, Any]
    at: datetime


class Events(Schema):
    items: list[Event]
    next_cursor: str | None
