"""What Token360 booked for one call. Its page tells the envelope (``code``, ``msg``, ``data``; an HTTP 200
may carry a failing code, 404 among them) and not what stands in ``data``: names and unit below are guesses,
and what fits none of them is an error, never a sum.

Source: https://token360.ai/en-US/docs/api-reference/billing (read 2026-09).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from .errors import BadReply
from .values import Job
from .wire import Reply, WireRequest, as_text, people_text, raw_text

_DONE, _NOT_BOOKED = ("0", "200"), "404"
_SUMS = ("amount", "totalAmount", "total_amount", "cost", "totalCost", "total_cost")
_MOST_USD = 100_000_000


class Bookings:
    """A ``Bill``."""

    def build(self, job: Job) -> WireRequest:
        """By the id of the submit's own answer; a job that was found in the list has none."""
        path = f"/billing/requests/{quote(job.request_id, safe='')}"
        return WireRequest("GET", path, query={"type": "video"}, read_timeout_s=10.0)

    def read(self, reply: Reply) -> Decimal | None:
        """US dollars for the call; None while nothing is booked. A finished clip for nought counts as not
        booked: the estimate that stands is the safer word.

        :raises BadReply: another code, another currency, or no sum under a name that we know.
        """
        if reply.status == 404:
            return None
        told = reply.json()
        code = str(told.get("code"))
        if code == _NOT_BOOKED:
            return None
        if code not in _DONE:
            message = people_text(as_text(told.get("msg"))) or f"code {code[:40]}"
            raise BadReply(f"Token360 does not tell the cost: {message}", raw=raw_text(reply.body))
        amount = _sum(told.get("data"))
        if amount is None:
            raise BadReply("Token360 told the cost in an unknown shape.", raw=raw_text(reply.body))
        return amount or None


def _sum(data: Any) -> Decimal | None:
    """One booking or several; a single one that cannot be read spoils the sum."""
    bookings = data if isinstance(data, list) else [data]
    amounts = [_amount(booking) for booking in bookings]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None


def _amount(booking: Any) -> Decimal | None:
    if not isinstance(booking, Mapping) or booking.get("currency") not in (None, "", "USD"):
        return None
    told = next((booking[name] for name in _SUMS if booking.get(name) is not None), None)
    if isinstance(told, bool) or not isinstance(told, (str, int, float)):
        return None
    try:
        amount = Decimal(str(told)[:40])
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < _MOST_USD else None
