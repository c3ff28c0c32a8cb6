"""What a finished take really cost, asked for once its clip is safe. The take is charged at its frozen price
until the gateway tells; when it tells nothing after COST_TRIES questions, that price stays, marked as what it
is.

The row of a look-up is the truth here: each question moves ``due_at`` on before the bell is rung, so that a
worker that dies with it loses one question and no more.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from generations.models import CostLookUp, Generation
from providers import accounts, former_keys, ledger, prices
from providers.gateways.errors import GatewayError

from . import derive, rhythm, transitions
from .ring import ring

logger = logging.getLogger(__name__)
COST_TRIES = 5
_AT_ONCE = 50


def expect(take: Generation) -> None:
    """Have the cost of a stored take looked up; inside the transaction that says that it is stored.

    A sandbox account costs nothing, whatever its gateway's bill says.
    """
    if take.account.adapter.bill is None or not take.job_request_id or take.account.sandbox:
        return
    due_at = timezone.now() + timedelta(seconds=rhythm.cost_wait_s(0))
    CostLookUp.objects.get_or_create(generation=take, defaults={"attempt": take.attempt, "due_at": due_at})


def ring_due() -> int:
    """Ring for look-ups whose time has come, and forget those whose tries are used up. While a finished clip
    waits for a worker, nobody asks for money.

    :returns: how many were rung.
    """
    now = timezone.now()
    due = list(CostLookUp.objects.filter(due_at__lte=now).order_by("due_at")[:_AT_ONCE])
    if not due or derive.stores_wait():
        return 0
    return sum(_ring_or_forget(look_up) for look_up in due)


def _ring_or_forget(look_up: CostLookUp) -> int:
    rows = CostLookUp.objects.filter(pk=look_up.pk, tries=look_up.tries)
    if look_up.tries >= COST_TRIES:
        rows.delete()
        logger.info("take %s: the gateway tells no cost; the estimate stays", look_up.pk)
        return 0
    wait = timedelta(seconds=rhythm.cost_wait_s(look_up.tries + 1))
    if not rows.update(tries=F("tries") + 1, due_at=timezone.now() + wait):
        return 0
    ring("look_up_cost", look_up.pk)
    return 1


def look_up_cost(take_id: str) -> None:
    """Ask once. What goes wrong is asked again by the row's own time; the take is never touched by it."""
    rows = CostLookUp.objects.select_related("generation__account", "generation__model")
    asked = rows.filter(pk=UUID(take_id)).first()
    if asked is None or asked.generation.account.why_unusable():
        return
    try:
        take = asked.generation
        told = accounts.client_for(take.account, take.key_no).cost(take.as_job())
    except GatewayError as error:
        former_keys.fell(take.account_id, take.key_no, error)
        logger.info("take %s: its cost is not told: %s", take_id, error.message)
        return
    if told is not None:
        _book(asked, told.quantize(prices.MILLIONTH, ROUND_HALF_UP))


def _book(asked: CostLookUp, told_usd: Decimal) -> None:
    """Two answers to the same question are booked once: the row ends with the booking. Where nothing could be
    booked it stays, until its tries are used up."""
    take = asked.generation
    before = take.actual_usd
    with transaction.atomic():
        transitions.hold([take.pk])  # before its money, as everybody has them
        rows = CostLookUp.objects.filter(pk=asked.pk)
        if not rows.exists():
            return
        if not ledger.correct(take.pk, asked.attempt, told_usd, "told by the gateway"):
            logger.warning("take %s: %s USD was told, and no charge stands to correct", take.pk, told_usd)
            return
        rows.delete()
        transitions.touch(
            take,
            "cost told",
            guard=Q(attempt=asked.attempt),
            detail={"usd": str(told_usd), "before_usd": None if before is None else str(before)},
            actual_usd=told_usd,
            actual_basis="actual",
        )
