"""Input files that people upload or derive. The bytes of an asset never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from providers.gateways.values import Media
from providers.ids import new_id

from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class AssetQuerySet(models.QuerySet["Asset"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(project__in=Project.objects.visible_to(user))

    def live(self) -> Self:
        return self.filter(trashed_at=None)

    def with_originals(self) -> Self:
        """With what each was made from, and that from: a copy answers to their names."""
        return self.select_related("derived_from__derived_from")


class Asset(models.Model):
    """``file`` and ``thumb`` are names in the media store, made from the id; ``name`` is only a label."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("image")
        CLIP = "clip", _("clip")
        SOUND = "sound", _("sound")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assets")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=200)
    thumb = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    mime = models.CharField(max_length=60)
    size_bytes = models.BigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration_s = models.FloatField(null=True)
    fps = models.FloatField(null=True)
    # what else the probe found, named as in ``media.MediaFacts``; empty for files from before it was kept
    facts = models.JSONField(default=dict)
    derived_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="derived")
    derivation = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    trashed_at = models.DateTimeField(null=True)

    objects = AssetQuerySet.as_manager()

    project_id: UUID
    derived_from_id: UUID | None

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-id"])]

    def __str__(self) -> str:
        return self.name

    def as_media(self) -> Media:
        """What the adapters and checks need to know of the file; without an address yet."""
        return Media(
            sha256=self.sha256,
            mime=self.mime,
            size_bytes=self.size_bytes,
            width=self.width,
            height=self.height,
            duration_s=self.duration_s,
            fps=self.fps,
            video_codec=self.facts.get("video_codec", ""),
            audio_codec=self.facts.get("audio_codec", ""),
            animated=self.facts.get("animated", False),
        )
