"""How a take ends badly, and what becomes of the money held for it.

A definite *not billed* releases the hold. Anything else settles it at the held sum: nobody may find
later that money was spent which no receipt shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from generations.models import Generation, Status
from providers import ledger
from providers.gateways.values import Failure

from . import transitions


def fail(
    take: Generation,
    failure: Failure,
    *,
    frm: Iterable[str],
    raw: str = "",
    guard: Q | None = None,
) -> bool:
    """Set a take to failed with its class, sentence and money; False when somebody else was first."""
    with transaction.atomic():
        moved = transitions.move(
            take,
            Status.FAILED,
            frm=frm,
            kind="failed",
            guard=Q(attempt=take.attempt) & (guard or Q()),  # or the hold of a newer one would stay open
            detail={
                "class": failure.failure_class,
                "message": failure.message[:500],
                "billed": failure.billed,
                "code": failure.code,
            },
            next_poll_at=None,
            parked_at=None,
            **_told(failure, raw),
        )
        if moved:
            close_money(take, failure.billed, failure.cost_usd)
    return moved


def _told(failure: Failure, raw: str) -> dict[str, Any]:
    """What the row keeps of it, as long as its columns are."""
    return {
        "failure_class": failure.failure_class,
        "failure_message": failure.message[:2000],
        "failure_hint": failure.hint[:500],
        "failure_mend": dict(failure.mend),
        "failure_code": failure.code[:120],
        "failure_billed": failure.billed,
        "failure_raw": raw[:2000],
    }


def cost_of(take: Generation) -> tuple[Decimal, str]:
    """What the gateway told, else the frozen price, marked as what it is."""
    return told_cost(take) or (take.held_usd or Decimal(0), take.price_basis)


def close_money(take: Generation, billed: bool | None, told_usd: Decimal | None = None) -> None:
    """End the hold of the present attempt after a final *no*; inside the caller's transaction.

    A cost that the gateway told, now or when it finished, counts before the held sum.
    A take that was resumed after its money had been settled keeps what the ledger says.
    """
    if billed is False:
        closed = ledger.release(take.pk, take.attempt, "not billed")
        actual, basis = Decimal(0), take.price_basis
    else:
        actual, basis = told_cost(take) or (
            take.held_usd or Decimal(0),
            take.price_basis if billed else "unknown",
        )
        if told_usd is not None and not take.account.sandbox:
            actual, basis = told_usd, "actual"
        note = "billed" if billed else "may have been billed"
        closed = ledger.settle(take.pk, take.attempt, actual, basis, note) or (
            billed is True and ledger.made_after_all(take.pk, take.attempt, actual, basis, note)
        )
    if closed:
        Generation.objects.filter(pk=take.pk).update(actual_usd=actual, actual_basis=basis)


def told_cost(take: Generation) -> tuple[Decimal, str] | None:
    """What the gateway said this take cost (``actual``) or counted (``usage``), in USD; None if nothing.

    A sum with another basis is left from a failure that was resumed since, and tells no cost.
    """
    if take.actual_usd is not None and take.actual_basis in ("actual", "usage") and not take.account.sandbox:
        return take.actual_usd, take.actual_basis
    return None


def close_cancelled(
    take: Generation, billed: bool | None, detail: dict[str, Any], told_usd: Decimal | None = None
) -> bool:
    """The gateway's final word on a take that a person had cancelled: no file will come."""
    with transaction.atomic():
        done = transitions.touch(
            take, "gateway ended it", detail=detail, guard=Q(next_poll_at__isnull=False), next_poll_at=None
        )
        if done:
            close_money(take, billed, told_usd)
    return done
