"""Shots: what a film is made of. A take belongs to one of them, or to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class Shot(models.Model):
    """``duration_s`` is how long it is meant to be, not what its takes are. ``order`` counts from 1 within
    the project; after a shot went, a number may be missing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shots")
    code = models.CharField(_("code"), max_length=40)
    code_key = models.CharField(max_length=800, editable=False)  # the code as codes are compared
    title = models.CharField(_("title"), max_length=200, blank=True)
    note = models.TextField(_("notes"), blank=True)
    order = models.PositiveIntegerField()
    duration_s = models.DecimalField(_("length"), max_digits=8, decimal_places=3, null=True, blank=True)
    chosen_take = models.OneToOneField(
        "Generation", on_delete=models.SET_NULL, null=True, blank=True, related_name="chosen_for"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    project_id: UUID
    chosen_take_id: UUID | None

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "code_key"], name="one_shot_per_code"),
            models.CheckConstraint(
                condition=Q(duration_s=None) | Q(duration_s__gt=0), name="shot_takes_some_time"
            ),
        ]
        indexes = [models.Index(fields=["project", "order"], name="shots_in_order")]

    def __str__(self) -> str:
        return self.code
