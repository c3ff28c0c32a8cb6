"""What a person should hear of: what somebody else did, how limits stand, and alerts. News of their own takes
stand on the takes."""

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


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: Any) -> Self:
        """A person's own: of projects that they are still in, and what is of no project; alerts as long as
        they are an administrator."""
        here = Q(project__in=Project.objects.visible_to(user)) | Q(project=None)
        rows = self.filter(here, person=user)
        return rows if user.is_administrator else rows.exclude(kind__in=Notification.OF_ALERTS)

    def unseen(self) -> Self:
        return self.filter(seen_at=None)


class Notification(models.Model):
    """One of a limit or an alert has no project, take and note; what its words are made of stands in
    ``detail``."""

    class Kind(models.TextChoices):
        MENTION = "mention", _("named you in a note")
        REPLY = "reply", _("answered a note of yours")
        NOTE = "note", _("wrote a note on a take of yours")
        ASSIGNED = "assigned", _("asks you to review a take")
        DECISION = "decision", _("decided on a take of yours")
        FIXED = "fixed", _("made a new version for a note of yours")
        LIMIT = "limit", _("a limit is nearly used up")
        MORE = "more", _("asks for more than a limit has")
        ANSWER = "answer", _("answered what you asked of a limit")
        ALERT = "alert", _("something needs an administrator")
        OVER = "over", _("what needed an administrator is over")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, null=True, related_name="+")
    comment = models.ForeignKey("Comment", on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    actor_name = models.CharField(max_length=150)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)  # in a mail of its own: those of limits and alerts

    OF_LIMITS = (Kind.LIMIT, Kind.MORE, Kind.ANSWER)
    OF_ALERTS = (Kind.ALERT, Kind.OVER)

    objects = NotificationQuerySet.as_manager()

    person_id: UUID
    project_id: UUID | None
    generation_id: UUID | None
    comment_id: UUID | None

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "-id"], condition=Q(seen_at=None), name="notifications_unseen"),
            models.Index(fields=["person", "-id"], name="notifications_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_kind_display()}"
