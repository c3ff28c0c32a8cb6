"""The takes that were made by one click, as a page shows them together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from generations.models import IN_FLIGHT, Event, Generation, GenerationInput

from .feed import awaits_picture


def takes_of(user: Any, batch_id: UUID) -> list[Generation]:
    """In the order in which they were asked for; those in the trash are left out."""
    rows = Generation.objects.visible_to(user).filter(batch_id=batch_id).in_view()
    return list(
        rows.select_related("model", "account", "author", "cancelled_by", "project").order_by("position")
    )


def with_files(takes: list[Generation]) -> list[Generation]:
    """Outputs and inputs of all of them, in two queries."""
    inputs = GenerationInput.objects.select_related("asset")
    prefetch_related_objects(takes, "outputs", Prefetch("inputs", inputs))
    return takes


def version_of(takes: Sequence[Generation]) -> str:
    """Changes with everything that a page of these takes shows; one query."""
    events = Event.objects.filter(generation__in=[take.pk for take in takes]).count()
    told = "".join(f"{take.pk}{take.version}{take.changed_at.isoformat()}" for take in takes)
    return f"{events}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def is_busy(takes: Sequence[Generation]) -> bool:
    return any(take.status in IN_FLIGHT or awaits_picture(take) for take in takes)
