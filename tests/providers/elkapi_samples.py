"""ElkAPI's own replies, new-api's and Ark's, and the requests that its tests send
(https://docs.elkapi.com/en/docs/api/ai-model/videos/seedance/createvideo)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from providers.gateways.errors import Ambiguous, Busy, Refused, Unavailable
from providers.gateways.values import FailureClass, Input, JobState, Role

from .battery import ANOTHER, PICTURE, Fault, GatewaySamples, in_the_rain, lighthouse, picture, with_pictures

SEEDANCE = "doubao-seedance-2-0-260128"
LINK = "https://files.example.com/a.mp4?X-Tos-Date=20261001T120000Z&X-Tos-Expires=86400"


def middleware(message: str, kind: str = "new_api_error", code: str = "") -> dict[str, Any]:
    return {"error": {"message": f"{message} (request id: 20261001x)", "type": kind, "code": code}}


def relay(code: str, message: str = "x") -> dict[str, Any]:
    return {"code": code, "message": message, "data": None}


def ark(code: str, message: str = "Refused.") -> dict[str, Any]:
    """Ark's refusal, as the relay hands it on."""
    body = {"error": {"code": code, "message": f"{message} Request id: 0217abcdef0123", "param": ""}}
    return relay("fail_to_fetch_task", json.dumps(body))


def wrapped(status: str, upstream: object = None, **more: Any) -> dict[str, Any]:
    """A poll in ElkAPI's own envelope (V1)."""
    task = {
        "id": 6,
        "task_id": "task_abc123",
        "platform": "54",
        "user_id": 1,
        "channel_id": 8,
        "quota": 5750000,
        "action": "generate",
        "status": status,
        "fail_reason": "",
        "progress": "100%",
        "properties": {"input": "", "upstream_model_name": "ep-1", "origin_model_name": SEEDANCE},
        "data": upstream,
        **more,
    }
    return {"code": "success", "message": "", "data": task}


def clip(role: Role = Role.REFERENCE_VIDEO, seconds: float = 4.0, **overrides: Any) -> Input:
    fields: dict[str, Any] = {"mime": "video/mp4", "duration_s": seconds, "size_bytes": 900_000}
    return picture(role, **{**fields, "address": "https://example.com/reference.mp4", **overrides})


def sound(**overrides: Any) -> Input:
    fields: dict[str, Any] = {"mime": "audio/mpeg", "duration_s": 5.0, "width": None, "height": None}
    fields["address"] = "https://example.com/reference.mp3"
    return picture(Role.REFERENCE_AUDIO, **{**fields, **overrides})


