"""The sandbox's Token360: what it refuses, how a job walks, how a result is fetched."""

import time
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from providers.catalogue import load
from tests.providers.conftest import connect
from tests.providers.inputs import Role, real_item
from tests.providers.sandbox_server import SandboxServer

DIALECT = "token360"
BODY = {"model": "seedance-2.0", "prompt": "a fox in snow", "duration": 5, "resolution": "480p"}
FRAME = {"type": "image_url", "frame_type": "first_frame", "image_url": {"url": "https://example.com/a.png"}}
REFERENCE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
CLIP = {"type": "video_url", "role": "edit_source", "video_url": {"url": "https://example.com/a.mp4"}}


def submit(api: httpx.Client, **changes: Any) -> httpx.Response:
    body = {name: value for name, value in (BODY | changes).items() if value is not None}
    return api.post("/videos", json=body)


def wait(api: httpx.Client, job_id: str, status: str = "completed") -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while (row := api.get(f"/videos/{job_id}").json())["status"] != status:
        assert time.monotonic() < deadline, row
        time.sleep(0.02)
    return row


def finish(api: httpx.Client, **changes: Any) -> dict[str, Any]:
    return wait(api, submit(api, **changes).json()["id"])


REFUSALS = {
    "unknown key": ({"size": "1280x720"}, "size"),
    "string duration": ({"duration": "5"}, "duration"),
    "boolean as integer": ({"seed": True}, "seed"),
    "duration of no model": ({"duration": 3}, "duration"),
    "no prompt": ({"prompt": None}, "prompt"),
    "blank prompt": ({"prompt": "  "}, "prompt"),
    "no model": ({"model": None}, "model"),
    "resolution outside the enum": ({"resolution": "4k"}, "resolution"),
    "resolution of another model": ({"model": "seedance-2.0-fast", "resolution": "1080p"}, "resolution"),
    "ratio outside the enum": ({"aspect_ratio": "2:1"}, "aspect_ratio"),
    "ratio of another model": ({"model": "seedance-2.0-fast", "aspect_ratio": "4:3"}, "aspect_ratio"),
    "seed too large": ({"seed": 4294967296}, "seed"),
    "expiry too short": ({"execution_expires_after": 60}, "execution_expires_after"),
    "long safety identifier": ({"safety_identifier": "x" * 65}, "safety_identifier"),
    "plain callback": ({"callback_url": "http://example.com/hook"}, "callback_url"),
    "both arrays": ({"frame_images": [FRAME], "input_references": [REFERENCE]}, "input_references"),
    "last frame alone": ({"frame_images": [FRAME | {"frame_type": "last_frame"}]}, "frame_images"),
    "two first frames": ({"frame_images": [FRAME, FRAME]}, "frame_images[1]"),
    "frame that is a clip": ({"frame_images": [CLIP]}, "frame_images[0].type"),
    "unknown role": ({"input_references": [REFERENCE | {"role": "style"}]}, "input_references[0].role"),
    "source role on a picture": (
        {"input_references": [REFERENCE | {"role": "edit_source"}]},
        "input_references[0].role",
    ),
    "too many pictures": ({"input_references": [REFERENCE] * 10}, "input_references"),
    "references on a model without": (
        {"model": "seedance-1.5-pro", "input_references": [REFERENCE]},
        "input_references",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses_with_the_field_named(api: httpx.Client, case: str) -> None:
    changes, param = REFUSALS[case]
    reply = submit(api, **changes)
    error = reply.json()["error"]
    assert (reply.status_code, error["type"], error["code"]) == (400, "invalid_request_error", "400")
    assert error["param"] == param
    assert set(error) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "[::1]", "127.1", "nas"]
)
def test_refuses_private_hosts(api: httpx.Client, host: str) -> None:
    frame = FRAME | {"image_url": {"url": f"http://{host}/a.png"}}
    assert submit(api, frame_images=[frame]).status_code == 400


def test_refuses_corrupt_picture(api: httpx.Client, make_picture: Callable, as_data_url: Callable) -> None:
    frame = FRAME | {"image_url": {"url": as_data_url(make_picture()[:60])}}
    reply = submit(api, frame_images=[frame])
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "frame_images[0].image_url.url")


def test_refuses_large_body(api: httpx.Client) -> None:
    assert submit(api, prompt="x" * 1_000_001).status_code == 413


@pytest.mark.parametrize(
    ("key", "status"), [("sk-real", 401), ("sandbox-empty-1", 402), ("", 401), ("sandbox-fine", 200)]
)
def test_keys(sandbox: SandboxServer, key: str, status: int) -> None:
    with connect(sandbox, "token360", key) as client:
        if not key:
            del client.headers["authorization"]
        assert submit(client).status_code == status


def test_unknown_model_is_404(api: httpx.Client) -> None:
    reply = submit(api, model="seedance-9")
    assert (reply.status_code, reply.json()["error"]["type"]) == (404, "model_not_found")


