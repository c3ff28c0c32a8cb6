"""Requests to Venice as its page writes them, and what goes on the wire for them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from providers.catalogue import load
from providers.gateways.capabilities import Capabilities
from providers.gateways.client import GatewayClient
from providers.gateways.registry import get_gateway
from providers.gateways.values import Input, Mode, Role, VideoRequest

from .battery import KEY, Wire, answer
from .inputs import item_for

ID = "123e4567-e89b-12d3-a456-426614174000"
SHARE = "https://private-share.venice.ai/v1/share/read/tok"
TICKS = {
    "confirmed_terms_and_privacy": True,
    "confirmed_legal_right": True,
    "confirmed_screening_acknowledged": True,
}
# as the page writes them
PNG = "data:image/png;base64,iVBORw0K..."
MP4 = "data:video/mp4;base64,AAAAFGZ0eXA..."
MP3 = "data:audio/mpeg;base64,SUQzBAA..."
CLIP = "https://example.com/reference-clip.mp4"
PROMPT = "Commerce being conducted in the city of Venice, Italy."
NEGATIVE = "low resolution, error, worst quality, low quality, defects"
SEEDANCE = "seedance-2-0-reference-to-video-basic"
KLING = "kling-o3-pro-reference-to-video"
UPSCALE = "topaz-video-upscale"


def caps_of(wire_id: str) -> Capabilities:
    return next(m.capabilities for m in load("venice") if m.wire_id == wire_id)


def at(item: Input, address: str) -> Input:
    return Input(item.role, item.media.at(address))


def png(role: Role) -> Input:
    return at(item_for(role), PNG)


def wish(wire_id: str, mode: Mode, *inputs: Input, **more: Any) -> VideoRequest:
    caps = caps_of(wire_id)
    fields: dict[str, Any] = {
        "prompt": PROMPT if caps.prompt_max_chars else "",
        "duration_s": caps.default_duration(),
        "resolution": caps.default_resolution(),
        "aspect_ratio": caps.default_ratio(mode),
        **more,
    }
    return VideoRequest(wire_id, mode, inputs=inputs, **fields)


def sent(request: VideoRequest, caps: Capabilities | None = None) -> Any:
    """What goes on the wire, as text that keeps the order of its fields."""
    wire = Wire(answer(200, {"model": request.model, "queue_id": ID}))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    client.submit(request, caps or caps_of(request.model))
    return json.loads(wire.sent[0].content)


def written(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def quoted(request: VideoRequest) -> Any:
    wire = Wire(answer(200, {"quote": 0.55}))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    assert client.quote(request, caps_of(request.model)) == Decimal("0.55")
    return wire.body
