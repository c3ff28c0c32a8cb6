"""What has lain in the trash long enough: its files go, its row, recipe and history stay. Of takes and of
assets."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from generations.models import FINAL, Asset, Event, Generation
from generations.storage import media_store
from providers.models import audit

from . import guest_copies
from .assets import UploadRefused, purge_asset
from .transitions import touch

log = logging.getLogger(__name__)
_AT_ONCE = 500
_ONCE_MORE = timedelta(days=3)


def purge_trash(now: datetime) -> int:
    """:returns: how many takes lost their files. A cancelled one that may still get a result waits for it."""
    ripe = Generation.objects.filter(
        trashed_at__lt=now - timedelta(days=settings.STUDIO["TRASH_DAYS"]),
        purged_at=None,
        next_poll_at=None,
        status__in=FINAL,
        signed_at=None,
    )
    purged = 0
    while ids := list(ripe.order_by("trashed_at").values_list("pk", flat=True)[:_AT_ONCE]):
        done = sum(_purge(take_id, now) for take_id in ids)
        purged += done
        if not done:  # each was restored, or touched, in the meantime
            break
    _delete_again(now)
    if purged:
        log.info("%s takes left the trash for good", purged)
    return purged


def purge_assets(now: datetime) -> int:
    """:returns: how many files left the trash. One that a take still needs waits."""
    ripe = Asset.objects.filter(trashed_at__lt=now - timedelta(days=settings.STUDIO["TRASH_DAYS"]))
    purged = 0
    for asset in ripe.exclude(file="").iterator():
        try:
            purge_asset(asset)
            purged += 1
        except (UploadRefused, OSError) as error:
            log.warning("asset %s stays: %s", asset.pk, error)
    return purged


def _purge(take_id: UUID, now: datetime) -> bool:
    """The rows first, with the names of the files beside them: a worker that dies here leaves a list."""
    with transaction.atomic():
        take = Generation.objects.select_for_update().get(pk=take_id)
        files = list(take.outputs.values_list("file", flat=True)) + guest_copies.files_of(take)
        still = Q(trashed_at__isnull=False, purged_at=None, signed_at=None)
        if not touch(take, "purged", guard=still, detail={"files": files}, purged_at=now):
            return False
        take.outputs.all().delete()
        guest_copies.forget(take)
        audit("schedule", "deleted for good", "take", take_id, after={"files": len(files)})
    _delete(files)
    return True


def _delete_again(now: datetime) -> None:
    """Not of a take that went on since: its new files may have the old names."""
    recent = Event.objects.filter(kind="purged", at__gt=now - _ONCE_MORE, generation__purged_at__isnull=False)
    for detail in recent.values_list("detail", flat=True).iterator():
        _delete(detail.get("files", []))


def _delete(files: list[str]) -> None:
    store = media_store()
    for name in files:
        try:
            store.delete(name)
        except OSError as error:  # tomorrow once more
            log.warning("%s could not be deleted: %s", name, error)
