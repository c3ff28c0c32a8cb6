"""References with a voice each, for the models whose constraints say ``per_reference_audio``.

Source: the queue page's ``image_references`` and ``video_references`` (https://docs.venice.ai, read 2026-09).
``type`` (subject or background) and ``ref_name`` may be left out there, and are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .errors import Unsupported
from .values import SPEAKERS, Input, Media, Role

Addressed = Callable[[Media, Role], str]
_KEYS = {Role.REFERENCE_IMAGE: "image_url", Role.REFERENCE_VIDEO: "video_url"}


def build(inputs: Sequence[Input], address: Addressed) -> dict[str, Any]:
    """Pictures as a plain list where none of them speaks: that is the form that all models share. Of clips
    these models have no other form.

    :raises Unsupported: for a voice that stands behind no reference, or behind one that has its own.
    """
    found = _references(inputs, address)
    pictures, clips = found[Role.REFERENCE_IMAGE], found[Role.REFERENCE_VIDEO]
    body: dict[str, Any] = {}
    if any("audio_url" in item for item in pictures):
        body["image_references"] = pictures
    elif pictures:
        body["reference_image_urls"] = [item["image_url"] for item in pictures]
    return body | ({"video_references": clips} if clips else {})


def _references(inputs: Sequence[Input], address: Addressed) -> dict[Role, list[dict[str, str]]]:
    found: dict[Role, list[dict[str, str]]] = {role: [] for role in SPEAKERS}
    last: dict[str, str] = {"audio_url": ""}  # nothing yet that could speak
    for item in inputs:
        if item.role in found:
            last = {_KEYS[item.role]: address(item.media, item.role)}
            found[item.role].append(last)
        elif item.role == Role.REFERENCE_VOICE:
            if "audio_url" in last:
                raise Unsupported("A voice follows the reference it belongs to.", field=item.role)
            last["audio_url"] = address(item.media, item.role)
    return found
