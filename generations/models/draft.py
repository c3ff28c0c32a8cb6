"""What stands in a person's composer, kept per project."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .project import Project


class Draft(models.Model):
    """``version`` counts the changes of ``body`` and ``tab`` names the page that made the last one: another
    page that saves over it without having seen it is told. ``replaced`` is what a take or a recipe was put in
    the place of, ``{"body", "words"}``, until the person goes on from there; empty: nothing to undo."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="drafts")
    body = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    tab = models.CharField(max_length=32, blank=True)
    replaced = models.JSONField(default=dict)
    matrix = models.JSONField(default=dict)  # the axes of the matrix page
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "project"], name="one_draft_per_person_and_project")
        ]

    def __str__(self) -> str:
        return f"draft of {self.user} in {self.project}"

    @property
    def prompt(self) -> str:
        return str(self.body.get("prompt") or "")
