"""AuditEvent: who changed what in the studio's administration."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """Append-only. ``before`` and ``after`` never hold a secret."""

    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=150, blank=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("audit event")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.subject}"


def audit(
    actor: Any,
    verb: str,
    subject: str,
    subject_id: object = "",
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Record one administrative change; ``actor`` is a user, or None for a command."""
    AuditEvent.objects.create(
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor or "command"),
        verb=verb,
        subject=subject,
        subject_id=str(subject_id),
        before=before or {},
        after=after or {},
    )
