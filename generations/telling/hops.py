"""How often a picture has been carried on from clip to clip, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from generations.services.lineage import FIRST_WARNED


def hop_words(hop: int) -> str:
    """``Hop 2``; empty for a take that starts afresh."""
    return _("Hop %(n)d") % {"n": hop} if hop else ""


def drift_words(hop: int) -> str:
    """From the third hop on: what becomes of the picture, and what helps."""
    if hop < FIRST_WARNED:
        return ""
    return _(
        "Sharpness, colour and faces drift a little with each hop. Start again from a still where you can."
    )
