"""The sandbox's ElkAPI: what it takes, how a job is told, and its results."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.providers.conftest import connect
from tests.providers.elkapi_calls import (
    CLIP,
    FAST,
    FIRST,
    IMAGE,
    LAST,
    MODEL,
    SOUND,
    WAYS,
    finish,
    item,
    line_of,
    poll,
    submit,
    wait,
)
from tests.providers.sandbox_server import SandboxServer

DIALECT = "elkapi"


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
