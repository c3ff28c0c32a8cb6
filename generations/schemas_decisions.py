"""What the API takes about reviews: decisions, who is asked, sign-offs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import StrictBool, StrictStr

from .schemas import Strict, Text, Word

Sha256 = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]


class DecisionIn(Strict):
    """``file_sha256`` and ``newest`` say what you looked at, as GET …/decisions gives them. Another file, or
    a version that came since: 409 version_replaced."""

    review: Literal["approved", "changes", "rejected"]
    file_sha256: Sha256
    newest: UUID | None = Field(None, description="the newest version of its stack that you know of")
    anyway: StrictBool = Field(False, description="this version is meant, though there is a newer one")
    words: Text = Field("", description="become an internal note on the take")


class ReviewIn(Strict):
    reviewer: Word | None = Field(None, description="user name or id of who is asked; null: whoever may")
    due_on: date | None = None


class SignOffIn(Strict):
    file_sha256: Sha256 = Field(description="of the clip that you mean")


class WithdrawIn(Strict):
    reason: Annotated[StrictStr, Field(min_length=1, max_length=300)]
