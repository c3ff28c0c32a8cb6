"""An asset as its card in the library and in the composer's picker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.fixes import facts_words
from generations.models import Asset
from generations.services.asset_library import Uses

ICONS = {
    Asset.Kind.IMAGE: "image",
    Asset.Kind.CLIP: "film",
    Asset.Kind.SOUND: "audio-lines",
    Asset.Kind.DOCUMENT: "file-text",
}


def card(asset: Asset, uses: Mapping[UUID, Uses] | None = None) -> dict[str, Any]:
    """What templates/generations/_asset_card.html and _pick.html need."""
    to = {"args": [asset.pk]}
    return {
        "id": str(asset.pk),
        "url": reverse("asset", **to),
        "name": asset.name,
        "kind": asset.kind,
        "icon": ICONS[Asset.Kind(asset.kind)],
        "thumb_url": reverse("asset-thumb", **to) if asset.thumb else "",
        "strip_url": reverse("asset-strip", **to) if asset.strip else "",
        "file_url": reverse("asset-file", **to) if asset.file else "",
        "duration_s": asset.duration_s,
        "facts": facts_words(asset),
        "tags": [tag.name for tag in asset.tags.all()],
        "uses": uses_words((uses or {}).get(asset.pk)),
        "shared": asset.shared_at is not None,
        "copy": asset.derived_from_id is not None,
        "created_at": asset.created_at,
        "owner": str(asset.owner),
        "trashed": trash_words(asset) if asset.trashed_at else "",
    }


def uses_words(uses: Uses | None) -> str:
    """*used in 3 takes, 1 through a copy*; empty where it was not."""
    if uses is None or not uses.takes:
        return ""
    words = ngettext("used in %(n)d take", "used in %(n)d takes", uses.takes) % {"n": uses.takes}
    if not uses.through_copies:
        return words
    if uses.through_copies == uses.takes:
        return _("%(used)s, through a copy") % {"used": words}
    return _("%(used)s, %(n)d through a copy") % {"used": words, "n": uses.through_copies}


def trash_words(asset: Asset) -> str:
    """How long it can still be restored."""
    lain = (timezone.now() - asset.trashed_at).days if asset.trashed_at else 0
    left = max(int(settings.STUDIO["TRASH_DAYS"]) - lain, 0)
    return ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left} if left else _("goes today")
