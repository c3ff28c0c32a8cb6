"""After a person attested the identical request goes out again, and exactly the three booleans with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from generations.models import Generation, Status
from generations.services import consent
from providers import accounts
from providers.gateways.client import GatewayClient
from providers.gateways.values import Role
from tests.generations.desk import Desk
from tests.generations.pipeline import Line
from tests.generations.test_pipeline_venice import wanted
from tests.media_files import make_jpeg, make_mp4
from tests.providers.sandbox_server import SandboxServer
from tests.providers.venice_requests import TICKS

HEADERS = ("content-type", "accept", "authorization", "user-agent")


class Recorder(httpx.HTTPTransport):
    """The real wire, with a copy of what went over it."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        self.queued: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/video/queue"):
            request.read()
            self.queued.append(request)
        return super().handle_request(request)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    kept: list[httpx.Request] = []

    def client_for(account: Any, key_no: int | None = None) -> GatewayClient:
        recorder = Recorder()
        recorder.queued = kept  # each client opens and closes a transport of its own
        return GatewayClient(account.adapter, account.base_url, accounts.readable_key(account), recorder)

    monkeypatch.setattr(accounts, "client_for", client_for)
    return kept


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer) -> Desk:
    sandbox.revoke_consent()
    return Desk(sandbox, "venice", "wan-2.6-text-to-video", {})


def face(folder: Path) -> Mapping[str, Any]:
    return wanted(make_jpeg(folder / "face.jpg", (1280, 720)))


def references(folder: Path) -> Mapping[str, Any]:
    """Two kinds of files and a length of their sum: much that has to stay alike."""
    files = [
        (Role.REFERENCE_IMAGE, make_jpeg(folder / "face.jpg", (1280, 720))),
        (Role.REFERENCE_VIDEO, make_mp4(folder / "walk.mp4", 3.0, (864, 496), fps=24)),
    ]
    values = {"duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9", "generate_audio": False}
    return {"model": "seedance-2-0-fast-reference-to-video", "files": files, **values}


def attest(take: Generation) -> None:
    ticks = dict.fromkeys(take.consent["statements"], True)
    consent.attest(take.author, take, ticks, text_sha256=take.consent["text_sha256"], address="127.0.0.1")


def without_ticks(body: bytes) -> bytes:
    """The body with the three booleans cut out of its text, which must stand there once and just so."""
    told = json.dumps({"consents": {"seedance": TICKS}}, separators=(",", ":"))[1:-1].encode() + b","
    assert body.count(told) == 1 and body.count(b"consents") == 1
    return body.replace(told, b"")


@pytest.mark.parametrize("wish", [face, references])
def test_the_second_request_is_the_first_and_three_booleans(
    studio: Line, desk: Desk, wire: list[httpx.Request], tmp_path: Path, wish: Any
) -> None:
    take = desk.take("She turns to us [face]", **wish(tmp_path))
    studio.send()
    take.refresh_from_db()
    assert take.status == Status.NEEDS_CONSENT, take.failure_message
    attest(take)
    assert studio.finish(take).status == Status.COMPLETED, take.failure_message
    first, second = wire
    assert b"consents" not in first.content and len(first.content) > 1000
    assert without_ticks(second.content) == first.content
    assert (first.method, first.url) == (second.method, second.url)
    assert all(first.headers.get(name) == second.headers.get(name) for name in HEADERS)
