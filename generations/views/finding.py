"""Find what an address names, for this person; what they may not see is not there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from generations.models import Generation
from generations.services import looking_in


def take_for(user: Any, pk: UUID) -> Generation:
    """:raises Http404: for strangers as for ids that do not exist."""
    rows = Generation.objects.visible_to(user)
    take = get_object_or_404(
        rows.select_related("project", "author", "account", "model", "cancelled_by", "shot"), pk=pk
    )
    looking_in.trace(user, take.project)
    return take


def read_id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
