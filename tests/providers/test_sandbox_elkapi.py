"""The sandbox's ElkAPI: what the gateway refuses, what the vendor behind it refuses, how a job is told."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer

MODEL, FAST = "doubao-seedance-2-0-260128", "doubao-seedance-2-0-fast-260128"
BODY: dict[str, Any] = {"model": FAST, "prompt": "a fox in snow"}
SETTINGS: dict[str, Any] = {"duration": 4, "ratio": "16:9", "resolution": "480p"}
WAYS = ["/video/generations", "/videos"]


def item(kind: str = "image", role: str = "reference_image", url: str = "https://example.com/a.png") -> dict:
    return {"type": f"{kind}_url", f"{kind}_url": {"url": url}, "role": role}


IMAGE = item()
CLIP = item("video", "reference_video", "https://example.com/a.mp4")
SOUND = item("audio", "reference_audio", "https://example.com/a.mp3")
FIRST, LAST = item(role="first_frame"), item(role="last_frame")


@pytest.fixture
def api(sandbox: SandboxServer, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    with connect(sandbox, "elkapi", f"sandbox-{request.node.name}") as client:
        yield client


def submit(api: httpx.Client, metadata: Any = None, **changes: Any) -> httpx.Response:
    settings = metadata if isinstance(metadata, str | int) else {**SETTINGS, **(metadata or {})}
    body = {**BODY, "metadata": settings, **changes}
    return api.post("/video/generations", json={k: v for k, v in body.items() if v is not None})


def poll(api: httpx.Client, job_id: str, way: str = WAYS[0]) -> dict[str, Any]:
    return api.get(f"{way}/{job_id}").json()


def wait(api: httpx.Client, job_id: str, status: str = "SUCCESS") -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while (task := poll(api, job_id)["data"])["status"] != status:
        assert time.monotonic() < deadline, task
        time.sleep(0.02)
    return task


def finish(api: httpx.Client, **changes: Any) -> dict[str, Any]:
    return wait(api, submit(api, **changes).json()["id"])


def line_of(sandbox: SandboxServer, job_id: str) -> dict[str, Any]:
    return next(line for line in sandbox.bill() if line["job_id"] == job_id)


# -- the gateway's own refusals ------------------------------------------------------------------------

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


# -- what is taken -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({}, "text_to_video"),
        ({"content": [FIRST]}, "image_to_video"),
        ({"content": [item(role="")]}, "image_to_video"),
        ({"content": [FIRST, LAST]}, "first_last_frame"),
        ({"content": [IMAGE, CLIP, SOUND]}, "reference_to_video"),
        ({"content": [{"type": "text", "text": "dropped"}]}, "text_to_video"),
    ],
)
def test_mode_follows_from_content(
    api: httpx.Client, sandbox: SandboxServer, changes: dict, mode: str
) -> None:
    job_id = submit(api, changes).json()["id"]
    assert line_of(sandbox, job_id)["mode"] == mode


def test_images_are_first_frames(api: httpx.Client, sandbox: SandboxServer) -> None:
    reply = submit(api, images=["https://example.com/a.png"])
    assert line_of(sandbox, reply.json()["id"])["mode"] == "image_to_video"


def test_seconds_beat_the_duration(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = submit(api, {"duration": 4}, seconds="8").json()["id"]
    assert line_of(sandbox, job_id)["duration_s"] == 8


def test_metadata_may_be_text_and_hold_loose_types_and_strangers(api: httpx.Client) -> None:
    told = {"duration": "6", "generate_audio": "false", "output_format": "mov", "resolution": "480p"}
    job_id = submit(api, json.dumps(told)).json()["id"]
    task = wait(api, job_id)
    assert task["data"]["duration"] == 6 and task["data"]["generate_audio"] is False


def test_the_model_chooses_length_and_ratio(
    api: httpx.Client, make_picture: Callable, as_data_url: Callable
) -> None:
    upright = IMAGE | {"image_url": {"url": as_data_url(make_picture((600, 1000)))}, "role": "first_frame"}
    told = finish(api, metadata={"duration": -1, "ratio": "adaptive", "content": [upright]})["data"]
    assert (told["duration"], told["ratio"]) == (5, "9:16")


# -- how a job is told ---------------------------------------------------------------------------------


def test_submit_answers_as_the_page_shows(api: httpx.Client) -> None:
    reply = submit(api, model=MODEL)
    job = reply.json()
    assert set(job) == {"id", "task_id", "object", "model", "status", "progress", "created_at"}
    assert job["id"] == job["task_id"] and len(job["id"]) == len("task_") + 32
    assert (job["object"], job["model"], job["status"], job["progress"]) == ("video", MODEL, "queued", 0)
    assert json.loads(reply.headers["x-new-api-other-ratios"]) == {}


def test_walks_through_every_status(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id, seen = submit(api, prompt="[slow]").json()["id"], []
    while not seen or seen[-1][0] != "SUCCESS":
        task = poll(api, job_id)["data"]
        if (step := (task["status"], task["progress"])) not in seen:
            seen.append(step)
        time.sleep(0.02)
    assert seen == [("NOT_START", "0%"), ("QUEUED", "10%"), ("IN_PROGRESS", "50%"), ("SUCCESS", "100%")]


def test_a_finished_job_holds_the_vendors_own(api: httpx.Client, sandbox: SandboxServer) -> None:
    task = finish(api, metadata={"return_last_frame": True})
    told = task["data"]
    assert task["result_url"] == told["content"]["video_url"] and task["result_url"].startswith(
        sandbox.origin
    )
    assert told["usage"] == {"completion_tokens": 40594, "total_tokens": 40594}
    frame = httpx.get(told["content"]["last_frame_url"], trust_env=False)
    assert frame.status_code == 200
    line = line_of(sandbox, task["task_id"])
    assert line["amount_usd"] == pytest.approx(40594 * 5.6 / 1_000_000, abs=1e-4)


def test_a_clip_among_the_inputs_is_counted(api: httpx.Client) -> None:
    job_id = submit(api, {"resolution": "720p", "content": [CLIP]}, model=MODEL).json()["id"]
    assert wait(api, job_id)["data"]["usage"]["total_tokens"] == 173_700


def test_the_second_way_answers_flat(api: httpx.Client) -> None:
    job_id = submit(api).json()["id"]
    task = wait(api, job_id)
    flat = poll(api, job_id, WAYS[1])
    assert (flat["object"], flat["status"], flat["progress"]) == ("video", "completed", 100)
    assert flat["metadata"]["url"] == task["result_url"]


SHAPES: dict[str, Callable[[dict[str, Any]], tuple[object, object]]] = {
    "v2": lambda body: (body["status"], body["metadata"]["url"]),
    "v3": lambda body: (body["data"]["status"], body["data"]["metadata"]["url"]),
    "v4": lambda body: (body["data"]["status"], body["data"]["url"]),
    "v5": lambda body: (body["status"], body["url"]),
    "v6": lambda body: (body.get("status"), body.get("content", {}).get("video_url")),
    "v7": lambda body: (body["status"], body["video_url"]),
}


@pytest.mark.parametrize("word", SHAPES)
def test_a_word_changes_the_shape_of_a_poll(api: httpx.Client, word: str) -> None:
    job_id = submit(api, prompt=f"[{word}]").json()["id"]
    deadline = time.monotonic() + 20
    while (told := SHAPES[word](poll(api, job_id)))[0] not in ("completed", "succeeded"):
        assert time.monotonic() < deadline, told
        time.sleep(0.02)
    assert httpx.get(str(told[1]), trust_env=False).content[4:8] == b"ftyp"


def test_an_old_build_names_the_vendors_job_and_the_link_as_reason(api: httpx.Client) -> None:
    reply = submit(api, prompt="[old build]").json()
    assert set(reply) == {"task_id"} and reply["task_id"].startswith("cgt-")
    task = wait(api, reply["task_id"])
    assert task["fail_reason"].startswith("http") and "result_url" not in task and "id" not in task


# -- scripted faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "code", "field"),
    [
        ("failed", "InternalServiceError", "fail_reason"),
        ("moderated", "OutputVideoSensitiveContentDetected", "result_url"),
    ],
)
def test_a_failure_repeats_its_reason(
    api: httpx.Client, sandbox: SandboxServer, word: str, code: str, field: str
) -> None:
    task = wait(api, submit(api, prompt=f"[{word}]").json()["id"], "FAILURE")
    assert task["data"]["error"]["code"] == code
    assert task[field] == task["data"]["error"]["message"]
    assert line_of(sandbox, task["task_id"])["refunded"] is True


def test_an_expired_job_is_shown_as_running(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = submit(api, prompt="[expired job]").json()["id"]
    deadline = time.monotonic() + 10
    while (task := poll(api, job_id)["data"])["progress"] != "30%":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert (task["status"], task["data"]["status"]) == ("IN_PROGRESS", "expired")
    assert poll(api, job_id, WAYS[1])["status"] == "in_progress"


def test_the_gateways_own_time_out_is_chinese(api: httpx.Client) -> None:
    task = wait(api, submit(api, prompt="[timed out]").json()["id"], "FAILURE")
    assert task["fail_reason"] == task["result_url"] == "任务超时（1440分钟）"
    assert task["data"]["status"] == "running"


@pytest.mark.parametrize(
    ("word", "content", "code"),
    [
        ("[refused]", [], "InputTextSensitiveContentDetected"),
        ("[face]", [IMAGE], "InputImageSensitiveContentDetected.PrivacyInformation"),
        ("[face]", [CLIP], "InputVideoSensitiveContentDetected.PrivacyInformation"),
        ("[face] [masked]", [IMAGE], "***.PrivacyInformation"),
    ],
)
def test_content_is_refused_at_submit(api: httpx.Client, word: str, content: list, code: str) -> None:
    reply = submit(api, {"content": content}, prompt=f"{word} someone")
    assert reply.status_code == 400
    assert json.loads(reply.json()["message"])["error"]["code"] == code
    assert submit(api, prompt="[face] without pictures").status_code == 200


def test_429_has_one_fixed_sentence(api: httpx.Client) -> None:
    first, second = (submit(api, prompt="[429] once") for _ in range(2))
    assert (first.status_code, second.status_code) == (429, 200)
    assert (first.json()["code"], first.json()["message"][:4]) == ("fail_to_fetch_task", "当前分组")


def test_500_at_submit_follows_the_job(api: httpx.Client, sandbox: SandboxServer) -> None:
    reply = submit(api, prompt="[500 submit] elk")
    assert (reply.status_code, reply.json()["code"]) == (500, "do_request_failed")
    assert [line for line in sandbox.bill() if line["prompt"] == "[500 submit] elk"]
    assert submit(api, prompt="[503 submit] elk").json()["error"]["code"] == "model_not_found"


def test_polls_that_deny_the_job_or_the_key(api: httpx.Client, sandbox: SandboxServer) -> None:
    for word, status in (("poll 400 early", 400), ("poll 401", 401)):
        job_id = submit(api, prompt=f"[{word}]").json()["id"]
        replies = [api.get(f"/video/generations/{job_id}") for _ in range(2)]
        assert [reply.status_code for reply in replies] == [status, 200]
        assert "x-oneapi-request-id" in replies[0].headers
    with connect(sandbox, "elkapi", "sandbox-stranger") as stranger:
        assert stranger.get(f"/video/generations/{job_id}").json()["code"] == "task_not_exist"


def test_a_build_without_the_first_way(api: httpx.Client) -> None:
    job_id = submit(api, prompt="[flat only]").json()["id"]
    reply = api.get(f"/video/generations/{job_id}")
    told = f"Invalid URL (GET /v1/video/generations/{job_id})"
    assert (reply.status_code, reply.json()["error"]["message"]) == (404, told)
    assert poll(api, job_id, WAYS[1])["object"] == "video"


# -- results ---------------------------------------------------------------------------------------------


def test_the_content_is_handed_through(api: httpx.Client) -> None:
    task = finish(api)
    direct = httpx.get(task["result_url"], trust_env=False)
    reply = api.get(f"/videos/{task['task_id']}/content", headers={"Range": "bytes=10-"})
    assert (reply.status_code, reply.content) == (200, direct.content)
    assert reply.headers["cache-control"] == "public, max-age=86400"


def test_content_before_its_time(api: httpx.Client) -> None:
    job_id = submit(api, prompt="[stuck]").json()["id"]
    reply = api.get(f"/videos/{job_id}/content")
    assert reply.status_code == 400 and "current status: " in reply.json()["error"]["message"]
    assert api.get("/videos/task_nobody/content").status_code == 404


def test_content_goes_with_the_link_behind_it(api: httpx.Client) -> None:
    task = finish(api, prompt="[gone]")
    assert httpx.get(task["result_url"], trust_env=False).status_code == 403
    reply = api.get(f"/videos/{task['task_id']}/content")
    assert reply.status_code == 502 and "403" in reply.json()["error"]["message"]


def test_a_fork_redirects_to_a_fresh_link(api: httpx.Client) -> None:
    task = finish(api, prompt="[redirect] [expired link]")
    assert httpx.get(task["result_url"], trust_env=False).status_code == 403
    reply = api.get(f"/videos/{task['task_id']}/content")
    assert reply.status_code == 302
    assert httpx.get(reply.headers["location"], trust_env=False).status_code == 200


def test_a_job_says_for_how_long_it_is_kept(api: httpx.Client) -> None:
    kept = finish(api, metadata={"execution_expires_after": 7200})["data"]
    assert (kept["execution_expires_after"], kept["service_tier"]) == (7200, "default")
    assert finish(api)["data"]["execution_expires_after"] == 172800


def test_success_without_a_link(api: httpx.Client) -> None:
    task = finish(api, prompt="[no url]")
    assert task["result_url"] == "" and "video_url" not in task["data"]["content"]
    assert api.get(f"/videos/{task['task_id']}/content").content[4:8] == b"ftyp"


def test_models_and_what_is_left(api: httpx.Client) -> None:
    rows = api.get("/models").json()["data"]
    assert {MODEL, FAST, "doubao-seedance-2-5-260628"} <= {row["id"] for row in rows}
    usage = api.get(str(api.base_url).replace("/v1/", "/api/usage/token"))
    told = usage.json()["data"]
    assert told["total_granted"] == told["total_available"] + told["total_used"] == 25_115_000


def test_what_is_left_falls_by_what_is_billed(sandbox: SandboxServer) -> None:
    with connect(sandbox, "elkapi", "sandbox-spending") as client:
        way = str(client.base_url).replace("/v1/", "/api/usage/token")
        before = client.get(way).json()["data"]
        assert submit(client).status_code == 200
        after = client.get(way).json()["data"]
        limit = client.get("/dashboard/billing/subscription").json()
        used = client.get("/dashboard/billing/usage").json()
    spent = after["total_used"] - before["total_used"]
    assert spent > 0 and before["total_available"] - after["total_available"] == spent
    assert limit["hard_limit_usd"] == 50.23 and used["total_usage"] == pytest.approx(spent / 5000)


def test_an_old_build_has_the_older_pages_alone(sandbox: SandboxServer) -> None:
    with connect(sandbox, "elkapi", "sandbox-old-1") as client:
        reply = client.get(str(client.base_url).replace("/v1/", "/api/usage/token"))
        assert reply.status_code == 404 and reply.json()["error"]["message"].startswith("Invalid URL")
        assert client.get("/dashboard/billing/subscription").json()["hard_limit_usd"] == 50.23
    with connect(sandbox, "elkapi", "other") as client:
        assert client.get("/dashboard/billing/usage").status_code == 401
