"""Which finished result is fetched first: the one whose address dies soonest, whatever was rung first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from generations.models import Event, Generation, Status

from . import transitions
from .lease import free

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


def _waiting(now: datetime, sooner_than: datetime | None) -> Any:
    """Results that a worker may fetch at once; those that failed wait out their pause, and only that."""
    soon = now + timedelta(seconds=SOON_S)
    sooner = Q(result_expires_at__lt=min(soon, sooner_than or soon))
    rows = Generation.objects.filter(free(now), sooner, status=Status.STORING, result_expires_at__gt=now)
    return rows.order_by("result_expires_at", "id")
