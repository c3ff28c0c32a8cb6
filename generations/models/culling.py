"""What a team says of its takes while it sorts them: stars, tags, versions of one idea, kept filters, and
what a change was before, so that it can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .generation import Generation
from .project import Project

if TYPE_CHECKING:
    from uuid import UUID


class Rating(models.Model):
    """One person's stars for one take. The mean of all stands on the take itself, where it can be sorted."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="ratings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    stars = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now=True)

    generation_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["generation", "person"], name="one_rating_per_person"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="one_to_five_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} of 5"


class Tag(models.Model):
    """A word of one project, in lower case; offered while a take has it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_tag_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="taggings")

    tag_id: int
    generation_id: UUID

    class Meta:
        constraints = [models.UniqueConstraint(fields=["generation", "tag"], name="one_tag_once_a_take")]

    def __str__(self) -> str:
        return f"{self.tag}: {self.generation_id}"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> Self:
        """A person's own, and those that are shared, of the projects that they see."""
        mine = self.filter(project__in=Project.objects.visible_to(user))
        return mine.filter(Q(owner_id=user.pk) | Q(shared=True))


class SavedView(models.Model):
    """A filter of the gallery under a name: ``query`` is its address, as ``GalleryForm.query`` writes it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    project_id: UUID
    owner_id: UUID

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "owner", "name"], name="one_view_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """What somebody did to many takes at once. ``before`` maps ids of takes to how each was, as far as
    its ``kind`` needs it; only takes that are still as it left them go back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    after = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    project_id: UUID

    class Meta:
        indexes = [
            models.Index(fields=["made_at"]),
            models.Index(fields=["project", "person", "-id"], name="changes_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {len(self.before)}"
