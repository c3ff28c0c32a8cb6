"""Requests to Token360 and its replies, as its own pages have them
(https://token360.ai/en-US/docs/api-reference)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from providers.gateways.errors import Ambiguous, Busy, Lost, Refused, Unavailable
from providers.gateways.values import FailureClass, Input, Role

from .battery import ANOTHER, PICTURE, GatewaySamples, in_the_rain, lighthouse, picture, with_pictures

CLIP, SOUND = "https://files.example.com/clip.mp4", "https://files.example.com/sound.wav"


def failed(code: str, message: str) -> dict[str, Any]:
    return {"id": "vid_1", "object": "video", "status": "failed", "error": {"code": code, "message": message}}


def clip(role: Role = Role.REFERENCE_VIDEO, **overrides: Any) -> Input:
    fields: dict[str, Any] = {"mime": "video/mp4", "duration_s": 5.0, "address": CLIP, **overrides}
    return picture(role, **fields)


def sound(**overrides: Any) -> Input:
    fields: dict[str, Any] = {"mime": "audio/wav", "duration_s": 5.0, "width": None, "height": None}
    return picture(Role.REFERENCE_AUDIO, **{**fields, "address": SOUND, **overrides})


class Token360Samples(GatewaySamples):
    name, model = "token360", "seedance-2.0"
    full = in_the_rain(
        "seedance-2.0",
        seed=7,
        watermark=False,
        return_last_frame=True,
        extra={"safety_identifier": "ada@example.com", "execution_expires_after": 7200},
        callback_url="https://studio.example.com/hooks/x:y",
    )
    bare = lighthouse("seedance-2.0")
    references = with_pictures(bare)
    submit_path = "/videos"
    full_body = {
        "model": "seedance-2.0",
        "prompt": "A lighthouse in the rain",
        "duration": 5,
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "generate_audio": True,
        "seed": 7,
        "watermark": False,
        "return_last_frame": True,
        "frame_images": [
            {"type": "image_url", "frame_type": "first_frame", "image_url": {"url": PICTURE}},
            {"type": "image_url", "frame_type": "last_frame", "image_url": {"url": PICTURE}},
        ],
        "metadata": {"take": "take-1"},
        "callback_url": "https://studio.example.com/hooks/x:y",
        "request_id": "take-1",
        "safety_identifier": hashlib.sha256(b"ada@example.com").hexdigest(),
        "execution_expires_after": 7200,
    }
    bare_body = {
        "model": "seedance-2.0",
        "prompt": "A lighthouse",
        "duration": 5,
        "resolution": "480p",
        "aspect_ratio": "16:9",
        "generate_audio": False,
    }
    references_body = {
        **bare_body,
        "input_references": [
            {"type": "image_url", "image_url": {"url": PICTURE}},
            {"type": "image_url", "image_url": {"url": ANOTHER}},
        ],
    }
    field_types = {
        "model": str,
        "prompt": str,
        "duration": int,
        "resolution": str,
        "aspect_ratio": str,
        "generate_audio": bool,
        "seed": int,
        "watermark": bool,
        "return_last_frame": bool,
        "frame_images": list,
        "metadata": dict,
        "callback_url": str,
        "request_id": str,
        "safety_identifier": str,
        "execution_expires_after": int,
    }
    submitted = {
        "id": "vid_1",
        "object": "video",
        "status": "queued",
        "model": "seedance-2.0",
        "prompt": "A lighthouse",
        "created_at": 1760000000,
        "parameters": {},
    }
    job_id = "vid_1"
    poll = ("GET", "/videos/vid_1", None)
    submit_faults = [
        ("400", Refused, FailureClass.INVALID_INPUT),
        ("400 vendor", Refused, FailureClass.INVALID_INPUT),
        ("400 asset", Refused, FailureClass.INVALID_INPUT),
        ("404", Refused, FailureClass.INVALID_INPUT),
        ("413", Refused, FailureClass.INVALID_INPUT),
        ("400 content", Refused, FailureClass.MODERATION),
        ("400 balance", Refused, FailureClass.NO_BALANCE),
        ("402", Refused, FailureClass.NO_BALANCE),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 frozen", Refused, FailureClass.KEY_REJECTED),
        ("403 model", Refused, FailureClass.INVALID_INPUT),
        ("404 model", Refused, FailureClass.INVALID_INPUT),
        ("429", Busy, None),
        ("500", Ambiguous, None),
        ("502", Ambiguous, None),
        ("503", Ambiguous, None),
        ("200 null", Ambiguous, None),
        ("500 model", Refused, FailureClass.PROVIDER_DOWN),
        ("503 model", Refused, FailureClass.PROVIDER_DOWN),
        ("200 error", Refused, FailureClass.PROVIDER_DOWN),
    ]
    poll_faults = [
        ("400", Unavailable, None),
        ("500", Unavailable, None),
        ("502", Unavailable, None),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 frozen", Refused, FailureClass.KEY_REJECTED),
        ("404", Lost, None),
        ("429", Busy, None),
        ("503", Busy, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {**self.submitted, "status": word, "url": "https://files.example.com/a.mp4?X-Sig=1"}
