"""The sandbox's ElkAPI: what the gateway refuses, and what the vendor behind it refuses."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.providers.conftest import connect
from tests.providers.elkapi_calls import CLIP, FAST, FIRST, IMAGE, LAST, SOUND, finish, item, line_of, submit
from tests.providers.sandbox_server import SandboxServer

DIALECT = "elkapi"


REFUSALS: dict[str, tuple[dict[str, Any], int, str]] = {
    "no prompt": ({"prompt": None}, 400, "invalid_request"),
    "blank prompt": ({"prompt": "  "}, 400, "invalid_request"),
    "prompt as number": ({"prompt": 3}, 400, "invalid_request"),
    "seconds as number": ({"seconds": 8}, 400, "invalid_request"),
    "negative seconds": ({"seconds": "-1"}, 400, "invalid_seconds"),
    "too many seconds": ({"seconds": "3601"}, 400, "invalid_seconds"),
    "length as text": ({"duration": "5"}, 400, "invalid_request"),
    "one image": ({"images": "https://example.com/a.png"}, 400, "invalid_request"),
    "images that are none": ({"images": [1]}, 400, "invalid_request"),
    "metadata as number": ({"metadata": 3}, 400, "invalid_request"),
    "metadata as words": ({"metadata": "wide"}, 400, "invalid_request"),
    "half a second": ({"metadata": {"duration": 8.5}}, 500, "build_request_failed"),
    "yes": ({"metadata": {"watermark": "yes"}}, 500, "build_request_failed"),
    "resolution as number": ({"metadata": {"resolution": 720}}, 500, "build_request_failed"),
    "content as text": ({"metadata": {"content": "x"}}, 500, "build_request_failed"),
    "an item as text": ({"metadata": {"content": ["x"]}}, 500, "build_request_failed"),
    "an address as text": (
        {"metadata": {"content": [{"type": "image_url", "image_url": "https://example.com/a.png"}]}},
        500,
        "build_request_failed",
    ),
    "both places for pictures": (
        {"images": ["https://example.com/a.png"], "metadata": {"content": [IMAGE]}},
        400,
        "invalid_request",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_the_gateway_refuses(api: httpx.Client, sandbox: SandboxServer, case: str) -> None:
    changes, status, code = REFUSALS[case]
    reply = submit(api, **changes)
    assert (reply.status_code, reply.json()["code"], reply.json()["data"]) == (status, code, None)
    assert reply.headers["x-oneapi-request-id"]


def test_the_middleware_refuses_in_another_shape(api: httpx.Client) -> None:
    for body, status, code in (
        ({"prompt": "x"}, 400, ""),
        ({"model": 3, "prompt": "x"}, 400, ""),
        ({"model": "nobody", "prompt": "x"}, 503, "model_not_found"),
    ):
        reply = api.post("/video/generations", json=body)
        error = reply.json()["error"]
        assert (reply.status_code, error["type"], error["code"]) == (status, "new_api_error", code)
        assert error["message"].endswith(f"(request id: {reply.headers['x-oneapi-request-id']})")
    assert api.post("/video/generations", content=b"{").status_code == 400
    assert api.get("/audio/speech").json()["error"]["message"] == "Invalid URL (GET /v1/audio/speech)"


@pytest.mark.parametrize(
    ("key", "status"), [("other", 401), ("sandbox-empty-1", 403), ("", 401), ("sk-sandbox-fine", 200)]
)
def test_keys(sandbox: SandboxServer, key: str, status: int) -> None:
    with connect(sandbox, "elkapi", key) as client:
        if not key:
            del client.headers["authorization"]
        assert submit(client).status_code == status


# -- the vendor's refusals -----------------------------------------------------------------------------

ARK_REFUSALS: dict[str, dict[str, Any]] = {
    "too short": {"duration": 3},
    "too long": {"duration": 16},
    "4k on fast": {"resolution": "4k"},
    "1080p on fast": {"resolution": "1080p"},
    "odd ratio": {"ratio": "2:1"},
    "frames": {"frames": 29},
    "still camera": {"camera_fixed": True},
    "draft": {"draft": True},
    "flex": {"service_tier": "flex"},
    "seed": {"seed": -2},
    "expiry": {"execution_expires_after": 60},
    "priority": {"priority": 10},
    "long name": {"safety_identifier": "x" * 65},
    "frame and reference": {"content": [FIRST, IMAGE]},
    "last frame alone": {"content": [LAST]},
    "two first frames": {"content": [FIRST, FIRST]},
    "two frames without role": {"content": [item(role=""), item(role="")]},
    "a clip as frame": {"content": [CLIP | {"role": "first_frame"}]},
    "a picture as clip": {"content": [IMAGE | {"role": "reference_video"}]},
    "a clip without role": {"content": [CLIP | {"role": ""}]},
    "an unknown kind": {"content": [{"type": "model_url", "role": "reference_image"}]},
    "no address": {"content": [{"type": "image_url", "role": "reference_image"}]},
    "ten pictures": {"content": [IMAGE] * 10},
    "four clips": {"content": [CLIP] * 4},
    "four sounds": {"content": [IMAGE, *[SOUND] * 4]},
    "sound alone": {"content": [SOUND]},
    "a clip inside": {"content": [CLIP | {"video_url": {"url": "data:video/mp4;base64,AAAA"}}]},
    "upper case": {"content": [IMAGE | {"image_url": {"url": "data:image/PNG;base64,AAAA"}}]},
    "an asset": {"content": [IMAGE | {"image_url": {"url": "asset://abc"}}]},
    "private host": {"content": [IMAGE | {"image_url": {"url": "http://10.0.0.1/a.png"}}]},
}


@pytest.mark.parametrize("case", ARK_REFUSALS)
def test_the_vendor_refuses_inside_the_gateways_error(
    api: httpx.Client, sandbox: SandboxServer, case: str
) -> None:
    reply = submit(api, ARK_REFUSALS[case], prompt=f"refused for {case}")
    assert (reply.status_code, reply.json()["code"]) == (400, "fail_to_fetch_task")
    inner = json.loads(reply.json()["message"])["error"]
    assert inner["code"] in ("InvalidParameter", "MissingParameter") and inner["message"]
    assert not [line for line in sandbox.bill() if line["prompt"] == f"refused for {case}"]


OLDER, DRAFTS = "doubao-seedance-1-0-pro-250528", "doubao-seedance-1-5-pro-251215"
TOGETHER: dict[str, tuple[str, dict[str, Any], str]] = {
    "adaptive from words": (OLDER, {"ratio": "adaptive"}, "ratio"),
    "too few frames": (OLDER, {"frames": 25}, "frames"),
    "too many frames": (OLDER, {"frames": 293}, "frames"),
    "frames between the steps": (OLDER, {"frames": 30}, "frames"),
    "a draft at 720p": (DRAFTS, {"draft": True, "resolution": "720p"}, "resolution"),
    "a draft of no resolution": (DRAFTS, {"draft": True, "resolution": None}, "resolution"),
    "a draft with a last frame back": (
        DRAFTS,
        {"draft": True, "return_last_frame": True},
        "return_last_frame",
    ),
    "a draft between two frames": (DRAFTS, {"draft": True, "content": [FIRST, LAST]}, "content"),
}


@pytest.mark.parametrize("case", TOGETHER)
def test_the_vendor_refuses_fields_that_do_not_go_together(api: httpx.Client, case: str) -> None:
    model, metadata, param = TOGETHER[case]
    reply = submit(api, metadata, model=model)
    assert (reply.status_code, reply.json()["code"]) == (400, "fail_to_fetch_task")
    assert json.loads(reply.json()["message"])["error"]["param"] == param


@pytest.mark.parametrize(
    ("model", "metadata"),
    [
        (OLDER, {"ratio": "adaptive", "content": [FIRST]}),
        (OLDER, {"frames": 29}),  # the length beside it is not looked at
        (OLDER, {"frames": 289, "duration": None}),
        (DRAFTS, {"draft": True}),
        (DRAFTS, {"draft": True, "content": [FIRST], "return_last_frame": False}),
        (DRAFTS, {"draft": False, "resolution": "1080p", "return_last_frame": True}),
    ],
)
def test_the_vendor_takes_what_goes_together(
    api: httpx.Client, sandbox: SandboxServer, model: str, metadata: dict[str, Any]
) -> None:
    reply = submit(api, metadata, model=model)
    assert reply.status_code == 200, reply.text
    frames = metadata.get("frames")
    assert line_of(sandbox, reply.json()["id"])["duration_s"] == (frames // 24 if frames else 4)


@pytest.mark.parametrize(("model", "made"), [(FAST, "720p"), (OLDER, "1080p")])
def test_what_is_left_out_is_made_as_the_vendor_documents(api: httpx.Client, model: str, made: str) -> None:
    told = finish(api, model=model, metadata={"resolution": None, "ratio": None})["data"]
    assert (told["resolution"], told["ratio"]) == (made, "16:9")


@pytest.mark.parametrize("size", [(299, 600), (900, 301)])
def test_a_picture_out_of_range_is_refused(
    api: httpx.Client, make_picture: Callable, as_data_url: Callable, size: tuple[int, int]
) -> None:
    content = [IMAGE | {"image_url": {"url": as_data_url(make_picture(size))}}]
    assert submit(api, {"content": content}).status_code == 400
