"""What a key of ElkAPI has left, as builds of new-api tell it.

``/api/usage/token`` counts in units of which 500,000 are a dollar. A build without it has the two older
pages, whose numbers are dollars, yuan or units as the operator chose, so they are never taken for dollars
here (new-api's source, mid-2026; not in ElkAPI's own pages).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .errors import BadReply
from .values import Standing
from .wire import Reply, WireRequest, as_mapping, as_number, money_text, raw_text

QUOTA = WireRequest("GET", "../api/usage/token", climbs=True)
BILLING = (
    WireRequest("GET", "/dashboard/billing/subscription"),
    WireRequest("GET", "/dashboard/billing/usage"),
)
_UNITS_A_DOLLAR = 500_000
_NO_LIMIT = 100_000_000  # stands for a key without a limit of its own


def read_quota(reply: Reply) -> Standing:
    """:raises BadReply: for an answer without a sum: errors come with 200 too."""
    data = as_mapping(reply.json().get("data"))
    left, used = (_usd(data.get(name)) for name in ("total_available", "total_used"))
    if data.get("unlimited_quota") is True:
        return Standing(used_usd=used, unlimited=True)
    if left is None:
        raise _unread(reply)
    return Standing(balance_usd=left, used_usd=used)


def _usd(units: object) -> Decimal | None:
    """A key may be overdrawn by the last job."""
    number = as_number(units)
    return None if number is None else Decimal(str(number)) / _UNITS_A_DOLLAR


def read_billing(limit: Reply, usage: Reply) -> Standing:
    """What is left is the limit without what was used; the latter is told in hundredths."""
    most, used = _amount(limit.json(), "hard_limit_usd"), _amount(usage.json(), "total_usage")
    if most is None or used is None:
        raise _unread(usage if used is None else limit)
    if most >= _NO_LIMIT:
        return Standing(unlimited=True)
    return Standing(beside=f"{most - used / 100:.2f} left of {most:.2f}, in ElkAPI's own unit")


def _amount(data: Mapping[str, Any], name: str) -> Decimal | None:
    """A number, or a text as the newest builds write it."""
    told = data.get(name)
    number = as_number(told)
    return money_text(told) if isinstance(told, str) else None if number is None else Decimal(str(number))


def _unread(reply: Reply) -> BadReply:
    return BadReply("ElkAPI tells no balance.", status=reply.status, raw=raw_text(reply.body))
