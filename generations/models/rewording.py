"""Takes that are to be found by other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from providers.ids import new_id

from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class Rewording(models.Model):
    """What many takes are found by is written anew, since their shot is called something else or was removed.
    The row stays until all are done.

    ``was``: what the shot was called. ``shot`` is no foreign key, for the row outlives the shot."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    shot = models.UUIDField()
    was = models.CharField(max_length=300)

    project_id: UUID

    def __str__(self) -> str:
        return f"{self.shot} {self.was}".strip()
