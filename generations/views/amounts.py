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
