"""Notes on a take: at a frame, over a range or on all of it, with a drawing, replies and a checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .generation import Generation
from .project import Project
from .share import Guest

if TYPE_CHECKING:
    from uuid import UUID


class Audience(models.TextChoices):
    """Who can read a note. Replies have the audience of what they answer."""

    INTERNAL = "internal", _("Internal")
    CLIENT = "client", _("Client")


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees the project reads both sides; guests read by their share alone."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def threads(self) -> Self:
        """Without replies."""
        return self.filter(parent=None)

    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def open(self) -> Self:
        """What somebody still has to do something about."""
        return self.alive().threads().filter(resolved_at=None)


class Comment(models.Model):
    """One note, or a reply to one. Written by a person of the studio (``author``) or by a ``guest``, whose
    name as it was then is ``author_name``.

    ``frame`` counts from 0 in the take's own clip; ``frame_end`` is the last one of a range; both empty: the
    whole clip. ``drawing`` is a list of shapes, each point relative to the picture (see services.sketches).
    ``checklist``: ``[{"text", "done", "by", "at"}]``. ``version`` goes up with every edit: who edits what
    somebody else changed meanwhile is told.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="comments")
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.INTERNAL)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    guest = models.ForeignKey(Guest, on_delete=models.SET_NULL, null=True, related_name="comments")
    author_name = models.CharField(max_length=150)
    frame = models.PositiveIntegerField(null=True)
    frame_end = models.PositiveIntegerField(null=True)
    body = models.TextField(blank=True)
    drawing = models.JSONField(default=list)
    checklist = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    resolved_in = models.ForeignKey(Generation, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    project_id: UUID
    generation_id: UUID
    parent_id: UUID | None
    author_id: UUID | None
    guest_id: UUID | None
    resolved_in_id: UUID | None

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="audience_is_known"),
            models.CheckConstraint(
                condition=Q(frame_end=None) | Q(frame__isnull=False, frame_end__gte=F("frame")),
                name="a_range_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["generation", "id"], name="comments_of_a_take"),
            models.Index(
                fields=["project", "-id"],
                condition=Q(parent=None, resolved_at=None, deleted_at=None),
                name="comments_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.body[:60]}"


class CommentEdit(models.Model):
    """How a note was before it was edited or deleted."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="edits")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField(blank=True)
    drawing = models.JSONField(default=list)
    checklist = models.JSONField(default=list)
    frame = models.PositiveIntegerField(null=True)
    frame_end = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"before {self.at}: {self.body[:60]}"


class Mention(models.Model):
    """A person named in a note."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="one_mention_per_person")]

    def __str__(self) -> str:
        return f"{self.person} in {self.comment_id}"
