"""Which finished result is fetched first: the one whose address dies soonest, whatever was rung first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from generations.models import Event, Generation, Status
from providers.gateways.registry import all_gateways
from providers.gateways.values import ResultKind

from . import transitions
from .lease import free
from .links import being_fetched

SOON_S = 900.0
PATIENCE_S = 5.0  # a free worker would have it by then


def before(take_id: Any) -> UUID | None:
    """A waiting take whose address dies soon, and sooner than that of this one."""
    mine = Generation.objects.filter(pk=take_id).values_list("result_expires_at", flat=True).first()
    return _waiting(timezone.now(), mine).exclude(pk=take_id).values_list("pk", flat=True).first()


def asks_for_room(take: Generation) -> bool:
    """Whether the download of this take stops for such a take, which then has had its one request.

    Once is enough, for the next free worker serves it; and one that fails again and again must not
    break off others each time. Its history keeps that it asked; of two workers one hears it.
    """
    now = timezone.now()
    patient = Q(finished_at__lt=now - timedelta(seconds=PATIENCE_S))
    asked = Event.objects.filter(generation=OuterRef("pk"), kind="went first")
    waits = _waiting(now, take.result_expires_at).filter(patient, ~Exists(asked)).first()
    return waits is not None and transitions.touch(waits, "went first", guard=Q(version=waits.version))


def leaves_room(take: Generation) -> bool:
    """Whether this take, just claimed, steps back so that a worker stays free for a short-lived result.

    A file that the gateway sends itself (after up to ten silent minutes at SilkDock), or whose fetches
    are counted, cannot be stopped for another. The files cluster has two workers: while a result that
    lives minutes could come, one such download runs at a time. Which links have no ranges is known too
    late for this. To lose nothing here either, a take steps back for half of its own result's life only.
    """
    now = timezone.now()
    kept = timedelta(seconds=take.account.adapter.keeps_results_s)
    if not _is_unstoppable(take) or _is_hasty(take, now) or (take.finished_at or now) < now - kept / 2:
        return False
    return _hasty_could_come() and _another_is_unstoppable(take, now)


def needs_the_last_worker(now: datetime) -> bool:
    """Whether a link, which cannot be stopped for another either, is not fetched now."""
    return _hasty_could_come() and _unstoppable_held(now).exists()


def _is_unstoppable(take: Generation) -> bool:
    return take.result_kind == ResultKind.BYTES or take.account.adapter.counts_fetches


def _is_hasty(take: Generation, now: datetime) -> bool:
    soon = now + timedelta(seconds=SOON_S)
    return take.account.gateway in _hasty_gateways() or bool(
        take.result_expires_at and take.result_expires_at < soon
    )


def _hasty_gateways() -> list[str]:
    return [name for name, gateway in all_gateways().items() if gateway.keeps_results_s <= SOON_S]


def _hasty_could_come() -> bool:
    at_work = Generation.objects.filter(status__in=[Status.SUBMITTING, Status.RUNNING])
    return at_work.filter(account__gateway__in=_hasty_gateways()).exists()


def _another_is_unstoppable(take: Generation, now: datetime) -> bool:
    return _unstoppable_held(now).exclude(pk=take.pk).exists() or being_fetched(now).exists()


def _unstoppable_held(now: datetime) -> QuerySet[Generation]:
    counting = [name for name, gateway in all_gateways().items() if gateway.counts_fetches]
    unstoppable = Q(result_kind=ResultKind.BYTES) | Q(account__gateway__in=counting)
    return Generation.objects.filter(
        unstoppable,
        status__in=[Status.STORING, Status.CANCELLED],
        lease_until__gt=now,
        lease_holder__isnull=False,
    )


def _waiting(now: datetime, sooner_than: datetime | None) -> Any:
    """Results that a worker may fetch at once; those that failed wait out their pause, and only that."""
    soon = now + timedelta(seconds=SOON_S)
    sooner = Q(result_expires_at__lt=min(soon, sooner_than or soon))
    rows = Generation.objects.filter(free(now), sooner, status=Status.STORING, result_expires_at__gt=now)
    return rows.order_by("result_expires_at", "id")
