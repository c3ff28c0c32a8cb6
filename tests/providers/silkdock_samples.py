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
        (400, error("litellm.BadRequestError: needs input_reference"), Refused, FailureClass.INVALID_INPUT),
        (400, error("/videos: Invalid model name passed in model=x."), Refused, FailureClass.INVALID_INPUT),
        (400, error("Missing prompt", param="prompt"), Refused, FailureClass.INVALID_INPUT),
        (400, error("Invalid JSON payload", param="request_body"), Refused, FailureClass.INVALID_INPUT),
        (400, error("Content policy violation: no."), Refused, FailureClass.MODERATION),
        (400, error("Budget has been exceeded! Current cost: 2"), Refused, FailureClass.NO_BALANCE),
        (400, error("x", "budget_exceeded"), Refused, FailureClass.NO_BALANCE),
        (422, error("ExceededBudget: over", None), Refused, FailureClass.NO_BALANCE),
        (429, error("x", "budget_exceeded"), Refused, FailureClass.NO_BALANCE),
        (401, error("No api key passed in.", "auth_error"), Refused, FailureClass.KEY_REJECTED),
        (401, error("x", "token_not_found_in_db", param="key"), Refused, FailureClass.KEY_REJECTED),
        (402, error("Payment required: top up.", None), Refused, FailureClass.NO_BALANCE),
        (403, error("x", "user_model_access_denied"), Refused, FailureClass.INVALID_INPUT),
        (400, error("x", "expired_key"), Refused, FailureClass.KEY_REJECTED),
        (403, error("x", "key_model_access_denied", param="model"), Refused, FailureClass.INVALID_INPUT),
        (401, error("x", "team_model_access_denied"), Refused, FailureClass.INVALID_INPUT),
        (403, error("upstream says no", None), Refused, FailureClass.INVALID_INPUT),
        (404, {"detail": "Not Found"}, Refused, FailureClass.PROVIDER_DOWN),
        (405, {"detail": "Method Not Allowed"}, Refused, FailureClass.PROVIDER_DOWN),
        (409, error("conflict"), Refused, FailureClass.INVALID_INPUT),
        (409, error("busy, please retry"), Busy, None),
        (422, {"detail": [{"loc": ["body", "seconds"], "msg": "no"}]}, Refused, FailureClass.INVALID_INPUT),
        (429, error("Rate limit exceeded for x", "throttling_error"), Busy, None),
        (429, error("No deployments available for selected model", None), Busy, None),
        (503, error("x", "no_db_connection"), Ambiguous, None),
        (500, error("x", "internal_server_error"), Ambiguous, None),
        (200, {"id": "", "status": "processing"}, Ambiguous, None),
        (200, {"id": "x" * 1025}, Ambiguous, None),
    ]
    poll_faults: list[Fault] = [
        (404, error("Video not found"), Lost, None),
        (404, {"detail": "Not Found"}, Unavailable, None),
        (405, {"detail": "Method Not Allowed"}, Unavailable, None),
        (408, error("timeout"), Unavailable, None),
        (403, error("x", None), Refused, FailureClass.INVALID_INPUT),
        (422, error("x", "budget_exceeded"), Refused, FailureClass.NO_BALANCE),
        (500, error("x", "internal_server_error"), Unavailable, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {"id": "video_xxxxxx", "status": word, "url": "https://cdn.example.com/video.mp4"}

    def send(self, wish: VideoRequest, **caps: Any) -> Any:
        """The body on the wire for a request to any model of the catalogue."""
        client, wire = self.client(answer(200, self.submitted))
        client.submit(wish, replace(self.caps_of(wish.model), **caps))
        return wire.body
