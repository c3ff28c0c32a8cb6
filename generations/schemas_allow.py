"""What the API takes about allow-lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Field

from providers.models import AllowList

from .schemas import Short, Strict

Names = Annotated[list[Short], Field(max_length=200)]
Seconds = Annotated[Decimal, Field(max_digits=8, decimal_places=2)]
OPEN = "empty: any"


class AllowListChange(Strict):
    """What is not named stays; an empty list, or a length of null, leaves that open again."""

    names: Names = Field(
        [], description=f"of models: name, family or gateway's id; * for any letters; {OPEN}"
    )
    accounts: list[UUID] = Field([], max_length=200, description=OPEN)
    resolutions: Names = Field([], description=OPEN)
    longest_s: Seconds | None = Field(None, description="of one clip; null: any")


class AllowListIn(AllowListChange):
    scope: AllowList.Scope
    project: Short = Field("", description="slug or id, with the scope *project*")
    role: Short = Field("", description="with the scope *role*: one of the studio, or owner or editor")
