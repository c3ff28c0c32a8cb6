"""What a request comes to whose settings are left to the gateway in part: for prices, never for the wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .gateways.capabilities import Capabilities, Leavable
from .gateways.values import Role, VideoRequest


def readings(request: VideoRequest, caps: Capabilities) -> list[VideoRequest]:
    """Every whole request that the gateway may make of this one: by its documented default, and where there
    is none by each value that the model has. The request alone where nothing is left to the gateway."""
    found = [request]
    for name in left_in(request, caps):
        values = _possible(name, request, caps)
        found = [replace(item, **{name: value}) for item in found for value in values]
    return found


def left_in(request: VideoRequest, caps: Capabilities) -> list[Leavable]:
    """The settings that this request leaves to the gateway."""
    may = set(caps.leavable(request.mode)) - caps.replaced(request.extra)
    if request.media(Role.AUDIO_TRACK):  # the clip has that sound, no other is made
        may.discard("generate_audio")
    return [name for name in caps.left_to_gateway if name in may and getattr(request, name) is None]


def _possible(name: Leavable, request: VideoRequest, caps: Capabilities) -> Sequence[Any]:
    told = caps.left_to_gateway[name]
    values: dict[Leavable, Sequence[Any]] = {
        "resolution": [choice.value for choice in caps.resolutions],
        "aspect_ratio": caps.ratios(request.mode),
        "generate_audio": (True, False),
    }
    return [told] if told in values[name] else values[name]
