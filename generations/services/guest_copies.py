"""The clip as guests get it: a copy without metadata, made when a link first needs it.

The clip as the gateway delivered it stays, and is what members see and download. Asked for on the row, at
most once a minute, so that a page that looks every two seconds fills no queue.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations import clips, media
from generations.media import MediaToolError, Unplayable
from generations.models import Generation, GuestCopy, Output
from generations.storage import MediaStore, media_store

from .derive import stores_wait
from .ring import ring

logger = logging.getLogger(__name__)
AGAIN, SOON = timedelta(seconds=60), timedelta(seconds=5)
AT_ONCE = 24
MOST_TRIES = 5  # at a clip that has no fault itself
RULES = 2  # of what a copy is made bare; one that was made by others is made again
SUFFIXES = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}


def source_of(take: Generation) -> Output | None:
    """What is copied; ``outputs`` may have been read along."""
    outputs: Mapping[str, Output] = {output.kind: output for output in take.outputs.all()}
    return clips.original_of(outputs) if Output.Kind.VIDEO in outputs else None


def ready(take: Generation) -> GuestCopy | None:
    """The copy of the clip as it is now."""
    copy = _row(take)
    return copy if copy is not None and copy.file and _fits(copy, source_of(take)) else None


def cannot_be(take: Generation) -> bool:
    copy = _row(take)
    return copy is not None and bool(copy.fault) and _fits(copy, source_of(take))


def _fits(copy: GuestCopy, source: Output | None) -> bool:
    is_of_it = source is not None and copy.source_sha256 == source.sha256
    return is_of_it and copy.facts.get("rules") == RULES


def is_settled(take: Generation) -> bool:
    """There is nothing to ask for."""
    return ready(take) is not None or cannot_be(take)


def _row(take: Generation) -> GuestCopy | None:
    return getattr(take, "guest_copy", None)


def ask_for(takes: Iterable[Generation]) -> int:
    """Ring for those that have none, a few at a look: pages look again.

    :returns: how many were rung.
    """
    missing = (take for take in takes if not is_settled(take))
    return sum(_ask(take) for take in islice(missing, AT_ONCE))


def _ask(take: Generation) -> int:
    now, row = timezone.now(), _row(take)
    if row is not None and row.rung_at and row.rung_at > now - AGAIN:  # spares most looks a write
        return 0
    with transaction.atomic():
        try:
            with transaction.atomic():
                GuestCopy.objects.get_or_create(generation=take, defaults={"asked_at": now})
        except IntegrityError:  # somebody else asks at this moment
            return 0
        due = Q(rung_at=None) | Q(rung_at__lt=now - AGAIN)
        if not GuestCopy.objects.filter(due, generation=take).update(rung_at=now):
            return 0
        ring("copy_for_guests", take.pk)
    return 1


def make(take_id: UUID | str) -> None:
    """Once; a fault of the clip is written down, and guests are told that it cannot be shown.

    No such take, no clip, made already, or no room on the disk: returns without a trace.
    """
    rows = Generation.objects.filter(pk=take_id, purged_at=None).select_related("guest_copy")
    take, store = rows.prefetch_related("outputs").first(), media_store()
    source = source_of(take) if take else None
    if take is None or source is None or ready(take) or not store.has_room(source.size_bytes):
        return
    if _may_wait(take) and stores_wait():
        GuestCopy.objects.filter(generation=take).update(rung_at=timezone.now() - AGAIN + SOON)
        return
    folder = store.scratch()
    try:
        path = folder / f"guests.{SUFFIXES.get(source.mime, 'mp4')}"
        facts = media.bare(store.path(source.file), path)
        _keep(store, take, source, path, facts)
    except (Unplayable, MediaToolError, OSError) as error:
        logger.warning("take %s: no copy for guests: %s", take.pk, error)
        _give_up(store, take, source, error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_up(store: MediaStore, take: Generation, source: Output, error: Exception) -> None:
    """For good where the clip is at fault; a full disk or a helper that broke down may pass, so pages ask
    again. A copy that was made by other rules is not shown and goes."""
    with transaction.atomic():
        row, _made = GuestCopy.objects.select_for_update().get_or_create(generation=take)
        tries = 1 + (row.facts.get("tries", 0) if row.source_sha256 == source.sha256 else 0)
        for_good = isinstance(error, Unplayable) or tries >= MOST_TRIES
        old, row.file, row.source_sha256 = row.file, "", source.sha256
        row.facts = {"rules": RULES} if for_good else {"tries": tries}
        words = getattr(error, "fault", "") or _("The copy could not be made.")
        row.fault = words[:300] if for_good else ""
        row.save(update_fields=["file", "source_sha256", "facts", "fault"])
    if old:
        store.delete(old)


def _may_wait(take: Generation) -> bool:
    """Finished clips go first, as before pictures; but not for ever."""
    row = _row(take)
    patience = timedelta(seconds=settings.STUDIO["DERIVE_AGAIN_S"])
    return row is not None and row.asked_at is not None and row.asked_at > timezone.now() - patience


def _keep(store: MediaStore, take: Generation, source: Output, path: Path, facts: media.MediaFacts) -> None:
    """Into the store; a take that was purged meanwhile leaves nothing there."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    name, size = store.name_for("takes", take.pk, path.name), path.stat().st_size
    store.commit(path, name)
    measures = {field: getattr(facts, field) for field in ("width", "height", "duration_s", "fps")}
    values = {"file": name, "sha256": digest, "mime": facts.mime, "size_bytes": size, "fault": "", **measures}
    values |= {"source_sha256": source.sha256, "facts": {**facts.of_clip(), "rules": RULES}}
    with transaction.atomic():
        now = Generation.objects.select_for_update().get(pk=take.pk)
        if now.purged_at is None:
            GuestCopy.objects.update_or_create(generation=take, defaults=values)
            return
    store.delete(name)


def files_of(take: Generation) -> list[str]:
    """Their names in the store."""
    return list(GuestCopy.objects.filter(generation=take).exclude(file="").values_list("file", flat=True))


def forget(take: Generation) -> None:
    GuestCopy.objects.filter(generation=take).delete()
