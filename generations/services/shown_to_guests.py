"""Which open links show takes to guests at this moment: what is thrown away disappears there."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from generations.models import Generation, Project, ShareItem, ShareLink
from generations.services import gallery, share_takes, share_views
from generations.services.selection import portions

Shown = list[tuple[str, set[UUID]]]  # of a link its title, and which of the takes it shows


def showing(project: Project, ids: Sequence[UUID]) -> Shown:
    """Open links of the project that show any of these takes, the newest first; one question where there is
    no link at all."""
    links = list(ShareLink.objects.filter(project=project).live(timezone.now()).select_related("view"))
    views: dict[UUID | None, set[UUID]] = {}
    found: Shown = []
    for link in links:
        if not link.follows_view:
            takes = _chosen(link, ids)
        elif link.view_id in views:
            takes = views[link.view_id]
        else:
            takes = views[link.view_id] = _viewed(link, ids)
        if takes:
            found.append((link.title, takes))
    return found


def _chosen(link: ShareLink, ids: Sequence[UUID]) -> set[UUID]:
    items = ShareItem.objects.filter(share=link).values("generation_id")
    return _among(Generation.objects.filter(pk__in=items), ids)


def _viewed(link: ShareLink, ids: Sequence[UUID]) -> set[UUID]:
    try:
        wanted = share_views.filter_of(link.view)
    except share_views.CannotFollow:
        return set()
    return _among(gallery.find(link.project, wanted), ids)


def _among(rows: QuerySet[Generation], ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for some in portions(ids):
        found.update(share_takes.showable(rows).filter(pk__in=some).values_list("pk", flat=True))
    return found
