"""Takes that are versions of one shot or one idea, under one card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from providers.ids import new_id

from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class Stack(models.Model):
    """Its takes name it, each with its number; one of them is on top (see ``Generation.is_top``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="stacks")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    last_no = models.PositiveSmallIntegerField(default=0)  # the highest number that was ever given

    project_id: UUID

    def __str__(self) -> str:
        return str(self.pk)
