"""The notes of takes for showing: threads with their replies and writers, in few queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, Prefetch

from generations.models import Comment, Generation


def threads_of(take: Generation, audiences: Collection[str]) -> list[Comment]:
    """In the order of frames, those of the whole clip first; ``replies`` are read along, oldest first. What
    was deleted stays, without words, where somebody answered it. Four queries at most."""
    return threads_of_all([take.pk], audiences).get(take.pk, [])


def threads_of_all(takes: Collection[UUID], audiences: Collection[str]) -> dict[UUID, list[Comment]]:
    """The same of several takes, those without notes left out, in as many queries."""
    rows = Comment.objects.filter(generation__in=takes, audience__in=audiences)
    people = ("author", "resolved_by", "resolved_in")
    replies = rows.filter(parent__isnull=False).alive().select_related("author").order_by("id")
    threads = (
        rows.threads()
        .select_related(*people)
        .prefetch_related(Prefetch("replies", replies), "edits", "replies__edits")
    )
    found: dict[UUID, list[Comment]] = {}
    for one in threads:
        if one.deleted_at is None or one.replies.all():
            found.setdefault(one.generation_id, []).append(one)
    return {pk: sorted(some, key=_by_frame) for pk, some in found.items()}


def _by_frame(one: Comment) -> tuple[int, int]:
    return -1 if one.frame is None else one.frame, one.pk.int


def open_counts(takes: Iterable[UUID]) -> dict[UUID, int]:
    """How many notes wait on each take, of both sides; one query."""
    rows = Comment.objects.open().filter(generation__in=list(takes)).order_by()
    return dict(rows.values_list("generation").annotate(n=Count("pk")))
