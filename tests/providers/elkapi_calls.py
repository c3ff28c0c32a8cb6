"""Calls of the sandbox's ElkAPI, as its page writes them."""

import time
from typing import Any

import httpx

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
