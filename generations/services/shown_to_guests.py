"""Which open links show takes to guests at this moment: what is thrown away disappears there."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from generations.models import Generation, Project, ShareItem, ShareLink
from generations.services import share_takes
from generations.services.selection import portions

Shown = list[tuple[str, set[UUID]]]  # of a link its title, and which of the takes it shows


def showing(project: Project, ids: Sequence[UUID]) -> Shown:
    """Open links of the project that show any of these takes, the newest first: one question where there is
    no link, a few more for each saved view that one follows."""
    rows = ShareLink.objects.filter(project=project).live(timezone.now())
    links = list(rows.select_related("view__project", "view__owner"))
    chosen = _chosen([link.pk for link in links if not link.follows_view], ids)
    views: dict[UUID | None, set[UUID]] = {}
    found: Shown = []
    for link in links:
        if link.follows_view and link.view_id not in views:
            views[link.view_id] = _viewed(link, ids)
        takes = views[link.view_id] if link.follows_view else chosen.get(link.pk)
        if takes:
            found.append((link.title, takes))
    return found


def _chosen(links: Sequence[UUID], ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Link -> which of these takes it shows."""
    found: dict[UUID, set[UUID]] = {}
    for some in portions(ids) if links else ():
        there = share_takes.showable(Generation.objects.filter(pk__in=some)).values("pk")
        items = ShareItem.objects.filter(share__in=links, generation__in=there).order_by()
        for link, take in items.values_list("share_id", "generation_id"):
            found.setdefault(link, set()).add(take)
    return found


def _viewed(link: ShareLink, ids: Sequence[UUID]) -> set[UUID]:
    return {take for take, _number, _caption in share_takes.listed(link)} & set(ids)
