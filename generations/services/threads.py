"""The notes of takes for showing: threads with their replies and writers, in few queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Prefetch

from generations.models import Comment, Generation
from generations.models.comment import CommentQuerySet


def threads_of(take: Generation, audiences: Collection[str]) -> list[Comment]:
    """In the order of frames, those of the whole clip first; ``replies`` are read along, oldest first. What
    was deleted stays, without words, where somebody answered it. Four queries at most."""
    return threads_of_all([take.pk], audiences).get(take.pk, [])


def threads_of_all(takes: Collection[UUID], audiences: Collection[str]) -> dict[UUID, list[Comment]]:
    """The same of several takes, those without notes left out, in as many queries."""
    rows = Comment.objects.filter(generation__in=takes, audience__in=audiences)
    threads = with_replies(rows).select_related("author", "resolved_by", "resolved_in")
    found: dict[UUID, list[Comment]] = {}
    for one in threads.prefetch_related("edits", "replies__edits"):
        found.setdefault(one.generation_id, []).append(one)
    kept = {pk: in_order(some) for pk, some in found.items()}
    return {pk: some for pk, some in kept.items() if some}


def with_replies(rows: CommentQuerySet) -> CommentQuerySet:
    """The threads among these notes; ``replies``, of the same notes alone, are read along, oldest first."""
    replies = rows.filter(parent__isnull=False).alive().select_related("author").order_by("id")
    return rows.threads().prefetch_related(Prefetch("replies", replies))


def in_order(threads: Iterable[Comment]) -> list[Comment]:
    """Of one take: in the order of frames, those of the whole clip first, without what was deleted before
    anybody answered it."""
    kept = [one for one in threads if one.deleted_at is None or one.replies.all()]
    return sorted(kept, key=_by_frame)


def _by_frame(one: Comment) -> tuple[int, int]:
    return -1 if one.frame is None else one.frame, one.pk.int
