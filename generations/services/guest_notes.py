"""The notes that guests of one link read: what the team wrote for the client, and what guests of this link
wrote. Internal notes, and those of other links' guests, are not there."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q

from generations.models import Audience, Comment, Generation, ShareLink
from generations.models.comment import CommentQuerySet

from . import share_takes
from .threads import in_order, with_replies


def _readable(share: ShareLink) -> CommentQuerySet:
    by_the_team, by_its_guests = Q(guest=None, author__isnull=False), Q(guest__share=share)
    return Comment.objects.filter(by_the_team | by_its_guests, audience=Audience.CLIENT)


def threads(share: ShareLink, take: Generation) -> list[Comment]:
    """In the order of frames, those of the whole clip first, ``replies`` read along. What was deleted stays,
    without words, where somebody answered it."""
    return in_order(with_replies(_readable(share).filter(generation=take)))


def counts(share: ShareLink, takes: Iterable[Generation]) -> dict[UUID, int]:
    """Take -> how many notes guests read there, without replies; one query."""
    rows = _readable(share).alive().threads().filter(generation__in=[take.pk for take in takes]).order_by()
    return dict(rows.values_list("generation").annotate(n=Count("pk")))


def find(share: ShareLink, take: Generation, key: str) -> Comment | None:
    """The note that guests know under this key; replies too."""
    for one in threads(share, take):
        for note in (one, *one.replies.all()):
            if note.deleted_at is None and share_takes.key_of(share, "note", note.pk) == key:
                return note
    return None
