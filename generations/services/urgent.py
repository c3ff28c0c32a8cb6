"""Which finished result is fetched first: the one whose address dies soonest, whatever was rung first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from generations.models import Generation, Status

from .lease import free

SOON_S = 900.0
PATIENCE_S = 5.0  # a free worker would have it by then


def before(take_id: Any) -> UUID | None:
    """A waiting take whose address dies soon, and sooner than that of this one."""
    mine = Generation.objects.filter(pk=take_id).values_list("result_expires_at", flat=True).first()
    return _waiting(timezone.now(), mine).exclude(pk=take_id).values_list("pk", flat=True).first()


def kept_waiting(take: Generation) -> bool:
    """Whether such a take waits for the worker that is busy with this one."""
    now = timezone.now()
    rows = _waiting(now, take.result_expires_at).filter(finished_at__lt=now - timedelta(seconds=PATIENCE_S))
    return rows.exists()


def _waiting(now: datetime, sooner_than: datetime | None) -> Any:
    """Results that a worker may fetch at once; those that failed wait out their pause, and only that."""
    soon = now + timedelta(seconds=SOON_S)
    sooner = Q(result_expires_at__lt=min(soon, sooner_than or soon))
    rows = Generation.objects.filter(free(now), sooner, status=Status.STORING, result_expires_at__gt=now)
    return rows.order_by("result_expires_at", "id")
