"""Input files that people upload or derive. The bytes of an asset never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from generations.labels import searchable
from providers.gateways.values import Media
from providers.ids import new_id

from .project import Project

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


class AssetQuerySet(models.QuerySet["Asset"]):
    def visible_to(self, user: Any) -> Self:
        """Those of this person's projects, and those that are shared with the whole studio."""
        projects = Project.objects.visible_to(user)
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        return self.filter(Q(project__in=projects) | Q(shared_at__isnull=False, trashed_at=None))

    def usable_in(self, project: Project) -> Self:
        """What a take of the project may start from; whether it may be seen is another question."""
        return self.live().filter(Q(project=project) | Q(shared_at__isnull=False))

    def live(self) -> Self:
        return self.filter(trashed_at=None)

    def with_originals(self) -> Self:
        """With what each was made from, and that from: a copy answers to their names."""
        return self.select_related("derived_from__derived_from")


class Asset(models.Model):
    """``file``, ``thumb`` and ``strip`` are names in the media store, made from the id; ``name`` is only a
    label. ``thumb`` of a sound is its waveform; ``strip`` of a clip ten tiles side by side. A document has
    neither: nothing of the studio looks into it."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("image")
        CLIP = "clip", _("clip")
        SOUND = "sound", _("sound")
        DOCUMENT = "document", _("document")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assets")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=200)
    thumb = models.CharField(max_length=200, blank=True)
    strip = models.CharField(max_length=200, blank=True)
    # when the strip or the waveform was made, or found to be impossible
    drawn_at = models.DateTimeField(null=True)
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
    notes = models.TextField(blank=True)
    words = models.TextField(blank=True)  # what search looks through, see ``labels.searchable``
    rights = models.JSONField(default=dict)  # ``source``, ``licence``, ``likeness``: texts
    release = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="releases")
    shared_at = models.DateTimeField(null=True)
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    trashed_at = models.DateTimeField(null=True)

    objects = AssetQuerySet.as_manager()

    project_id: UUID
    derived_from_id: UUID | None

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "-id"]),
            models.Index(fields=["shared_at"], condition=Q(shared_at__isnull=False), name="shared_assets"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and not self.words:
            self.words = searchable(self.name)
        super().save(*args, **kwargs)

    def words_with(self, tags: Iterable[str]) -> str:
        """What search looks through, once these are its tags."""
        return searchable(self.name, *tags, self.notes, *self.rights.values())

    def hide_original_from(self, project: Project) -> None:
        """In memory: what a shared copy was made from, and is not shared, is nothing to other projects."""
        original = self.derived_from
        if original is None:
            return
        if original.project_id != project.pk and original.shared_at is None:
            self.derived_from = None
        else:
            original.hide_original_from(project)

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


class AssetTag(models.Model):
    """A word on an asset, in lower case."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)

    asset_id: UUID

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["asset", "name"], name="one_tag_once")]
        indexes = [models.Index(fields=["name", "asset"])]

    def __str__(self) -> str:
        return self.name