def test_walks_from_queued_to_completed(api: httpx.Client, sandbox: SandboxServer) -> None:
    job = submit(api).json()
    assert (job["object"], job["status"], job["parameters"]["duration"]) == ("video", "queued", 5)
    wait(api, job["id"], "in_progress")
    row = wait(api, job["id"])
    assert row["duration"] == 5
    assert row["url"].startswith(sandbox.origin)
    assert row["error"] is None


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({}, "text_to_video"),
        ({"frame_images": [FRAME]}, "image_to_video"),
        ({"frame_images": [FRAME, FRAME | {"frame_type": "last_frame"}]}, "first_last_frame"),
        ({"input_references": [REFERENCE]}, "reference_to_video"),
        ({"input_references": [CLIP]}, "edit"),
        ({"input_references": [CLIP | {"role": "extend_source"}]}, "extend"),
    ],
)
def test_mode_follows_from_inputs(
    api: httpx.Client, sandbox: SandboxServer, changes: dict, mode: str
) -> None:
    job_id = submit(api, **changes).json()["id"]
    assert next(line for line in sandbox.bill() if line["job_id"] == job_id)["mode"] == mode


def test_content_gives_fresh_links_and_a_stream(api: httpx.Client) -> None:
    job_id = finish(api)["id"]
    first, second = (api.get(f"/videos/{job_id}/content?format=url").json() for _ in range(2))
    assert first["url"] != second["url"]
    assert first["expires_in"] == 3600
    assert api.get(f"/videos/{job_id}/content").status_code == 302
    stream = api.get(f"/videos/{job_id}/content?format=binary")
    assert stream.headers["content-type"] == "video/mp4"
    assert stream.content == httpx.get(first["url"], trust_env=False).content


def test_content_of_unfinished_job_states_the_status(api: httpx.Client) -> None:
    job_id = submit(api, prompt="[stuck]").json()["id"]
    reply = api.get(f"/videos/{job_id}/content")
    assert reply.status_code == 400
    assert "current status" in reply.json()["error"]["message"]


def test_link_refuses_a_key_and_expires(api: httpx.Client, sandbox: SandboxServer) -> None:
    url = finish(api)["url"]
    assert api.get(url).status_code == 400
    assert httpx.get(url, trust_env=False).status_code == 200
    assert httpx.get(url.replace("/store/", "/store/x"), trust_env=False).status_code == 403


def test_link_serves_ranges(api: httpx.Client) -> None:
    url = finish(api)["url"]
    whole = httpx.get(url, trust_env=False)
    size, tag = len(whole.content), whole.headers["etag"]

    def ask(value: str, **more: str) -> httpx.Response:
        return httpx.get(url, headers={"Range": value} | more, trust_env=False)

    part = ask("bytes=10-")
    assert (part.status_code, part.headers["content-range"]) == (206, f"bytes 10-{size - 1}/{size}")
    assert part.content == whole.content[10:]
    assert ask("bytes=-4").content == whole.content[-4:]
    assert ask("bytes=2-3", **{"If-Range": tag}).content == whole.content[2:4]
    assert ask("bytes=2-3", **{"If-Range": '"other"'}).status_code == 200
    assert ask(f"bytes={size}-").status_code == 416
    head = httpx.head(url, trust_env=False)
    assert (head.headers["content-length"], head.content) == (str(size), b"")


def test_list_pages_with_cursors(api: httpx.Client) -> None:
    ids = [submit(api, prompt=f"take {number}").json()["id"] for number in range(3)]
    first = api.get("/videos?limit=2").json()
    assert [row["id"] for row in first["data"]] == ids[:0:-1]
    assert first["has_more"] is True
    rest = api.get(f"/videos?limit=2&after={first['last_id']}").json()
    assert ([row["id"] for row in rest["data"]], rest["has_more"]) == (ids[:1], False)
    assert [row["id"] for row in api.get("/videos?order=asc").json()["data"]] == ids
    assert api.get("/videos?limit=101").status_code == 400


def test_jobs_of_another_key_are_not_found(api: httpx.Client, sandbox: SandboxServer) -> None:
    job_id = submit(api).json()["id"]
    with connect(sandbox, "token360", "sandbox-stranger") as stranger:
        assert stranger.get(f"/videos/{job_id}").status_code == 404


def test_deleted_job_is_gone_but_stays_on_the_bill(api: httpx.Client, sandbox: SandboxServer) -> None:
    row = finish(api)
    assert api.delete(f"/videos/{row['id']}").json()["deleted"] is True
    assert api.get(f"/videos/{row['id']}").status_code == 404
    assert httpx.get(row["url"], trust_env=False).status_code == 404
    assert row["id"] in {line["job_id"] for line in sandbox.bill()}


def test_billing_is_found_by_request_id(api: httpx.Client) -> None:
    request_id = submit(api).headers["x-request-id"]
    found = api.get(f"/billing/requests/{request_id}?type=video").json()
    assert (found["code"], found["data"]["amount"]) == (0, "0.5675")
    assert api.get("/billing/requests/none?type=video").json()["code"] == 404


