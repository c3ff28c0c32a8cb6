"""Rows told to people: recipe, history, receipt, how a take stands. No HTTP here; nothing is changed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")


def dollars(value: Any) -> str:
    """``$0.75``; parts of a cent are kept where there is nothing else."""
    amount = Decimal(str(value))
    if amount and abs(amount) < CENT:
        return f"${amount.normalize():f}"
    return f"${amount.quantize(CENT, ROUND_HALF_UP):,}"