class ElkAPISamples(GatewaySamples):
    name, model = "elkapi", SEEDANCE
    full = in_the_rain(
        SEEDANCE,
        seed=7,
        watermark=False,
        return_last_frame=True,
        inputs=(picture(Role.LAST_FRAME, address=ANOTHER), picture()),
        extra={"execution_expires_after": 9000, "safety_identifier": "abc", "priority": 1},
    )
    bare = lighthouse(SEEDANCE)
    references = with_pictures(bare)
    submit_path = "/video/generations"
    full_body = {
        "model": SEEDANCE,
        "prompt": "A lighthouse in the rain",
        "metadata": {
            "duration": 5,
            "ratio": "16:9",
            "resolution": "720p",
            "generate_audio": True,
            "watermark": False,
            "seed": 7,
            "return_last_frame": True,
            "execution_expires_after": 9000,
            "safety_identifier": "abc",
            "priority": 1,
            "content": [
                {"type": "image_url", "image_url": {"url": PICTURE}, "role": "first_frame"},
                {"type": "image_url", "image_url": {"url": ANOTHER}, "role": "last_frame"},
            ],
        },
    }
    bare_body = {
        "model": SEEDANCE,
        "prompt": "A lighthouse",
        "metadata": {
            "duration": 5,
            "ratio": "16:9",
            "resolution": "480p",
            "generate_audio": False,
            "execution_expires_after": 7200,
        },
    }
    references_body = {
        **bare_body,
        "metadata": {
            **bare_body["metadata"],
            "content": [
                {"type": "image_url", "image_url": {"url": PICTURE}, "role": "reference_image"},
                {"type": "image_url", "image_url": {"url": ANOTHER}, "role": "reference_image"},
            ],
        },
    }
    field_types = {"model": str, "prompt": str, "metadata": dict}
    submitted = {
        "id": "task_abc123",
        "task_id": "task_abc123",
        "object": "video",
        "model": SEEDANCE,
        "status": "queued",
        "progress": 0,
        "created_at": 1760000000,
    }
    job_id = "task_abc123"
    poll = ("GET", "/video/generations/task_abc123", None)
    submit_faults: list[Fault] = [
        ("400", Refused, FailureClass.INVALID_INPUT),
        ("400 seconds", Refused, FailureClass.INVALID_INPUT),
        ("400 body", Refused, FailureClass.INVALID_INPUT),
        ("400 parameter", Refused, FailureClass.INVALID_INPUT),
        ("400 missing", Refused, FailureClass.INVALID_INPUT),
        ("400 masked", Refused, FailureClass.INVALID_INPUT),
        ("400 task type", Refused, FailureClass.INVALID_INPUT),
        ("400 price", Refused, FailureClass.PROVIDER_DOWN),
        ("400 text", Refused, FailureClass.MODERATION),
        ("400 picture", Refused, FailureClass.MODERATION),
        ("400 clip", Refused, FailureClass.MODERATION),
        ("400 sound", Refused, FailureClass.MODERATION),
        ("400 result", Refused, FailureClass.MODERATION),
        ("400 result sound", Refused, FailureClass.MODERATION),
        ("400 privacy", Refused, FailureClass.MODERATION),
        ("400 masked privacy", Refused, FailureClass.MODERATION),
        ("400 person", Refused, FailureClass.MODERATION),
        ("400 text risk", Refused, FailureClass.MODERATION),
        ("400 picture risk", Refused, FailureClass.MODERATION),
        ("400 firewall", Refused, FailureClass.MODERATION),
        ("400 busy", Busy, None),
        ("429", Busy, None),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403", Refused, FailureClass.KEY_REJECTED),
        ("401 vendor key", Refused, FailureClass.PROVIDER_DOWN),
        ("401 vendor account", Refused, FailureClass.PROVIDER_DOWN),
        ("401 relay", Refused, FailureClass.PROVIDER_DOWN),
        ("403 overdue", Refused, FailureClass.PROVIDER_DOWN),
        ("403 denied", Refused, FailureClass.PROVIDER_DOWN),
        ("403 not open", Refused, FailureClass.PROVIDER_DOWN),
        ("403 service overdue", Refused, FailureClass.PROVIDER_DOWN),
        ("403 quota", Refused, FailureClass.NO_BALANCE),
        ("403 key quota", Refused, FailureClass.NO_BALANCE),
        ("200 error", Refused, FailureClass.NO_BALANCE),
        ("404 vendor model", Refused, FailureClass.PROVIDER_DOWN),
        ("404 endpoint", Refused, FailureClass.PROVIDER_DOWN),
        ("503", Refused, FailureClass.PROVIDER_DOWN),
        ("404 path", Refused, FailureClass.INTERNAL),
        ("500 setting", Refused, FailureClass.INTERNAL),
        ("413", Refused, FailureClass.INVALID_INPUT),
        ("500 request", Ambiguous, None),
        ("500 reply", Ambiguous, None),
        ("500 odd", Ambiguous, None),
        ("500 channel", Ambiguous, None),
        ("500 vendor", Ambiguous, None),
        ("500 masked", Ambiguous, None),
        ("500 panic", Ambiguous, None),
        ("200 new", Ambiguous, None),
        ("200 number", Ambiguous, None),
    ]
    poll_faults: list[Fault] = [
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403", Refused, FailureClass.KEY_REJECTED),
        ("400 early", Unavailable, None),
        ("200 early", Unavailable, None),
        ("200 error", Unavailable, None),
        ("404", Unavailable, None),
        ("500", Unavailable, None),
        ("429", Busy, None),
        ("503", Busy, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        done = self.gateway.statuses.get(word.lower()) == JobState.FINISHED
        return wrapped(word, {"id": "cgt-1"}, result_url=LINK if done else "")
