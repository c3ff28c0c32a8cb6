"""The sandbox's Venice: reports, consent, bytes and links."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer

DIALECT = "venice"
BODY = {
    "model": "wan-2.6-text-to-video", "prompt": "a fox in snow", "duration": "5s", "resolution": "720p",
    "aspect_ratio": "16:9",
}  # fmt: skip
PICTURE_BODY = {"model": "wan-2.6-image-to-video", "aspect_ratio": None}
FACE_BODY = {"model": "seedance-2-0-image-to-video", "aspect_ratio": None, "prompt": "[face] she turns"}
ATTESTED = {
    "confirmed_terms_and_privacy": True,
    "confirmed_legal_right": True,
    "confirmed_screening_acknowledged": True,
}


@pytest.fixture
def picture(make_picture: Callable, as_data_url: Callable) -> str:
    return as_data_url(make_picture())


def queue(api: httpx.Client, **changes: Any) -> httpx.Response:
    body = {name: value for name, value in (BODY | changes).items() if value is not None}
    return api.post("/video/queue", json=body)


def retrieve(api: httpx.Client, job: dict[str, str], **more: Any) -> httpx.Response:
    return api.post("/video/retrieve", json={"model": job["model"], "queue_id": job["queue_id"]} | more)


def wait(api: httpx.Client, job: dict[str, str], **more: Any) -> httpx.Response:
    deadline = time.monotonic() + 20
    while b"PROCESSING" in (reply := retrieve(api, job, **more)).content[:40]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return reply


REFUSALS = {
    "unknown key": ({"seed": 3}, "unrecognized_keys", []),
    "number as duration": ({"duration": 5}, "invalid_type", ["duration"]),
    "duration missing": ({"duration": None}, "invalid_type", ["duration"]),
    "duration of another model": ({"duration": "6s"}, "invalid_enum_value", ["duration"]),
    "ratio missing": ({"aspect_ratio": None}, "invalid_type", ["aspect_ratio"]),
    "ratio unsupported": ({"aspect_ratio": "21:9"}, "invalid_enum_value", ["aspect_ratio"]),
    "resolution in other case": ({"resolution": "720P"}, "invalid_enum_value", ["resolution"]),
    "prompt blank": ({"prompt": " "}, "too_small", ["prompt"]),
    "prompt too long": ({"prompt": "x" * 2501}, "too_big", ["prompt"]),
    "audio no boolean": ({"audio": "yes"}, "invalid_type", ["audio"]),
    "picture on text model": ({"image_url": "https://example.com/a.png"}, "custom", ["image_url"]),
    "ratio forbidden": (
        {"model": "wan-2.6-image-to-video", "image_url": "https://example.com/a.png"},
        "custom",
        ["aspect_ratio"],
    ),
    "picture missing": (PICTURE_BODY, "invalid_type", ["image_url"]),
    "fixed audio": ({"model": "grok-imagine-text-to-video-private", "audio": True}, "custom", ["audio"]),
    "no resolution": ({"model": "kling-2.6-pro-text-to-video"}, "custom", ["resolution"]),
    "consent elsewhere": ({"consents": {"seedance": ATTESTED}}, "unrecognized_keys", []),
    "no references": (
        {
            "model": "seedance-2-0-reference-to-video-basic",
            "reference_audio_urls": ["https://example.com/a.mp3"],
        },
        "custom",
        ["reference_image_urls"],
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses_with_a_report(api: httpx.Client, case: str) -> None:
    changes, code, path = REFUSALS[case]
    reply = queue(api, **changes)
    body = reply.json()
    assert reply.status_code == 400
    assert set(body) == {"error", "details", "issues"}
    assert [(issue["code"], issue["path"]) for issue in body["issues"]] == [(code, path)]


def test_missing_ratio_lists_what_is_allowed(api: httpx.Client) -> None:
    body = queue(api, aspect_ratio=None).json()
    assert body["issues"][0]["expected"] == "'16:9' | '9:16' | '1:1'"
    assert body["details"]["aspect_ratio"] == {"_errors": ["Required"]}


def test_keys(sandbox: SandboxServer) -> None:
    for key, status in (("sk-real", 401), ("sandbox-empty", 402), ("sandbox-fine", 200)):
        with connect(sandbox, "venice", key) as client:
            assert queue(client).status_code == status
    found = httpx.post(f"{sandbox.url_for('venice')}/video/queue", json=BODY, trust_env=False)
    assert (found.status_code, found.json()["x402Version"]) == (402, 2)


def test_other_content_type_is_400(api: httpx.Client) -> None:
    assert api.post("/video/queue", content=b"{}", headers={"content-type": "text/plain"}).status_code == 400


def test_unknown_model_is_404(api: httpx.Client) -> None:
    assert queue(api, model="wan-9").json() == {"error": "Specified model not found: wan-9"}


def test_quote_needs_no_key_and_drops_what_it_does_not_know(sandbox: SandboxServer) -> None:
    def quote(**changes: Any) -> Any:
        url = f"{sandbox.url_for('venice')}/video/quote"
        return httpx.post(url, json=BODY | changes, trust_env=False).json()

    assert quote(unknown=1) == {"quote": 0.55}
    kling = {"model": "kling-2.6-pro-text-to-video", "duration": "10s"}
    assert (quote(**kling), quote(**kling, audio=False)) == ({"quote": 1.54}, {"quote": 0.77})
    assert "issues" in quote(duration="99s")


def test_models_list_constraints_without_the_unlisted(sandbox: SandboxServer) -> None:
    url = f"{sandbox.url_for('venice')}/models?type=video"
    rows = {row["id"]: row["model_spec"] for row in httpx.get(url, trust_env=False).json()["data"]}
    assert "seedance-2-0-image-to-video" not in rows
    constraints = rows["seedance-2-0-image-to-video-basic"]["constraints"]
    assert (constraints["model_type"], constraints["aspect_ratios"]) == ("image-to-video", [])
    assert constraints["reference_image_max_aspect_ratio"] == 2.5
    assert constraints["resolutions"] == ["4k", "1080p", "720p", "480p"]


def test_walks_to_bytes(api: httpx.Client) -> None:
    job = queue(api).json()
    assert set(job) == {"model", "queue_id"}
    early = retrieve(api, job).json()
    assert early["status"] == "PROCESSING"
    assert early["average_execution_time"] == 200
    done = wait(api, job)
    assert (done.headers["content-type"], done.content[4:8]) == ("video/mp4", b"ftyp")
    assert "accept-ranges" not in done.headers


def test_retrieve_takes_exactly_its_keys(api: httpx.Client) -> None:
    job = queue(api).json()
    assert retrieve(api, job, extra=1).json()["issues"][0]["code"] == "unrecognized_keys"
    other = retrieve(api, job | {"model": "longcat-distilled-text-to-video"})
    assert (other.status_code, other.json()) == (400, {"error": "Request ID is invalid."})


def test_delete_on_completion_leaves_404(api: httpx.Client) -> None:
    job = queue(api).json()
    assert wait(api, job, delete_media_on_completion=True).status_code == 200
    assert retrieve(api, job).status_code == 404


def test_complete_deletes_the_media(api: httpx.Client) -> None:
    job = queue(api).json()
    wait(api, job)
    assert api.post("/video/complete", json=job).json() == {"success": True}
    assert retrieve(api, job).status_code == 404


def test_private_models_give_a_link_once(api: httpx.Client) -> None:
    job = queue(api, model="grok-imagine-text-to-video-private").json()
    assert wait(api, job).json()["status"] == "COMPLETED"
    url = job["download_url"]
    assert "/v1/share/read/" in url
    assert api.get(url).status_code == 400
    assert httpx.get(url, headers={"Range": "bytes=4-7"}, trust_env=False).content == b"ftyp"
    assert httpx.delete(url, trust_env=False).status_code == 200
    assert httpx.get(url, trust_env=False).status_code == 410


def test_consent_is_asked_once_for_the_same_bytes(
    api: httpx.Client, picture: str, sandbox: SandboxServer
) -> None:
    asked = queue(api, **FACE_BODY, image_url=picture)
    body = asked.json()
    assert asked.status_code == 409
    assert set(body) == {"error", "consent_flow", "face_media_roles", "consent", "docs_url"}
    assert (set(body["error"]), set(body["consent"])) == (
        {"code", "message"},
        {"consent_version", "policy_text"},
    )
    assert body["face_media_roles"] == ["image"]
    assert queue(api, **FACE_BODY, image_url=picture, consents={"seedance": ATTESTED}).status_code == 200
    assert queue(api, **FACE_BODY, image_url=picture).status_code == 200


def test_consent_of_one_face_does_not_cover_another(
    api: httpx.Client, picture: str, make_picture: Callable, as_data_url: Callable
) -> None:
    queue(api, **FACE_BODY, image_url=picture, consents={"seedance": ATTESTED})
    other = as_data_url(make_picture(colour="teal"))
    asked = queue(api, **FACE_BODY, image_url=picture, end_image_url=other)
    assert (asked.status_code, asked.json()["face_media_roles"]) == (409, ["image", "end_image"])


@pytest.mark.parametrize(
    "said", [{}, ATTESTED | {"confirmed_legal_right": False}, ATTESTED | {"consent_version": "v2.0"}]
)
def test_wrong_consent_is_400_and_not_billed(
    api: httpx.Client, picture: str, sandbox: SandboxServer, said: dict[str, Any]
) -> None:
    before = len(sandbox.bill())
    assert queue(api, **FACE_BODY, image_url=picture, consents={"seedance": said}).status_code == 400
    assert len(sandbox.bill()) == before


def test_revoked_consent_is_asked_again(api: httpx.Client, picture: str, sandbox: SandboxServer) -> None:
    queue(api, **FACE_BODY, image_url=picture, consents={"seedance": ATTESTED})
    sandbox.revoke_consent()
    assert queue(api, **FACE_BODY, image_url=picture).status_code == 409


def test_listed_models_never_ask(api: httpx.Client, picture: str) -> None:
    body = FACE_BODY | {"model": "seedance-2-0-image-to-video-basic"}
    assert queue(api, **body, image_url=picture).status_code == 200


def test_pictures_are_looked_at(api: httpx.Client, make_picture: Callable, as_data_url: Callable) -> None:
    seedance = PICTURE_BODY | {"model": "seedance-2-0-image-to-video-basic"}
    assert queue(api, **seedance, image_url=as_data_url(make_picture((900, 300)))).status_code == 422
    assert queue(api, **PICTURE_BODY, image_url=as_data_url(make_picture()[:80])).status_code == 400
    assert queue(api, **PICTURE_BODY, image_url="http://192.168.0.1/a.png").status_code == 400


def test_body_over_35_mb_is_413(api: httpx.Client) -> None:
    reply = queue(api, prompt="x" * 35_000_001)
    assert (reply.status_code, reply.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_failures_use_up_a_budget(tmp_path: Any) -> None:
    lost = {"model": "wan-2.6-text-to-video", "queue_id": "none"}
    with (
        SandboxServer(tmp_path).start(no_render=True, limits=True) as server,
        connect(server, "venice") as client,
    ):
        replies = [retrieve(client, lost) for _ in range(51)]
    assert [reply.status_code for reply in replies] == [400] * 50 + [429]
    assert replies[-1].json()["error"].startswith("Too many failed attempts")


def test_limits_are_enforced_when_asked_for(tmp_path: Any) -> None:
    server = SandboxServer(tmp_path).start(no_render=True, limits=True)
    with server, connect(server, "venice") as client:
        replies = [queue(client, prompt=f"take {number}") for number in range(41)]
    assert [reply.status_code for reply in replies] == [200] * 40 + [429]
    assert int(replies[-1].headers["x-ratelimit-reset-requests"]) > 10**12
