"""The sandbox's ElkAPI: failures, as the words of a prompt ask for them."""

import json
import time

import httpx
import pytest

from tests.providers.conftest import connect
from tests.providers.elkapi_calls import CLIP, IMAGE, WAYS, line_of, poll, submit, wait
from tests.providers.sandbox_server import SandboxServer

DIALECT = "elkapi"


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
