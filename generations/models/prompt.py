"""Words kept: what a person wrote in a project, sent or set aside, and what the team saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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


class SavedPromptQuerySet(models.QuerySet["SavedPrompt"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(project__in=Project.objects.visible_to(user))


class SavedPrompt(models.Model):
    """Words that the team keeps in a project: whole prompts, snippets to put in at the cursor, and what clips
    should not show. A text may have places to fill in: ``{{subject}}``."""

    class Kind(models.TextChoices):
        PROMPT = "prompt", _("prompt")
        SNIPPET = "snippet", _("snippet")
        NEGATIVE = "negative", _("negative prompt")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="saved_prompts")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=80)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SavedPromptQuerySet.as_manager()

    project_id: UUID
    owner_id: UUID

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "name"], name="one_saved_prompt_of_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=["prompt", "snippet", "negative"]), name="saved_prompt_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
