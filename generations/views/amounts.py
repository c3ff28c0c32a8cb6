"""Sums of money as a form sends them back."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def shown_amount(text: str) -> Decimal | None:
    """The price that was shown; None where none was, nonsense counts as below any price."""
    try:
        amount = Decimal(text) if text else None
    except InvalidOperation:
        return Decimal(-1)
    return amount if amount is None or amount.is_finite() else Decimal(-1)


def agreed(text: str | None) -> tuple[Decimal, bool]:
    """What a form that says its price agrees to: at most so many US dollars, and whether to what has no known
    price. One that showed no price yet agrees to nothing but a free take; *unknown* to no sum either."""
    if text == "unknown":
        return Decimal(0), True
    return shown_amount(text or "") or Decimal(0), False
