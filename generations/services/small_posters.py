"""Small posters of takes that were finished before there were any: shrunk from the large ones, a few at a
time, newest takes first.

Each task does a handful and rings the next at the end of the line, so that finished clips which wait for a
worker go in between. The bell's id says where to go on; a chain that broke off is begun anew at the next
start or by the daily housekeeping, and finds what is left.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from generations import media
from generations.models import Generation, Output
from generations.storage import MediaStore, media_store

from .assets import scratch
from .ring import ring

log = logging.getLogger(__name__)
AT_ONCE = 20  # about three seconds of one worker
Kind = Output.Kind


def begin() -> None:
    """Ask for whatever is missing."""
    ring("shrink_posters")


def go_on(before: UUID | str | None = None) -> int:
    """Make those of the next takes, and ring for the rest. One that cannot be made is passed over.

    :param before: the take that the last task ended with; None to begin with the newest.
    :returns: how many were looked at.
    """
    store = media_store()
    if not store.has_room():
        return 0
    posters = list(_waiting(before)[:AT_ONCE])
    for poster in posters:
        _try(store, poster)
    if len(posters) == AT_ONCE:
        ring("shrink_posters", posters[-1].generation_id)
    return len(posters)


def _waiting(before: UUID | str | None) -> Any:
    """Large posters without a small one. Ids of takes grow with time."""
    small = Output.objects.filter(generation=OuterRef("generation"), kind=Kind.SMALL)
    rows = Output.objects.filter(~Exists(small), kind=Kind.POSTER)
    return (rows.filter(generation__lt=before) if before else rows).order_by("-generation_id")


def _try(store: MediaStore, poster: Output) -> None:
    try:
        _make(store, poster)
    except (media.Unplayable, media.MediaToolError, OSError) as error:
        log.warning("take %s: no small poster: %s", poster.generation_id, error)


def _make(store: MediaStore, poster: Output) -> None:
    with scratch(store) as folder:
        made = folder / "small.webp"
        width, height = media.thumb(store.path(poster.file), made, poster.mime)
        name = store.name_for("takes", poster.generation_id, made.name)
        content = made.read_bytes()
        store.commit(made, name)
    values = {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "mime": "image/webp"}
    sizes = {"size_bytes": len(content), "width": width, "height": height}
    if not _keep(poster, {**values, **sizes}):
        store.delete(name)


def _keep(poster: Output, values: dict[str, Any]) -> bool:
    """Without an Event: nothing about the take has changed, and open pages need not look again. False where
    the take left the trash for good meanwhile."""
    with transaction.atomic():
        Generation.objects.select_for_update().get(pk=poster.generation_id)  # purging holds the same row
        if not Output.objects.filter(pk=poster.pk).exists():
            return False
        Output.objects.get_or_create(generation_id=poster.generation_id, kind=Kind.SMALL, defaults=values)
    return True
