"""What a link shows at this moment, and under which names: guests never learn the ids of takes.

A take is addressed by a key that holds for one link alone, made from both ids with the studio's secret. So
an address says nothing of when a take was made, is of no use elsewhere, and goes on naming the same take when
others come before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from generations.models import Generation, Output, ShareItem, ShareLink, Status

from . import gallery, share_views

MOST = 200  # takes of one link
_KEY_CHARS = 16  # of 64 bits
Listed = tuple[UUID, int, str]  # take, number, caption


@dataclass(frozen=True)
class Shown:
    """One take of a link, as guests know it."""

    key: str
    number: int
    caption: str
    take: Generation

    @property
    def title(self) -> str:
        return self.caption or _("Take %(n)d") % {"n": self.number}

    @property
    def version(self) -> str:
        return f"V{self.take.version_no}" if self.take.version_no else ""


def key_of(share: ShareLink, what: str, pk: UUID) -> str:
    """:param what: ``take`` or ``note``; one kind's keys fit no other."""
    mac = salted_hmac(f"share {what}", f"{share.pk}:{pk}", algorithm="sha256")
    return mac.hexdigest()[:_KEY_CHARS]


def shown(share: ShareLink) -> list[Shown]:
    """In order, MOST at most, with outputs and guests' copies read along."""
    return read(share, listed(share))


def find(share: ShareLink, key: str) -> Shown | None:
    """As ``shown`` has it, without reading the others."""
    named = [one for one in listed(share) if key_of(share, "take", one[0]) == key]
    return next(iter(read(share, named)), None)


def read(share: ShareLink, wanted: Sequence[Listed]) -> list[Shown]:
    """Those of them that can be shown, with outputs and guests' copies read along."""
    rows = showable(Generation.objects.filter(project_id=share.project_id))
    takes = rows.in_bulk([pk for pk, _number, _caption in wanted])
    return [
        Shown(key_of(share, "take", pk), number, caption, takes[pk])
        for pk, number, caption in wanted
        if pk in takes
    ]


def showable(rows: QuerySet[Generation]) -> QuerySet[Generation]:
    """Only what is finished, has a clip, and was not thrown away; with what guests get of it read along."""
    return _showable(rows).select_related("guest_copy").prefetch_related("outputs")


def _showable(rows: QuerySet[Generation]) -> QuerySet[Generation]:
    clip = Output.objects.filter(generation=OuterRef("pk"), kind=Output.Kind.VIDEO)
    return rows.filter(Exists(clip), status=Status.COMPLETED, trashed_at=None, purged_at=None)


def listed(share: ShareLink) -> list[Listed]:
    """What is to be shown, in order, MOST at most. Chosen ones keep their numbers, whatever the order is."""
    if not share.follows_view:
        items = ShareItem.objects.filter(share=share).order_by("position", "id")
        return list(items.values_list("generation_id", "number", "caption")[:MOST])
    try:
        wanted = share_views.filter_of(share.view)
    except share_views.CannotFollow:
        return []
    rows = gallery.in_order(_showable(gallery.find(share.project, wanted)), wanted)
    return [(pk, number, "") for number, pk in enumerate(rows.values_list("pk", flat=True)[:MOST], 1)]