@pytest.mark.parametrize(
    ("changes", "usd"),
    [
        ({"resolution": "720p"}, "1.135"),
        ({"resolution": "1080p", "duration": 4}, "2.043"),
        ({"model": "seedance-2.0-fast"}, "0.4125"),
        ({"input_references": [REFERENCE]}, "0.5675"),  # pictures change nothing
        ({"input_references": [CLIP]}, "0.6218"),  # 5 s and 4 s of a clip that is not fetched, at 28 of 46
    ],
)
def test_tokens_are_billed_by_resolution_and_cheaper_with_a_clip(
    api: httpx.Client, changes: dict[str, Any], usd: str
) -> None:
    request_id = submit(api, **changes).headers["x-request-id"]
    assert api.get(f"/billing/requests/{request_id}?type=video").json()["data"]["amount"] == usd


def test_the_sandbox_has_a_table_of_its_own_for_every_shipped_model(api: httpx.Client) -> None:
    listed = {row["id"] for row in api.get("/models").json()["data"]}
    assert {model.wire_id for model in load("token360")} <= listed


def test_bills_may_come_late_or_never(api: httpx.Client) -> None:
    for word, codes in (("[late bill]", [404, 0, 0]), ("[no bill]", [404, 404, 404])):
        request_id = submit(api, prompt=word).headers["x-request-id"]
        asked = [api.get(f"/billing/requests/{request_id}?type=video").json() for _ in codes]
        assert [reply["code"] for reply in asked] == codes


def test_public_catalogue_needs_no_key(sandbox: SandboxServer) -> None:
    at = f"{sandbox.origin}/token360/public/models"
    page = httpx.get(at, trust_env=False).json()["data"]
    kinds = {row["name"]: row["modelType"] for row in page["list"]}
    made = {name for name, kind in kinds.items() if kind == "VIDEO_GENERATION"}
    assert {"seedance-2.0", "seedance-2.0-fast", "seedance-1.5-pro"} <= made < set(kinds)
    parts = [httpx.get(f"{at}?size=2&current={n}", trust_env=False).json()["data"] for n in (1, 2, 99)]
    assert [row["name"] for part in parts for row in part["list"]] == list(kinds)[:4]
    assert {part["total"] for part in parts} == {len(kinds)}


def test_the_apis_own_list_tells_no_kinds(api: httpx.Client) -> None:
    rows = api.get("/models").json()["data"]
    assert {"seedance-2.0", "deepseek-v3"} <= {row["id"] for row in rows}
    assert all("modelType" not in row for row in rows)


# -- reference assets ------------------------------------------------------------------------------------


def give(api: httpx.Client, **changes: Any) -> dict[str, Any]:
    group = api.post("/asset-groups", json={"name": "a", "groupKind": "VIRTUAL_PORTRAIT"}).json()["data"]
    data = {"name": "a", "groupId": group["groupId"]} | changes
    picture = b64decode(real_item(Role.REFERENCE_IMAGE).media.address.partition(",")[2])
    return api.post("/assets", data=data, files={"file": ("a.png", picture, "image/png")}).json()


def test_an_asset_is_for_its_key_two_models_and_pictures_once_it_is_active(
    api: httpx.Client, sandbox: SandboxServer
) -> None:
    made = give(api)["data"]
    named = {"type": "image_url", "image_url": {"url": f"asset://{made['assetId']}"}}
    early = submit(api, input_references=[named])
    assert made["status"] == "processing" and "not active" in early.json()["error"]["message"]
    deadline = time.monotonic() + 10
    while api.get(f"/assets/{made['assetId']}").json()["data"]["status"] != "active":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert submit(api, input_references=[named]).status_code == 200
    assert submit(api, model="seedance-2.0-fast", input_references=[named]).status_code == 200
    group_id = api.get(f"/assets/{made['assetId']}").json()["data"]["groupId"]
    group = named | {"image_url": {"url": f"asset://{group_id}"}}
    assert submit(api, input_references=[group]).status_code == 400
    sound = {"type": "video_url", "video_url": named["image_url"]}
    assert submit(api, input_references=[sound]).status_code == 400
    frame = named | {"frame_type": "first_frame"}
    assert submit(api, model="seedance-1.5-pro", frame_images=[frame]).status_code == 400
    with connect(sandbox, "token360", "sandbox-somebody-else") as other:
        assert other.get(f"/assets/{made['assetId']}").json()["code"] == 404
        assert submit(other, input_references=[named]).status_code == 400


def test_assets_refuse_under_http_200(api: httpx.Client) -> None:
    assert give(api)["code"] == 0
    changes = ({"groupId": "ag_x"}, {"more": "x"}, {"name": ""})
    assert [give(api, **change)["code"] for change in changes] == [404, 400, 400]
    for body in ({"name": "a"}, {"name": "a", "groupKind": "PET"}, {"name": 5, "groupKind": "REAL_FACE"}):
        reply = api.post("/asset-groups", json=body)
        assert (reply.status_code, reply.json()["code"]) == (200, 400)
    assert api.get("/assets/ta_0.json").json()["code"] == 404
