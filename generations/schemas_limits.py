"""What the API takes about limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field

from providers.models import Quota

from .schemas import Short, Strict

Sum = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]


class LimitIn(Strict):
    scope: Quota.Scope
    scope_id: UUID | None = Field(None, description="of the account, model, project, client or person")
    role: Short = Field("", description="with the scope *role*")
    measure: Quota.Measure
    period: Quota.Period
    time_zone: Short = Field("", description="IANA name; the studio's unless said")
    limit: Sum
    soft_limit: Sum | None = Field(None, description="people are told when it is reached")


class LimitChange(Strict):
    """What is not named stays; ``soft_limit: null`` takes it away."""

    limit: Sum | None = None
    soft_limit: Sum | None = None


class MoreIn(Strict):
    limit: UUID = Field(description="id of a limit that holds you, as a refusal names it")
    amount: Sum = Field(description="how much more, in the limit's unit")
    words: Short = ""


class AnswerIn(Strict):
    """``to``: the new limit, where it is raised. A refusal needs words."""

    answer: Literal["raise", "refuse"]
    to: Sum | None = None
    words: Short = ""
