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
    # every row of the page's error table for a submit
    submit_faults: list[Fault] = [
        (400, relay("invalid_request", "prompt is required"), Refused, FailureClass.INVALID_INPUT),
        (400, relay("invalid_seconds"), Refused, FailureClass.INVALID_INPUT),
        (400, middleware("invalid JSON"), Refused, FailureClass.INVALID_INPUT),
        (400, relay("model_price_error"), Refused, FailureClass.PROVIDER_DOWN),
        (400, ark("InvalidParameter"), Refused, FailureClass.INVALID_INPUT),
        (400, ark("MissingParameter.content"), Refused, FailureClass.INVALID_INPUT),
        (400, ark("***.Foo"), Refused, FailureClass.INVALID_INPUT),
        (400, ark("InvalidParameter.TaskTypeConstraint"), Refused, FailureClass.INVALID_INPUT),
        (400, ark("InputTextSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (400, ark("InputImageSensitiveContentDetected.PolicyViolation"), Refused, FailureClass.MODERATION),
        (400, ark("InputVideoSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (400, ark("InputAudioSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (400, ark("OutputVideoSensitiveContentDetected"), Refused, FailureClass.MODERATION),
        (400, ark("***.PrivacyInformation"), Refused, FailureClass.MODERATION),
        (400, ark("***", "The image may contain real person."), Refused, FailureClass.MODERATION),
        (400, ark("InputTextRiskDetection"), Refused, FailureClass.MODERATION),
        (400, ark("InputImageRiskDetection"), Refused, FailureClass.MODERATION),
        (400, ark("ContentSecurityDetectionError"), Refused, FailureClass.MODERATION),
        (401, middleware("invalid token"), Refused, FailureClass.KEY_REJECTED),
        (401, ark("AuthenticationError"), Refused, FailureClass.PROVIDER_DOWN),
        (401, ark("InvalidAccountStatus"), Refused, FailureClass.PROVIDER_DOWN),
        (401, relay("fail_to_fetch_task", "no JSON"), Refused, FailureClass.PROVIDER_DOWN),
        (403, ark("AccountOverdueError"), Refused, FailureClass.PROVIDER_DOWN),
        (403, ark("AccessDenied"), Refused, FailureClass.PROVIDER_DOWN),
        (403, ark("OperationDenied.ServiceOverdue"), Refused, FailureClass.PROVIDER_DOWN),
        (404, ark("ModelNotOpen"), Refused, FailureClass.PROVIDER_DOWN),
        (404, ark("InvalidEndpointOrModel.NotFound"), Refused, FailureClass.PROVIDER_DOWN),
        (403, relay("insufficient_user_quota"), Refused, FailureClass.NO_BALANCE),
        (403, relay("pre_consume_token_quota_failed"), Refused, FailureClass.NO_BALANCE),
        (403, middleware("your IP is not in the list"), Refused, FailureClass.KEY_REJECTED),
        (413, relay("read_request_body_failed"), Refused, FailureClass.INVALID_INPUT),
        (429, relay("fail_to_fetch_task", "当前分组上游负载已饱和，请稍后再试"), Busy, None),
        (400, ark("ServerOverloaded"), Busy, None),
        (500, relay("build_request_failed"), Refused, FailureClass.INTERNAL),
        (500, relay("do_request_failed"), Ambiguous, None),
        (500, relay("unmarshal_response_body_failed"), Ambiguous, None),
        (500, relay("invalid_response"), Ambiguous, None),
        (500, relay("get_channel_failed"), Ambiguous, None),
        (500, ark("InternalServiceError"), Ambiguous, None),
        (500, ark("***"), Ambiguous, None),
        (500, middleware("panic", "new_api_panic"), Ambiguous, None),
        (503, middleware("no channel", code="model_not_found"), Refused, FailureClass.PROVIDER_DOWN),
        (404, middleware("Invalid URL (POST /x)", "invalid_request_error"), Refused, FailureClass.INTERNAL),
        (200, relay("insufficient_user_quota"), Refused, FailureClass.NO_BALANCE),
        (200, relay("something_new"), Ambiguous, None),
        (200, {"id": 7, "status": "queued"}, Ambiguous, None),
    ]
    poll_faults: list[Fault] = [
        (401, middleware("quota used up"), Refused, FailureClass.KEY_REJECTED),
        (400, relay("task_not_exist"), Unavailable, None),  # the job was sent just now
        (200, relay("task_not_exist"), Unavailable, None),
        (200, relay("get_tasks_failed"), Unavailable, None),
        (404, {"error": "x"}, Unavailable, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        done = self.gateway.statuses.get(word.lower()) == JobState.FINISHED
        return wrapped(word, {"id": "cgt-1"}, result_url=LINK if done else "")
