"""What the API answers about files, characters and the places where files are registered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from .answers import Links


class Rights(Schema):
    source: str = ""
    licence: str = ""
    likeness: str = Field("", description="people who can be recognised")
    release: UUID | None = Field(None, description="the asset that proves their consent")


class Asset(Schema):
    id: UUID
    project: str | None = Field(description="null for a shared file of a project that you do not see")
    kind: str
    name: str
    mime: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration_s: float | None
    fps: float | None
    facts: dict[str, Any] = Field(description="codecs, sample rate, channels, colours and what stands out")
    derived_from: UUID | None = Field(description="the file that this is a copy of")
    derivation: dict[str, Any] = Field(description="what was asked of the copy; of a take's picture, which")
    notes: str
    tags: list[str]
    rights: Rights
    shared: bool = Field(description="with the whole studio")
    uses: int | None = Field(description="takes that you see and that start from it; null: not counted")
    uses_through_copies: int | None = Field(description="of those, where a copy of it went out in its place")
    created_at: datetime
    trashed_at: datetime | None
    links: Links


class Assets(Schema):
    items: list[Asset]
    next_cursor: str | None


class CharacterFile(Schema):
    id: UUID
    kind: str
    name: str
    project: str | None = Field(description="slug of the character's project, where the file lies in it")


class Character(Schema):
    id: UUID
    name: str
    notes: str
    project: str | None = Field(description="slug; null: of the whole studio")
    assets: list[CharacterFile] = Field(description="the main picture first")
    uses: int = Field(description="takes of yours that it was named in")
    version: str = Field(description="of its name, notes and files; goes along with a change")
    created_at: datetime
    archived_at: datetime | None
    links: Links


class Characters(Schema):
    items: list[Character]
    next_cursor: str | None


class Problem(Schema):
    code: str
    message: str


class Upload(Schema):
    """``asset`` once the file is whole and was taken; ``known``: the project had these bytes already.
    ``head_sha256``: of the first 64 KiB, while the file is not whole and so many are here."""

    id: UUID
    project: str
    name: str
    size_bytes: int
    offset: int
    head_sha256: str | None
    asset: UUID | None
    known: bool
    problem: Problem | None
    expires_at: datetime


class Registration(Schema):
    """``state`` is null where the picture was never given to this account; ``usable``: takes go out with the
    gateway's name for it."""

    account: str
    account_id: UUID
    gateway: str
    state: str | None
    usable: bool
    problem: str
    checked_at: datetime | None


class Registrations(Schema):
    items: list[Registration]
