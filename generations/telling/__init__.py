"""Rows told to people: recipe, history, receipt, how a take stands. No HTTP here; nothing is changed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")


def dollars(value: Any) -> str:
    """``$0.75``, ``$0.755``, ``-$0.10``: exact to the last digit, at least two after the point."""
    amount = Decimal(str(value))
    sign, amount = "-" if amount < 0 else "", abs(amount)
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{sign}${cents if cents == amount else amount.normalize():,f}"
