"""Characters: named sets of files that prompts speak of, of one project or of the whole studio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .asset import Asset
from .generation import Generation
from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class CharacterQuerySet(models.QuerySet["Character"]):
    def visible_to(self, user: Any) -> Self:
        """Those of one's projects, and of the studio to everybody in it."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        return self.filter(Q(project=None) | Q(project__in=Project.objects.visible_to(user)))

    def in_project(self, project: Any) -> Self:
        """What can be named there."""
        return self.filter(Q(project=None) | Q(project=project))

    def live(self) -> Self:
        return self.filter(archived_at=None)


class Character(models.Model):
    """``project`` is empty for one of the whole studio; its files then lie in the project where it was made
    and are copied into the one that uses them. Takes keep the files, so a later change leaves them alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="characters")
    name = models.CharField(_("name"), max_length=60)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)
    takes = models.ManyToManyField(Generation, related_name="characters")

    objects = CharacterQuerySet.as_manager()

    project_id: UUID | None

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def assets(self) -> list[Asset]:
        """Its files in their order, without those in the trash: pictures, the main one first; clip; voice."""
        live = [row.asset for row in self.files.all() if row.asset.trashed_at is None and row.asset.file]
        return sorted(live, key=lambda asset: list(Asset.Kind).index(Asset.Kind(asset.kind)))


class CharacterFile(models.Model):
    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="files")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    asset_id: UUID

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["character", "asset"], name="a_file_once_in_a_character")
        ]

    def __str__(self) -> str:
        return f"{self.character}: {self.asset}"

    @staticmethod
    def prefetched() -> models.Prefetch[str]:
        """``files`` with their assets, in order."""
        return models.Prefetch("files", CharacterFile.objects.select_related("asset__project"))
