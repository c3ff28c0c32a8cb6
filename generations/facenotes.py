"""The quiet note under a slot: a face seems to be in the file, and what the chosen model does with one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from generations.models import Asset
from generations.services import faces
from generations.services.offers import Offer

MOST_LOOKS = 6


def note_of(asset: Asset, offer: Offer | None, slot_id: str, *, looks: int = 0) -> dict[str, Any] | None:
    """``words`` and their ``source``; or ``url`` while the file is being looked at. None: nothing to say."""
    if offer is None:
        return None
    words = faces.warning(asset, offer.caps, offer.model.account.adapter.label)
    if words:
        return {"id": slot_id, "words": words, "source": offer.caps.faces_source}
    if looks >= MOST_LOOKS or not faces.is_awaited(asset):
        return None
    asked = f"model={offer.model.pk}&slot={slot_id}&looks={looks + 1}"
    address = reverse("asset-face", args=[asset.pk])
    return {"id": slot_id, "wait_s": looks + 1, "url": f"{address}?{asked}"}
