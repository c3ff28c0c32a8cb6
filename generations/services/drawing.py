"""What an asset looks like under the pointer: ten tiles of a clip, the waveform of a sound.

Made once, by the files cluster, after the file is safe. A file that gives none is marked, so that it is
tried once; a lost bell is rung again by the daily housekeeping.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from generations import media
from generations.models import Asset
from generations.storage import MediaStore, media_store

from .assets import scratch
from .ring import ring

log = logging.getLogger(__name__)
_MOST_AT_ONCE = 500
_YOUNG = timedelta(minutes=10)  # its bell may still be in line
_MOVING = (Asset.Kind.CLIP, Asset.Kind.SOUND)


def draw(asset_id: UUID | str) -> None:
    """Twice makes the same file under the same name. No asset, no file, no room: returns without a trace."""
    asset = Asset.objects.filter(pk=asset_id, drawn_at=None, kind__in=_MOVING).exclude(file="").first()
    store = media_store()
    if asset is None or not store.has_room():
        return
    field, name = "", ""
    try:
        with scratch(store) as folder:
            field, name = _drawn(store, asset, folder)
    except (media.Unplayable, media.MediaToolError) as error:
        log.warning("asset %s: no picture: %s", asset.pk, error)
    fresh = {field: name} if field else {}
    if (
        not Asset.objects.filter(pk=asset.pk).exclude(file="").update(drawn_at=timezone.now(), **fresh)
        and name
    ):
        store.delete(name)  # purged meanwhile


def _drawn(store: MediaStore, asset: Asset, folder: Path) -> tuple[str, str]:
    source = store.path(asset.file)
    if asset.kind == Asset.Kind.SOUND:
        field, made = "thumb", folder / "wave.webp"
        media.wave(source, made, mime=asset.mime)
    else:
        files = {file.kind: file.path for file in media.derive(source, folder)}
        field, made = "strip", files["strip"]
    name = store.name_for("assets", asset.pk, made.name)
    store.commit(made, name)
    return field, name


def ring_missing(now: datetime) -> int:
    """:returns: how many were rung, the newest first; the rest come another day."""
    rows = Asset.objects.filter(drawn_at=None, kind__in=_MOVING, trashed_at=None, created_at__lt=now - _YOUNG)
    ids = list(rows.exclude(file="").order_by("-id").values_list("pk", flat=True)[:_MOST_AT_ONCE])
    for asset_id in ids:
        ring("draw", asset_id)
    return len(ids)
