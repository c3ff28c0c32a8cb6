"""What the API answers about accounts, models and their prices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Field, Schema


class Account(Schema):
    id: UUID
    name: str
    gateway: str
    sandbox: bool
    unusable: str | None = Field(description="why nothing is sent through it now; null: it is usable")


class UsualPrice(Schema):
    amount_usd: str
    per: str = Field(description="second or video (one clip)")


class ModelPrice(Schema):
    """``basis``: quoted (asked at the gateway each time), estimated (by ``rule``), sandbox or unknown.
    ``usual`` is what ``rule`` says at the model's own defaults; a sandbox charges nothing of it."""

    basis: str
    rule: dict[str, Any] | None
    usual: UsualPrice | None


class TypicalTime(Schema):
    """From acceptance to the stored file: half of the ``takes`` within ``p50_s``, nine in ten ``p90_s``."""

    p50_s: float
    p90_s: float
    takes: int


class Model(Schema):
    id: UUID
    model: str
    label: str
    family: str
    account: Account
    listed: bool
    ends_on: str | None = Field(description="the day on which the gateway takes it away, as it told")
    favourite: bool = Field(description="marked by the person who asks")
    not_allowed: str | None = Field(description="whose allow-list it is not on; null: it may be used")
    capabilities: dict[str, Any]
    needs: list[str] = Field(description="what it does, in the words that ``need`` filters by")
    price: ModelPrice
    typical: TypicalTime | None = Field(description="out of this studio's own takes of the last 30 days")


class Models(Schema):
    items: list[Model]


class Quote(Schema):
    """``amount_usd`` is null exactly where no price is known."""

    amount_usd: str | None
    basis: str
    detail: list[str]
