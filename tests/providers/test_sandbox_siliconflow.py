"""The sandbox's SiliconFlow: what it refuses, how a job walks, how long a link lives."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer

DIALECT = "siliconflow"
T2V, I2V = "Wan-AI/Wan2.2-T2V-A14B", "Wan-AI/Wan2.2-I2V-A14B"
BODY = {"model": T2V, "prompt": "a fox in snow", "image_size": "1280x720"}
STILL = {"model": I2V, "image": "https://example.com/a.png"}


def submit(api: httpx.Client, **changes: Any) -> httpx.Response:
    body = {name: value for name, value in (BODY | changes).items() if value is not None}
    return api.post("/video/submit", json=body)


def poll(api: httpx.Client, job_id: str) -> httpx.Response:
    return api.post("/video/status", json={"requestId": job_id})


def wait(api: httpx.Client, job_id: str, status: str = "Succeed") -> dict[str, Any]:
    deadline = time.monotonic() + 90  # one of these tests renders for real, perhaps on a busy machine
    while (row := poll(api, job_id).json())["status"] != status:
        assert time.monotonic() < deadline, row
        time.sleep(0.02)
    return row


def finish(api: httpx.Client, **changes: Any) -> dict[str, Any]:
    return wait(api, submit(api, **changes).json()["requestId"])


REFUSALS = {
    "unknown field": ({"duration": 5}, 20015),
    "ratio that leaked in": ({"aspect_ratio": "16:9"}, 20015),
    "unknown model": ({"model": "Wan-AI/Wan2.2-I2V-14B-720P"}, 20012),
    "model in other letters": ({"model": T2V.lower()}, 20012),
    "no model": ({"model": None}, 20015),
    "unknown size": ({"image_size": "1920x1080"}, 20015),
    "no size": ({"image_size": None}, 20015),
    "no prompt": ({"prompt": None}, 20015),
    "blank prompt": ({"prompt": "  "}, 20015),
    "prompt that is a number": ({"prompt": 5}, 20015),
    "negative prompt that is a list": ({"negative_prompt": ["x"]}, 20015),
    "seed in a string": ({"seed": "7"}, 20015),
    "boolean as seed": ({"seed": True}, 20015),
    "negative seed": ({"seed": -1}, 20015),
    "picture model without picture": ({"model": I2V}, 20015),
    "picture on a text model": ({"image": STILL["image"]}, 20015),
    "picture in a list": (STILL | {"image": [STILL["image"]]}, 20015),
    "picture on a private host": (STILL | {"image": "http://10.1.2.3/a.png"}, 20015),
    "picture that is none": (STILL | {"image": "data:image/png;base64,AAAA"}, 20015),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses_with_a_code(api: httpx.Client, case: str) -> None:
    changes, code = REFUSALS[case]
    reply = submit(api, **changes)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert set(reply.json()) == {"code", "message", "data"}
    assert reply.headers["x-siliconcloud-trace-id"]


def test_the_model_is_checked_before_the_size(api: httpx.Client) -> None:
    assert submit(api, model="x", image_size="x", prompt="").json()["code"] == 20012
    assert "image_size" in submit(api, image_size="x", prompt="").json()["message"]


@pytest.mark.parametrize("blank", ["", " "])
def test_takes_a_data_url_with_or_without_a_blank(
    api: httpx.Client, blank: str, make_picture: Callable, as_data_url: Callable
) -> None:
    url = as_data_url(make_picture()).replace("base64,", f"base64,{blank}")
    assert submit(api, model=I2V, image=url).status_code == 200


@pytest.mark.parametrize(
    ("key", "status", "body"),
    [
        ("sk-real", 401, "Invalid token"),
        ("", 401, "Invalid token"),
        ("sandbox-com-1", 401, {"code": 30014, "message": "Token is invalid.", "data": None}),
        (
            "sandbox-empty-1",
            403,
            {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None},
        ),
        (
            "sandbox-empty-402",
            402,
            {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None},
        ),
    ],
)
def test_keys(sandbox: SandboxServer, key: str, status: int, body: Any) -> None:
    with connect(sandbox, "siliconflow", key) as client:
        if not key:
            del client.headers["authorization"]
        reply = submit(client)
        assert (reply.status_code, reply.json()) == (status, body)


def test_the_two_sites_know_different_keys(sandbox: SandboxServer) -> None:
    base = f"{sandbox.origin}/siliconflow-com/v1"
    for key, status in (("sandbox-com-1", 200), ("sandbox-cn-1", 401)):
        reply = httpx.get(
            f"{base}/models", headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=10
        )
        assert reply.status_code == status


@pytest.mark.parametrize("path", ["/video/status", "/v1/video/submit", "/user/info"])
def test_there_is_nothing_else(api: httpx.Client, path: str) -> None:
    reply = api.get(path)
    assert (reply.status_code, reply.json()) == (404, "404 page not found")


def test_walks_from_queue_to_success(api: httpx.Client, sandbox: SandboxServer) -> None:
    reply = submit(api, seed=123)
    assert set(reply.json()) == {"requestId"} and reply.headers["x-siliconcloud-trace-id"]
    job_id = reply.json()["requestId"]
    assert len(job_id) == 12 and job_id.isalnum() and job_id == job_id.lower()
    assert poll(api, job_id).json()["status"] == "InQueue"
    wait(api, job_id, "InProgress")
    row = wait(api, job_id)
    assert row["reason"] == "" and row["results"]["seed"] == 123
    assert row["results"]["videos"][0]["url"].startswith(sandbox.origin)
    assert row["results"]["timings"]["inference"] > 0


def test_results_are_null_or_missing_before_the_end(api: httpx.Client) -> None:
    ids = [submit(api, prompt=f"[stuck] {n}").json()["requestId"] for n in range(24)]
    rows = [poll(api, job_id).json() for job_id in ids]
    assert {"results" in row for row in rows} == {True, False}
    assert all(row.get("results") is None for row in rows)


def test_a_link_lives_ten_minutes_and_is_never_renewed(api: httpx.Client) -> None:
    job_id = submit(api).json()["requestId"]
    first, second = (wait(api, job_id)["results"]["videos"][0]["url"] for _ in range(2))
    assert first == second
    ends = int(parse_qs(urlsplit(first).query)["Expires"][0])
    assert 595 <= ends - time.time() <= 601
    assert httpx.get(first, trust_env=False).content[4:8] == b"ftyp"
    assert api.get(first).status_code == 400  # a key beside the signature


def test_a_dead_link_stays_dead(api: httpx.Client) -> None:
    job_id = submit(api, prompt="[expired link]").json()["requestId"]
    for _ in range(2):
        url = wait(api, job_id)["results"]["videos"][0]["url"]
        assert httpx.get(url, trust_env=False).status_code == 403


def test_jobs_of_another_key_are_unknown(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = submit(api).json()["requestId"]
    with connect(sandbox, "siliconflow", "sandbox-stranger") as stranger:
        assert (poll(stranger, job_id).status_code, poll(stranger, job_id).json()["code"]) == (400, 20015)
    assert api.post("/video/status", json={"requestId": job_id, "more": 1}).status_code == 400


@pytest.mark.parametrize(
    ("word", "status", "body"),
    [
        ("429", 429, None),
        ("503 submit", 503, 50505),
        ("submit 503 code", 503, 50603),
        ("submit 400 model once", 400, 20012),
    ],
)
def test_a_first_submit_makes_nothing(
    api: httpx.Client, sandbox: SandboxServer, word: str, status: int, body: int | None
) -> None:
    prompt = f"a {word} boat [{word}]"
    first, second = submit(api, prompt=prompt), submit(api, prompt=prompt)
    assert (first.status_code, first.json().get("code"), second.status_code) == (status, body, 200)
    assert sum(line["prompt"] == prompt for line in sandbox.bill()) == 1


@pytest.mark.parametrize(("word", "status"), [("500 submit", 500), ("submit 504", 504)])
def test_a_job_may_be_made_behind_an_error(
    api: httpx.Client, sandbox: SandboxServer, word: str, status: int
) -> None:
    prompt = f"a {word} ferry [{word}]"
    reply = submit(api, prompt=prompt)
    assert reply.status_code == status
    assert isinstance(reply.json(), str) == (status == 504)
    assert sum(line["prompt"] == prompt for line in sandbox.bill()) == 1


def test_odd_answers_at_the_end(api: httpx.Client) -> None:
    assert finish(api, prompt="[no url]")["results"]["videos"] == []
    assert finish(api, prompt="[top videos]")["videos"][0]["url"]
    failed = wait(api, submit(api, prompt="[failed]").json()["requestId"], "Failed")
    assert failed["reason"] and failed["results"] is None


def test_the_bill_counts_clips(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = submit(api, **STILL).json()["requestId"]
    line = next(line for line in sandbox.bill() if line["job_id"] == job_id)
    assert (line["amount_usd"], line["mode"], line["duration_s"]) == (0.29, "image_to_video", 5)


def test_lists_models_of_the_kind_asked_for(api: httpx.Client) -> None:
    rows = api.get("/models?type=video").json()["data"]
    assert {T2V, I2V} <= {row["id"] for row in rows}
    assert api.get("/models?type=image").json()["data"] == []


def test_the_three_sizes_are_rendered(rendering_sandbox: SandboxServer) -> None:
    with connect(rendering_sandbox, "siliconflow", "sandbox-sizes") as api:
        url = finish(api, image_size="960x960")["results"]["videos"][0]["url"]
    film = httpx.get(url, trust_env=False).content
    assert (960 << 16).to_bytes(4, "big") * 2 in film  # width and height of the track, as MP4 writes them
