"""Requests to Venice and its replies, as its own pages have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.gateways.errors import Ambiguous, Busy, Lost, Refused, Unavailable
from providers.gateways.values import FailureClass, Mode, Role, VideoRequest

from .battery import ANOTHER, PICTURE, GatewaySamples, in_the_rain, picture
from .venice_requests import ID, SHARE, TICKS

CONSENT = {
    "error": {"code": "needs_consent", "message": "Faces were found."},
    "consent_flow": "seedance",
    "face_media_roles": ["image", "end_image"],
    "consent": {"consent_version": "v2.0", "policy_text": "line 1\nline 2\nline 3\nline 4"},
    "docs_url": "https://docs.venice.ai/guides/media/seedance-face-consent",
}
VALIDATION = {
    "error": "Invalid request parameters",
    "details": {"_errors": [], "aspect_ratio": {"_errors": ["Required"]}},
    "issues": [
        {
            "code": "invalid_type",
            "expected": "'16:9' | '9:16'",
            "received": "undefined",
            "path": ["aspect_ratio"],
            "message": "Required",
        }
    ],
}
UNKNOWN_KEY = {
    "error": "Invalid request parameters",
    "details": {"_errors": ["Unrecognized key(s) in object: 'seed'"]},
    "issues": [
        {
            "code": "unrecognized_keys",
            "keys": ["seed"],
            "path": [],
            "message": "Unrecognized key(s) in object: 'seed'",
        }
    ],
}


class VeniceSamples(GatewaySamples):
    name, model = "venice", "wan-3-0-image-to-video"
    full = in_the_rain(
        "wan-3-0-image-to-video",
        consents={"seedance": TICKS},
    )
    bare = VideoRequest(
        model="wan-3-0-image-to-video",
        mode=Mode.IMAGE_TO_VIDEO,
        prompt="A lighthouse",
        duration_s=5.0,
        resolution="720p",
        aspect_ratio="16:9",
        inputs=(picture(),),
    )
    references = VideoRequest(
        model="seedance-2-0-reference-to-video-basic",
        mode=Mode.REFERENCE_TO_VIDEO,
        prompt="<Image 1> walks through <Image 2>",
        duration_s=5.0,
        resolution="720p",
        aspect_ratio="16:9",
        inputs=(picture(Role.REFERENCE_IMAGE), picture(Role.REFERENCE_IMAGE, address=ANOTHER)),
    )
    references_body = {
        "model": "seedance-2-0-reference-to-video-basic",
        "prompt": "Refer to <Image 1>, <Image 2> to generate: <Image 1> walks through <Image 2>",
        "duration": "5s",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "audio": False,
        "reference_image_urls": [PICTURE, ANOTHER],
    }
    submit_path = "/video/queue"
    full_body = {
        "model": "wan-3-0-image-to-video",
        "prompt": "A lighthouse in the rain",
        "duration": "5s",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "audio": True,
        "image_url": PICTURE,
        "end_image_url": PICTURE,
        "consents": {"seedance": TICKS},
    }
    bare_body = {
        "model": "wan-3-0-image-to-video",
        "prompt": "A lighthouse",
        "duration": "5s",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "audio": False,
        "image_url": PICTURE,
    }
    field_types = {
        "model": str,
        "prompt": str,
        "duration": str,
        "aspect_ratio": str,
        "resolution": str,
        "audio": bool,
        "image_url": str,
        "end_image_url": str,
        "consents": dict,
    }
    submitted = {"model": "wan-3-0-image-to-video", "queue_id": ID, "download_url": SHARE}
    job_id = ID
    poll = (
        "POST",
        "/video/retrieve",
        {"model": "wan-3-0-image-to-video", "queue_id": ID, "delete_media_on_completion": False},
    )
    submit_faults = [
        ("400", Refused, FailureClass.INVALID_INPUT),
        ("400 input", Refused, FailureClass.INVALID_INPUT),
        ("403 region", Refused, FailureClass.INVALID_INPUT),
        ("403 privacy", Refused, FailureClass.INVALID_INPUT),
        ("404", Refused, FailureClass.INVALID_INPUT),
        ("404 missing", Refused, FailureClass.INVALID_INPUT),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 access", Refused, FailureClass.KEY_REJECTED),
        ("402", Refused, FailureClass.NO_BALANCE),
        ("402 limit", Refused, FailureClass.NO_BALANCE),
        ("402 x402", Refused, FailureClass.NO_BALANCE),
        ("409", Refused, FailureClass.INVALID_INPUT),
        ("409 flow", Refused, FailureClass.INVALID_INPUT),
        ("409 no words", Refused, FailureClass.INVALID_INPUT),
        ("409 odd", Refused, FailureClass.INVALID_INPUT),
        ("410", Refused, FailureClass.INVALID_INPUT),
        ("413", Refused, FailureClass.INVALID_INPUT),
        ("422 policy", Refused, FailureClass.MODERATION),
        ("422 suggestion", Refused, FailureClass.MODERATION),
        ("422 code", Refused, FailureClass.MODERATION),
        ("422 object", Refused, FailureClass.MODERATION),
        ("422 ratio", Refused, FailureClass.INVALID_INPUT),
        ("422 ratio object", Refused, FailureClass.INVALID_INPUT),
        ("429", Busy, None),
        ("429 wait", Busy, None),
        ("429 failures", Busy, None),
        ("500", Ambiguous, None),
        ("500 unknown", Ambiguous, None),
        ("504", Ambiguous, None),
        ("503", Refused, FailureClass.PROVIDER_DOWN),
    ]
    poll_faults = [
        ("400 lost", Lost, None),
        ("404 lost", Lost, None),
        ("410", Lost, None),
        ("400 model", Unavailable, None),
        ("404 model", Unavailable, None),
        ("404 unknown", Unavailable, None),
        ("422 page", Unavailable, None),
        ("500", Unavailable, None),
        ("502", Unavailable, None),
        ("504", Unavailable, None),
        ("401", Refused, FailureClass.KEY_REJECTED),
        ("403 access", Refused, FailureClass.KEY_REJECTED),
        ("403 region", Refused, FailureClass.INVALID_INPUT),
        ("429", Busy, None),
        ("503", Busy, None),
    ]

    def poll_reply(self, word: str) -> Mapping[str, Any]:
        return {"status": word, "average_execution_time": 145000, "execution_duration": 53200}
