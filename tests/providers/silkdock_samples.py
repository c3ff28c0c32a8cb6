"""Requests and replies of SilkDock's own page (https://silkdock.ai/docs/api/video)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from providers.gateways.errors import Ambiguous, Busy, Lost, Refused, Unavailable
from providers.gateways.values import FailureClass, Input, Role, VideoRequest

from .battery import (
    Fault,
    GatewaySamples,
    answer,
    in_the_rain,
    lighthouse,
    openai_error,
    picture,
    with_pictures,
)

SITE = "https://example.com"
ROLES = {"mp4": "video/mp4", "mp3": "audio/mpeg", "png": "image/png", "jpg": "image/jpeg"}
OCEAN = "Ocean waves crashing on rocks, sunlight refracting into rainbows"


def at(role: Role, name: str) -> Input:
    """An input that SilkDock can fetch by itself."""
    mime = ROLES[name.rpartition(".")[2]]
    size: dict[str, Any] = {} if mime.startswith("image") else {"width": None, "height": None}
    return picture(role, address=f"{SITE}/{name}", mime=mime, **size)


error = partial(openai_error, code="400")


class SilkDockSamples(GatewaySamples):
    name, model = "silkdock", "seedance-2.0"
    full = in_the_rain(
        "seedance-2.0",
        duration_s=6.0,
        resolution="1080p",
        watermark=False,
        inputs=(at(Role.FIRST_FRAME, "first.png"), at(Role.LAST_FRAME, "last.png")),
        extra={"user": "p-7"},
    )
    bare = lighthouse("seedance-2.0", resolution="720p")
    references = with_pictures(bare, at(Role.REFERENCE_IMAGE, "a.png"), at(Role.REFERENCE_IMAGE, "b.png"))
    submit_path = "/v1/videos/generations"
    full_body = {
        "model": "seedance-2.0",
        "prompt": "A lighthouse in the rain",
        "seconds": 6,
        "extra_body": {
            "resolution": "1080p",
            "aspect_ratio": "16:9",
            "generate_audio": True,
            "watermark": False,
            "first_frame_url": f"{SITE}/first.png",
            "last_frame_url": f"{SITE}/last.png",
        },
        "user": "p-7",
    }
    bare_body = {
        "model": "seedance-2.0",
        "prompt": "A lighthouse",
        "seconds": 5,
        "extra_body": {"resolution": "720p", "aspect_ratio": "16:9"},
    }
    references_body = {
        **bare_body,
        "extra_body": {
            "resolution": "720p",
            "aspect_ratio": "16:9",
            "reference_image_urls": [f"{SITE}/a.png", f"{SITE}/b.png"],
        },
    }
    field_types = {"model": str, "prompt": str, "seconds": int, "extra_body": dict, "user": str}
    submitted = {
        "id": "video_xxxxxx",
        "object": "video",
        "status": "processing",
        "usage": {"duration_seconds": 10.0, "video_resolution": "1080p", "has_audio": False},
    }
    job_id = "video_xxxxxx"
    poll = ("GET", "/v1/videos/video_xxxxxx", None)
    submit_faults: list[Fault] = [
        ("400 mode", Refused, FailureClass.INVALID_INPUT),
        ("400 model", Refused, FailureClass.INVALID_INPUT),
        ("400 prompt", Refused, FailureClass.INVALID_INPUT),
        ("400 body", Refused, FailureClass.INVALID_INPUT),
        ("400 content", Refused, FailureClass.MODERATION),
        ("400 budget", Refused, FailureClass.NO_BALANCE),
        ("400 budget text", Refused, FailureClass.NO_BALANCE),
        ("422 budget", Refused, FailureClass.NO_BALANCE),
        ("429 budget", Refused, FailureClass.NO_BALANCE),
        ("402", Refused, FailureClass.NO_BALANCE),
        ("400 expired key", Refused, FailureClass.KEY_REJECTED),
        ("401 no key", Refused, FailureClass.KEY_REJECTED),
        ("401 unknown key", Refused, FailureClass.KEY_REJECTED),
        ("401 expired key", Refused, FailureClass.KEY_REJECTED),
        ("401 model", Refused, FailureClass.INVALID_INPUT),
        ("403 key", Refused, FailureClass.INVALID_INPUT),
        ("403 team", Refused, FailureClass.INVALID_INPUT),
        ("403 user", Refused, FailureClass.INVALID_INPUT),
        ("403", Refused, FailureClass.INVALID_INPUT),
        ("404 route", Refused, FailureClass.PROVIDER_DOWN),
        ("405 route", Refused, FailureClass.PROVIDER_DOWN),
        ("409", Refused, FailureClass.INVALID_INPUT),
        ("422 list", Refused, FailureClass.INVALID_INPUT),
        ("422", Refused, FailureClass.INVALID_INPUT),
        ("409 retry", Busy, None),
        ("429", Busy, None),
        ("429 rate", Busy, None),
        ("429 none", Busy, None),
        ("429 wait", Busy, None),
        ("429 vendor wait", Busy, None),
        ("408", Ambiguous, None),
        ("500", Ambiguous, None),
        ("503", Ambiguous, None),
        ("200 no id", Ambiguous, None),
        ("200 long id", Ambiguous, None),
    ]
    poll_faults: list[Fault] = [
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("402", Refused, FailureClass.NO_BALANCE),
        ("422 budget", Refused, FailureClass.NO_BALANCE),
        ("403", Refused, FailureClass.INVALID_INPUT),
        ("404", Lost, None),
        ("404 route", Unavailable, None),
        ("405 route", Unavailable, None),
        ("408", Unavailable, None),
        ("500", Unavailable, None),
        ("429", Busy, None),
        ("503", Busy, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {"id": "video_xxxxxx", "status": word, "url": "https://cdn.example.com/video.mp4"}

    def send(self, wish: VideoRequest, **caps: Any) -> Any:
        """The body on the wire for a request to any model of the catalogue."""
        client, wire = self.client(answer(200, self.submitted))
        client.submit(wish, replace(self.caps_of(wish.model), **caps))
        return wire.body
