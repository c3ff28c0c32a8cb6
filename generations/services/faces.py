"""A hint beside an input before a gateway asks or refuses: does a face seem to be in it? Advice only.

Looked for after the upload, by the queue; without OpenCV, or switched off, nothing is looked for.
"""

from __future__ import annotations

from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from generations import media
from generations.models import Asset
from generations.storage import media_store
from providers.gateways.capabilities import Capabilities, Faces

from .ring import ring

INSTALL = "pip install 'opencv-python-headless>=4.10,<5'"
SOON = timedelta(seconds=30)
KINDS = (Asset.Kind.IMAGE, Asset.Kind.CLIP)


def is_on() -> bool:
    return bool(settings.FACE_HINT) and is_installed()


def is_installed() -> bool:
    return find_spec("cv2") is not None


def ask(asset: Asset) -> None:
    """Have it looked at, once it is saved. Nothing of the upload waits for that."""
    if is_on() and asset.kind in KINDS:
        ring("look_for_faces", asset.pk)


def look(asset_id: UUID | str) -> None:
    """Find faces and keep them in the asset's facts; a file that cannot be looked at has none to tell of."""
    asset = Asset.objects.exclude(file="").filter(pk=asset_id).first()
    if asset is None or "faces" in asset.facts or not is_on() or asset.kind not in KINDS:
        return
    try:
        found = media.faces(media_store().path(asset.file), asset.mime)
    except (media.Unplayable, media.MediaToolError):
        found = {}
    with transaction.atomic():
        row = Asset.objects.select_for_update().get(pk=asset.pk)
        row.facts = {**row.facts, "faces": found}
        row.save(update_fields=["facts"])


def seen_in(asset: Asset) -> int:
    """How many faces seem to be in it; 0 also where nobody has looked."""
    found: dict[str, Any] = asset.facts.get("faces") or {}
    return int(found.get("count", 0))


def is_awaited(asset: Asset) -> bool:
    """It is being looked at about now."""
    fresh = timezone.now() - asset.created_at < SOON
    return fresh and asset.kind in KINDS and "faces" not in asset.facts and is_on()


def warning(asset: Asset, caps: Capabilities, gateway: str) -> str:
    """What a model is known to do with such a picture; empty where there is nothing to say."""
    if not settings.FACE_HINT or not seen_in(asset):
        return ""
    words = {
        Faces.ASKS: _("A face seems to be in it: %(gateway)s will ask you to attest."),
        Faces.MAY_REFUSE: _("A face seems to be in it: %(gateway)s may refuse real faces with this model."),
        Faces.REFUSES: _("A face seems to be in it: %(gateway)s refuses real faces with this model."),
    }
    said = words.get(Faces.ASKS if caps.may_ask_consent else caps.faces, "")
    return said % {"gateway": gateway} if said else ""
