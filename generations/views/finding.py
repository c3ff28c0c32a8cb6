"""Find what an address names, for this person; what they may not see is not there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404

from generations.models import Generation, Shot
from generations.services import looking_in


def take_for(user: Any, pk: UUID) -> Generation:
    """:raises Http404: for strangers as for ids that do not exist."""
    beside = Shot.objects.filter(project=OuterRef("project"))
    rows: Any = Generation.objects.visible_to(user).annotate(has_shots=Exists(beside))
    take: Any = get_object_or_404(
        rows.select_related("project", "author", "account", "model", "cancelled_by", "shot"), pk=pk
    )
    take.project.has_shots = take.has_shots  # see shots.any_in
    looking_in.trace(user, take.project)
    found: Generation = take
    return found


def read_id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
