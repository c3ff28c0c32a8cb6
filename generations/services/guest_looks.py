"""Whether a guest's page still is what they have before them, without making it again: every open page asks
every two seconds.

A mark stands for all rows that the page is made of. It also changes with what guests must not notice, as with
internal notes, so it stays here: beside it is kept which version of the page it led to, and guests know
the version alone. What was forgotten is made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max, Sum
from django.utils.translation import get_language

from generations.models import Generation, Guest, Output, ShareLink

from . import guest_codes
from .share_takes import Listed

KEPT_S = 300
UNSETTLED_S = 5  # copies are still to be made, and asked for now and then
_TERMS = ("title", "brand", "expires_at", "may_comment", "may_approve", "may_download")
_OF_TAKES = ("pk", "version", "review_no", "changed_at", "version_no", "signed_at", "trashed_at")
_OF_COPIES = ("guest_copy__file", "guest_copy__sha256", "guest_copy__source_sha256", "guest_copy__fault")


@dataclass(frozen=True)
class Look:
    """One guest, or the members' preview, at one link as it is now."""

    name: str
    mark: str

    def is_as(self, key: str, version: str) -> bool:
        """Whether the page of this take (a key of the link) is this version of it, as far as it is known."""
        if not version:
            return False
        kept = cache.get_many([self._slot(key), self._slot("")])
        return (self.mark, version) in kept.values()

    def remember(self, key: str, version: str, *, settled: bool) -> None:
        """:param key: empty where the page shows no take, so that made-up keys leave nothing behind."""
        cache.set(self._slot(key), (self.mark, version), KEPT_S if settled else UNSETTLED_S)

    def _slot(self, key: str) -> str:
        return f"guest-page:{self.name}:{key}"


def look_of(share: ShareLink, guest: Guest | None, listed: Sequence[Listed]) -> Look:
    """Two questions, however many takes there are. Read before the page is made: what changes meanwhile
    leads to another mark."""
    takes = [pk for pk, _number, _caption in listed]
    rows = Generation.objects.filter(pk__in=takes).order_by("pk").values_list(*_OF_TAKES, *_OF_COPIES)
    files = Output.objects.filter(generation__in=takes).aggregate(Count("pk"), Max("pk"), Sum("size_bytes"))
    who = guest and (guest.pk, guest.name, guest.confirmed_at, guest_codes.needed(guest))
    terms = [share.project.archived_at, *(getattr(share, name) for name in _TERMS)]
    told = [get_language(), who, terms, listed, [*rows], sorted(files.items())]
    mark = hashlib.sha256(repr(told).encode()).hexdigest()
    return Look(f"{share.pk}:{guest.pk if guest else ''}", mark)
