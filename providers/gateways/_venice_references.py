"""Reference pictures and clips: as plain lists, or as objects that also say what each is and speaks with.

Source: the queue page's ``image_references`` and ``video_references`` (https://docs.venice.ai, read 2026-09).
``ref_name`` may be left out there, and is: no page says how a prompt would use it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .errors import Unsupported
from .values import SPEAKERS, Input, Media, Role

Addressed = Callable[[Media, Role], str]
# what the queue page calls a picture, where one of them is no subject
_TYPES = {Role.REFERENCE_IMAGE: "subject", Role.REFERENCE_BACKGROUND: "background"}


def build_pictures(inputs: Sequence[Input], address: Addressed) -> dict[str, Any]:
    """A plain list where none of them speaks or is a background: that is the form that all models share.

    :raises Unsupported: for a voice that stands behind no reference, or behind one that has its own.
    """
    found = [(item, told) for item, told in _references(inputs, address) if item.role in _TYPES]
    stages = any(item.role == Role.REFERENCE_BACKGROUND for item, _told in found)
    if not stages and not any("audio_url" in told for _item, told in found):
        return {"reference_image_urls": [told["image_url"] for _item, told in found]} if found else {}
    types = [{"type": _TYPES[item.role]} if stages else {} for item, _told in found]
    return {"image_references": [told | kind for (_item, told), kind in zip(found, types, strict=True)]}


def build_clips(inputs: Sequence[Input], address: Addressed) -> dict[str, Any]:
    """For models whose constraints say ``per_reference_audio``: they have no other form.

    :raises Unsupported: as ``build_pictures``.
    """
    clips = [told for item, told in _references(inputs, address) if item.role == Role.REFERENCE_VIDEO]
    return {"video_references": clips} if clips else {}


def _references(inputs: Sequence[Input], address: Addressed) -> list[tuple[Input, dict[str, str]]]:
    """Each with its address and its voice; a background has none."""
    found: list[tuple[Input, dict[str, str]]] = []
    last: dict[str, str] = {"audio_url": ""}  # nothing yet that could speak
    for item in inputs:
        if item.role in _TYPES or item.role in SPEAKERS:
            key = "video_url" if item.role == Role.REFERENCE_VIDEO else "image_url"
            told = {key: address(item.media, item.role)}
            found.append((item, told))
            last = told if item.role in SPEAKERS else last
        elif item.role == Role.REFERENCE_VOICE:
            if "audio_url" in last:
                raise Unsupported("A voice follows the reference it belongs to.", field=item.role)
            last["audio_url"] = address(item.media, item.role)
    return found
