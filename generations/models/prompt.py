"""Words kept: what a person wrote in a project, sent or set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from providers.ids import new_id

from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class PastPrompt(models.Model):
    """One text, once for each person and project. ``sent`` is False while it was only written: another text
    took its place in the composer before it became a take."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="past_prompts")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="past_prompts")
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    sent = models.BooleanField(default=False)
    used_at = models.DateTimeField(default=timezone.now)

    project_id: UUID

    class Meta:
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "project", "text_sha256"], name="one_past_prompt_per_text"
            )
        ]
        indexes = [models.Index(fields=["user", "project", "-used_at"], name="past_prompts_by_use")]

    def __str__(self) -> str:
        return self.text[:60]
