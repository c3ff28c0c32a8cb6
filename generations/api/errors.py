"""How an API view says no: a status, a word for programs, a sentence for people."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _


class ApiError(Exception):
    """Leaves as ``{"error": {"code", "message", "field"?, "allowed"?, …}}`` with ``status``."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str = "",
        allowed: Sequence[Any] = (),
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.allowed = list(allowed)
        self.more = more

    def plain(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field:
            error["field"] = self.field
        if self.allowed:
            error["allowed"] = self.allowed
        return {"error": {**error, **self.more}}


def not_found(field: str = "") -> ApiError:
    """The same answer for what is not there and what this person may not see."""
    return ApiError(404, "not_found", _("There is nothing here."), field=field)


def price_moved(message: str, amount_usd: Decimal | None, *, field: str) -> ApiError:
    """With the price as it is now; null where none is known."""
    now = None if amount_usd is None else str(amount_usd)
    return ApiError(409, "price_moved", message, field=field, amount_usd=now)


def invalid(field: str, message: str, allowed: Sequence[Any] = ()) -> ApiError:
    return ApiError(422, "invalid_request", message, field=field, allowed=allowed)
