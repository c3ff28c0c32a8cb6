"""An administrator sees every project. That they looked into one of which they are no member is written down,
once a day for each."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.utils import timezone

from generations.models import Membership, Project
from providers.models import AuditEvent, audit

_DAY_S = 86_400


def trace(user: Any, project: Project) -> None:
    """To be called where a page or an answer shows what belongs to the project; nearly always free."""
    if not user.is_administrator:
        return
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    if not cache.add(f"looked-in:{user.pk}:{project.pk}:{today:%Y%m%d}", 1, _DAY_S):
        return
    if Membership.objects.filter(project=project, user=user).exists():
        return
    lines = AuditEvent.objects.filter(subject="project", subject_id=str(project.pk), at__gte=today)
    if not lines.filter(actor_id=user.pk, verb="looked into").exists():  # by another process
        audit(user, "looked into", "project", project.pk, after={"name": project.name})
