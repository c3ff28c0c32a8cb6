"""What the API answers about money that was spent. Sums are text with every digit."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Field, Schema

By = Literal["project", "client", "person", "user", "model", "gateway", "account", "shot", "tag"]
Range = Literal["this_month", "last_month", "today", "yesterday", "7", "30", "90", "own"]


class Asked(Schema):
    """A range by name, or ``since`` and ``until`` (both included); days begin at midnight of ``tz``, the
    studio's time zone where it is not named."""

    by: By = "project"
    range: Range | None = None
    since: date | None = None
    until: date | None = None
    tz: str = Field("", max_length=60)
    money: str = Field("USD", max_length=7, description="a currency (USD), or sandbox")
    project: str = Field("", max_length=80, description="id, or the name in its address")
    client: str = Field("", max_length=40, description="id, or none")
    person: str = Field("", max_length=40)
    account: str = Field("", max_length=40)
    gateway: str = Field("", max_length=40)
    model: str = Field("", max_length=120)
    tag: str = Field("", max_length=40)
    shot: str = Field("", max_length=40, description="id, or none")


class Sums(Schema):
    """``quoted`` was held before each attempt; of it ``released`` came back and ``held`` is held still.
    ``actual`` was charged, corrections included. ``refused`` failed and were not charged."""

    takes: int
    quoted: str
    actual: str
    released: str
    held: str
    refused: int
    approved: int
    approved_percent: str | None
    approved_s: str = Field(description="the length of the approved clips")
    an_approved_second: str | None = Field(description="all that was charged, by those seconds")
    unknown_prices: int = Field(description="attempts whose price nobody knows; they are in no sum")


class Group(Sums):
    """``id`` is the project's, person's, …; of a model its gateway and its id there, with a slash between.
    null: no client, or no shot."""

    id: str | None
    name: str
    beside: str = Field(description="a project's client; a model's or an account's gateway; a shot's project")


class Step(Schema):
    first_day: date
    last_day: date
    gateway: str
    quoted: str
    actual: str
    released: str
    held: str


class Usage(Schema):
    """``over_time`` leaves out what is nought. ``other_money`` can be asked for as ``money``: it is never
    added to this."""

    by: str
    first_day: date
    last_day: date
    tz: str
    money: str
    groups: list[Group]
    total: Sums
    over_time: list[Step]
    other_money: list[str]
