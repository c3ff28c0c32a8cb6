"""The sandbox's SilkDock: what it refuses, what it quietly replaces, how a file is fetched."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer

DIALECT = "silkdock"
AT = "https://example.com"
SIZE = {"resolution": "720p", "aspect_ratio": "16:9"}
BODY = {"model": "seedance-2.0", "prompt": "a fox in snow", "seconds": 5, "extra_body": SIZE}
FRAMES = {"first_frame_url": f"{AT}/first.png", "last_frame_url": f"{AT}/last.png"}
PICTURES = {"reference_image_urls": [f"{AT}/a.png", f"{AT}/b.png"]}


def submit(api: httpx.Client, extra: dict[str, Any] | None = None, **changes: Any) -> httpx.Response:
    body = {name: value for name, value in (BODY | changes).items() if value is not None}
    if extra is not None:
        body["extra_body"] = SIZE | extra
    return api.post("/v1/videos/generations", json=body)


def ask(api: httpx.Client, job_id: str, tail: str = "") -> httpx.Response:
    return api.get(f"/v1/videos/{quote(job_id, safe='')}{tail}")


def wait(api: httpx.Client, job_id: str, status: str = "completed") -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while (row := ask(api, job_id).json())["status"] != status:
        assert time.monotonic() < deadline, row
        time.sleep(0.02)
    return row


def finish(api: httpx.Client, **changes: Any) -> str:
    job_id: str = submit(api, **changes).json()["id"]
    wait(api, job_id)
    return job_id


def lines(sandbox: SandboxServer, job_id: str) -> list[dict[str, Any]]:
    return [line for line in sandbox.bill() if line["job_id"] == job_id]


REFUSALS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no model": ({"model": None}, {}, "model"),
    "unknown model": ({"model": "seedance-9"}, {}, "model"),
    "model that is no text": ({"model": ["wan-2.7"]}, {}, "model"),
    "no prompt": ({"prompt": None}, {}, "prompt"),
    "blank prompt": ({"prompt": "  "}, {}, "prompt"),
    "seconds as text": ({"seconds": "5"}, {}, "seconds"),
    "seconds as a fraction": ({"seconds": 5.0}, {}, "seconds"),
    "seconds as a boolean": ({"seconds": True}, {}, "seconds"),
    "seconds of no model": ({"seconds": 3}, {}, "seconds"),
    "boolean as text": ({}, {"generate_audio": "true"}, "generate_audio"),
    "null": ({}, {"audio_url": None}, "audio_url"),
    "references as one text": ({}, {"reference_image_urls": f"{AT}/a.png"}, "reference_image_urls"),
    "references as numbers": ({}, {"reference_image_urls": [1]}, "reference_image_urls"),
    "ten pictures": ({}, {"reference_image_urls": [f"{AT}/a.png"] * 10}, "reference_image_urls"),
    "four clips": ({}, {"reference_video_urls": [f"{AT}/a.mp4"] * 4}, "reference_video_urls"),
    "frames on a model without": ({"model": "wan-2.7"}, FRAMES, "first_frame_url"),
    "references on a model without": ({"model": "wan-2.7"}, PICTURES, "reference_image_urls"),
    "clip on another vendor's model": ({"model": "wan-2.7"}, {"video_url": f"{AT}/a.mp4"}, "video_url"),
    "a picture is needed": ({"model": "gen4_turbo"}, {}, "input_reference"),
    "last frame alone": ({}, {"last_frame_url": f"{AT}/last.png"}, "last_frame_url"),
    "frames and references": ({}, FRAMES | PICTURES, "first_frame_url"),
    "frames and a picture": ({"input_reference": f"{AT}/a.png"}, FRAMES, "first_frame_url"),
    "picture and clips": (
        {"input_reference": f"{AT}/a.png"},
        {"reference_video_urls": [f"{AT}/a.mp4"]},
        "reference_video_urls",
    ),
    "two ways for a clip": (
        {},
        {"video_url": f"{AT}/a.mp4", "reference_video_urls": [f"{AT}/a.mp4"]},
        "video_url",
    ),
    "a file inside JSON": ({"input_reference": "data:image/png;base64,AAAA"}, {}, "input_reference"),
    "a private host": ({"input_reference": "http://10.1.2.3/a.png"}, {}, "input_reference"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses_with_the_field_named(api: httpx.Client, case: str) -> None:
    changes, extra, param = REFUSALS[case]
    reply = submit(api, extra, **changes)
    error = reply.json()["error"]
    assert (reply.status_code, error["param"]) == (400, param), error
    assert (set(error), error["code"]) == ({"message", "type", "param", "code"}, "400")


STRICT: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "resolution of no word": ({}, {"resolution": "721p"}),
    "ratio of no word": ({}, {"aspect_ratio": "2:1"}),
    "size and resolution": ({"size": "1280x720"}, {}),
    "half a pair": ({"extra_body": {"resolution": "720p"}}, None),
    "track and sound": ({}, {"audio_url": f"{AT}/a.mp3", "generate_audio": True}),
    "unknown field": ({}, {"seed": 7}),
}


@pytest.mark.parametrize("case", STRICT)
def test_a_strict_key_refuses_what_others_let_pass(
    api: httpx.Client, sandbox: SandboxServer, case: str
) -> None:
    changes, extra = STRICT[case]
    assert submit(api, extra, **changes).status_code == 200
    with connect(sandbox, "silkdock", f"sandbox-strict-{case}") as strict:
        assert submit(strict, extra, **changes).status_code == 400
        assert submit(strict).status_code == 200


@pytest.mark.parametrize(
    ("key", "status", "kind"),
    [
        ("", 401, "auth_error"),
        ("sk-real", 401, "token_not_found_in_db"),
        ("sandbox-empty-1", 422, "budget_exceeded"),
        ("sandbox-empty-400", 400, "budget_exceeded"),
        ("sandbox-empty-429", 429, "budget_exceeded"),
    ],
)
def test_keys(sandbox: SandboxServer, key: str, status: int, kind: str) -> None:
    with connect(sandbox, "silkdock", key) as client:
        if not key:
            del client.headers["authorization"]
        reply = submit(client)
        assert (reply.status_code, reply.json()["error"]["type"]) == (status, kind)
        if status == 401:
            for path in ("/v1/videos/x", "/v1/videos/x/content", "/v1/models", "/model_group/info"):
                assert client.get(path).status_code == 401


def test_an_order_may_be_flat_and_nested_wins(api: httpx.Client) -> None:
    flat = {"resolution": "480p", "aspect_ratio": "1:1"}
    usage = submit(api, extra_body=None, **flat).json()["usage"]
    assert usage["video_resolution"] == "480p"
    assert submit(api, {}, **flat).json()["usage"]["video_resolution"] == "720p"


def test_the_sdk_posts_elsewhere(api: httpx.Client) -> None:
    assert api.post("/v1/videos", json=BODY).json()["status"] == "processing"


def test_other_names_of_the_frames(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = submit(api, {"first_image": f"{AT}/a.png", "last_image": f"{AT}/b.png"}).json()["id"]
    assert lines(sandbox, job_id)[0]["mode"] == "first_last_frame"


@pytest.mark.parametrize(
    ("changes", "extra", "mode"),
    [
        ({}, {}, "text_to_video"),
        ({"input_reference": f"{AT}/a.png"}, {}, "image_to_video"),
        ({}, {"first_frame_url": f"{AT}/a.png"}, "image_to_video"),
        ({}, FRAMES, "first_last_frame"),
        ({}, PICTURES, "reference_to_video"),
        ({"input_reference": f"{AT}/a.png"}, PICTURES, "reference_to_video"),
        ({}, {"video_url": f"{AT}/a.mp4"}, "reference_to_video"),
        ({}, {"audio_url": f"{AT}/a.mp3"}, "text_to_video"),
    ],
)
def test_mode_follows_from_inputs(
    api: httpx.Client, sandbox: SandboxServer, changes: dict, extra: dict, mode: str
) -> None:
    job_id = submit(api, extra, **changes).json()["id"]
    assert lines(sandbox, job_id)[0]["mode"] == mode


def test_a_form_carries_the_picture(
    api: httpx.Client, sandbox: SandboxServer, make_picture: Callable
) -> None:
    form = {"model": "wan-2.7", "prompt": "She turns", "seconds": "5", "extra_body": json.dumps(SIZE)}
    files = {"input_reference": ("a.png", make_picture(), "image/png")}
    job_id = api.post("/v1/videos/generations", data=form, files=files).json()["id"]
    assert lines(sandbox, job_id)[0]["mode"] == "image_to_video"
    for odd in ("[1]", "{", '"x"'):
        assert api.post("/v1/videos", data=form | {"extra_body": odd}, files=files).status_code == 400
    cut = {"input_reference": ("a.png", make_picture()[:60], "image/png")}
    reply = api.post("/v1/videos/generations", data=form, files=cut)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "input_reference")


def test_a_form_in_brackets(api: httpx.Client, sandbox: SandboxServer) -> None:
    parts = [
        ("model", "seedance-2.0"),
        ("prompt", "A dancer"),
        ("seconds", "5"),
        ("extra_body[resolution]", "480p"),
        ("extra_body[aspect_ratio]", "1:1"),
        ("extra_body[generate_audio]", "true"),
        ("extra_body[reference_image_urls][]", f"{AT}/a.png"),
        ("extra_body[reference_image_urls][]", f"{AT}/b.png"),
    ]
    reply = api.post("/v1/videos", files=[(name, (None, text)) for name, text in parts]).json()
    assert reply["usage"] == {"duration_seconds": 5.0, "video_resolution": "480p", "has_audio": True}
    assert lines(sandbox, reply["id"])[0]["mode"] == "reference_to_video"


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b""])
def test_a_body_that_is_no_object(api: httpx.Client, raw: bytes) -> None:
    reply = api.post("/v1/videos/generations", content=raw, headers={"content-type": "application/json"})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "request_body")


def test_the_answer_has_the_keys_of_the_page_and_no_others(api: httpx.Client) -> None:
    row = submit(api).json()
    assert list(row) == ["id", "object", "status", "usage"]
    assert (row["object"], row["status"]) == ("video", "processing")
    assert row["usage"] == {"duration_seconds": 5.0, "video_resolution": "720p", "has_audio": False}


def test_an_id_holds_what_a_path_must_encode(api: httpx.Client) -> None:
    job_id = finish(api)
    assert {"+", "/", "="} <= set(job_id) and job_id.startswith("video_")
    assert ask(api, job_id, "/content").content[4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("changes", "extra", "made"),
    [
        ({"model": "veo-3.1-generate", "seconds": 8, "extra_body": {}, "size": "1920x1080"}, None, "1080p"),
        ({"model": "veo-3.1-generate", "seconds": 8, "extra_body": {}, "size": "1000x7"}, None, "720p"),
        ({}, {"resolution": "1080p"}, "1080p"),
        ({}, {"resolution": "1080p", "aspect_ratio": "21:9"}, "720p"),
        ({}, {"resolution": "4k"}, "720p"),
        ({}, {"aspect_ratio": "5:7", "resolution": "1080p"}, "720p"),
    ],
)
def test_a_pair_that_a_model_lacks_is_replaced(
    api: httpx.Client, changes: dict, extra: dict | None, made: str
) -> None:
    assert submit(api, extra, **changes).json()["usage"]["video_resolution"] == made


def test_walks_from_processing_to_completed(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = submit(api).json()["id"]
    first = ask(api, job_id).json()
    assert first["status"] == "processing" and 0 <= first["progress"] < 100
    row = wait(api, job_id)
    assert list(row) == ["id", "status", "url"] and row["url"].startswith(sandbox.origin)


def test_a_failed_job_is_a_success_with_a_reason_and_stays_on_the_bill(
    api: httpx.Client, sandbox: SandboxServer
) -> None:
    job_id = submit(api, prompt="[moderated]").json()["id"]
    row = wait(api, job_id, "failed")
    assert isinstance(row["error"], str) and list(row) == ["id", "status", "error"]
    assert lines(sandbox, job_id)[0]["refunded"] is False


def test_the_file_comes_whole_and_its_link_takes_no_key(api: httpx.Client) -> None:
    job_id = finish(api)
    reply = ask(api, job_id, "/content")
    assert reply.headers["content-type"] == "video/mp4"
    assert int(reply.headers["content-length"]) == len(reply.content)
    url = ask(api, job_id).json()["url"]
    assert api.get(url).status_code == 400
    assert httpx.get(url, trust_env=False).content == reply.content


def test_a_download_before_the_end_is_a_500(api: httpx.Client) -> None:
    reply = ask(api, submit(api, prompt="[stuck]").json()["id"], "/content")
    assert reply.status_code == 500 and "video not ready" in reply.json()["error"]["message"]


def test_words_for_the_download(api: httpx.Client) -> None:
    early = finish(api, prompt="[not ready]")
    assert [ask(api, early, "/content").status_code for _ in range(3)] == [500, 409, 200]
    never = finish(api, prompt="[no content]")
    assert [ask(api, never, "/content").status_code for _ in range(2)] == [500, 500]
    told = finish(api, prompt="[json file]")
    assert ask(api, told, "/content").json()["url"] == ask(api, told).json()["url"]
    moved = finish(api, prompt="[redirect]")
    assert ask(api, moved, "/content").headers["location"] == ask(api, moved).json()["url"]
    cut = finish(api, prompt="[truncated]")
    with pytest.raises(httpx.HTTPError):
        ask(api, cut, "/content")
    assert ask(api, cut, "/content").status_code == 200


def test_words_for_the_submit(api: httpx.Client) -> None:
    assert "x-litellm-response-cost" not in submit(api).headers
    assert submit(api, prompt="[cost]").headers["x-litellm-response-cost"] == "1.0"
    busy = submit(api, prompt="[submit 429 vendor wait]")
    assert (busy.status_code, busy.headers["llm_provider-retry-after"]) == (429, "7")
    assert "retry-after" not in busy.headers
    assert submit(api, prompt="[submit 429 vendor wait]").status_code == 200
    page = submit(api, prompt="[503 submit]")
    assert (page.status_code, page.text[:6]) == (503, "<html>")
    assert submit(api, prompt="[429]").headers["retry-after"] == "2"
    refused = submit(api, prompt="[refused]")
    assert refused.status_code == 400 and "Content policy" in refused.json()["error"]["message"]


def test_a_poll_may_answer_with_another_id(api: httpx.Client) -> None:
    job_id = submit(api, prompt="[new id]").json()["id"]
    row = wait(api, job_id)
    assert row["id"] != job_id and ask(api, row["id"]).status_code == 404


def test_a_lost_answer_is_on_the_bill(api: httpx.Client, sandbox: SandboxServer) -> None:
    with pytest.raises(httpx.HTTPError):
        submit(api, prompt="[lost answer] of SilkDock")
    assert sum(line["prompt"] == "[lost answer] of SilkDock" for line in sandbox.bill()) == 1


def test_jobs_of_another_key_are_not_found(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = submit(api).json()["id"]
    with connect(sandbox, "silkdock", "sandbox-stranger") as stranger:
        for tail in ("", "/content"):
            reply = ask(stranger, job_id, tail)
            assert reply.status_code == 404 and "not found" in reply.json()["error"]["message"]


def test_wrong_addresses(api: httpx.Client) -> None:
    assert api.get("/v1/videos/generations").json()["error"]["code"] == "404"  # a job of that name
    assert (api.get("/v1/videos").status_code, api.get("/v1/videos").json()) == (
        405,
        {"detail": "Method Not Allowed"},
    )
    assert api.delete("/v1/videos/x").status_code == 405
    for path in ("/v1/nothing", "/videos/generations", "/v1/model_group/info"):
        assert (api.get(path).status_code, api.get(path).json()) == (404, {"detail": "Not Found"})


def test_models_and_their_flags(api: httpx.Client) -> None:
    names = {row["id"] for row in api.get("/v1/models").json()["data"]}
    named = "wan-2.7 hailuo-2.3 veo-2.0-generate-001 gen4_turbo seedance-01-lite kling-v2-master seedance-2.0"
    assert {*named.split(), "veo-3.1-generate"} <= names
    rows = api.get("/model_group/info").json()["data"]
    assert {row["model_group"] for row in rows} == names
    one = api.get("/model_group/info?model_group=seedance-2.0").json()["data"]
    assert [row["supports_video_start_end_frame"] for row in one] == [True]
    assert api.get("/model_group/info?model_group=none").json() == {"data": []}


def test_a_slow_job_is_slow_to_its_first_byte(api: httpx.Client) -> None:
    job_id = finish(api, prompt="[slow]")
    began = time.monotonic()
    assert ask(api, job_id, "/content").status_code == 200
    assert time.monotonic() - began >= 1.9
