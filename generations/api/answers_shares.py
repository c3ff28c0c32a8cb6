"""What the API answers about links for guests."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema


class ShareLinks(Schema):
    self: str
    page: str
    preview: str


class SharedTake(Schema):
    take: UUID
    caption: str
    number: int = Field(description="of *Take 3*, where it has no caption; it stays")


class Share(Schema):
    id: UUID
    project: str
    title: str
    brand: str
    state: Literal["live", "expired", "revoked", "used_up"]
    trouble: str = Field(description="why it shows nothing, where its saved view is gone")
    token_end: str = Field(description="the last four signs of its address")
    passphrase: bool = Field(description="whether there is one")
    expires_at: datetime | None
    most_views: int | None
    views: int
    may_comment: bool
    may_approve: bool
    may_download: bool
    follows_view: bool
    view: UUID | None
    takes: list[SharedTake]
    takes_version: str = Field(description="of `takes`; whoever changes them says which they read")
    made_by: str
    created_at: datetime
    revoked_at: datetime | None
    last_visit_at: datetime | None
    guests: list[str] = Field(description="names that guests gave, six at most")
    links: ShareLinks


class NewShare(Share):
    token: str = Field(description="told in this answer alone")
    url: str


class Shares(Schema):
    items: list[Share]
    next_cursor: str | None
