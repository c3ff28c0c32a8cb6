"""A file that comes in parts. Its bytes lie in the media store until the last of them is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from providers.ids import new_id

from .asset import Asset
from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class Upload(models.Model):
    """``offset``: how many bytes were here when the last part ended; the part file itself knows better.

    At the end there is an ``asset`` (``known`` if the project had these bytes already) or a ``problem``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, null=True, related_name="+")
    known = models.BooleanField(default=False)
    problem = models.CharField(max_length=400, blank=True)
    code = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    owner_id: UUID
    project_id: UUID
    asset_id: UUID | None

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
