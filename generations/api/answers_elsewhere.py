"""What the API answers about running takes at another account."""

from __future__ import annotations

from uuid import UUID

from ninja import Field, Schema


class Alternative(Schema):
    account: str
    account_id: UUID
    model: str
    amount_usd: str | None = Field(description="null: no price is known")
    basis: str
    differences: list[str] = Field(description="sentences: all that would differ from the take as it is")


class Alternatives(Schema):
    items: list[Alternative]


class LineAlternative(Schema):
    """``amount_usd`` is for all ``takes``; null where one price is not known."""

    account: str
    account_id: UUID
    takes: list[UUID]
    amount_usd: str | None
    differences: list[str]


class LineAlternatives(Schema):
    items: list[LineAlternative]


class Moved(Schema):
    moved: int
