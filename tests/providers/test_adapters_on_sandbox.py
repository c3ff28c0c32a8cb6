"""The adapters against the sandbox over real HTTP: both were written from the same pages, apart."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from providers.catalogue import CatalogueModel, load
from providers.fetcher import open_guarded, raise_for_link
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Ambiguous, Refused
from providers.gateways.registry import get_gateway
from providers.gateways.values import (
    ConsentNeeded,
    FailureClass,
    Input,
    Job,
    JobState,
    Mode,
    ResultKind,
    Role,
    VideoRequest,
)

from .battery import picture
from .sandbox_server import SandboxServer

TAKES = [
    ("token360", "seedance-2.0", Mode.TEXT_TO_VIDEO),
    ("token360", "seedance-2.0", Mode.FIRST_LAST_FRAME),
    ("token360", "seedance-2.0-mini", Mode.REFERENCE_TO_VIDEO),
    ("venice", "wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO),
    ("venice", "seedance-2-0-reference-to-video-basic", Mode.REFERENCE_TO_VIDEO),
    ("venice", "seedance-2-5-reference-to-video-basic", Mode.REFERENCE_TO_VIDEO),
    ("venice", "kling-2.6-pro-image-to-video", Mode.FIRST_LAST_FRAME),
    ("venice", "grok-imagine-text-to-video-private", Mode.TEXT_TO_VIDEO),
]
FRAMES = {
    Mode.IMAGE_TO_VIDEO: [Role.FIRST_FRAME],
    Mode.FIRST_LAST_FRAME: [Role.FIRST_FRAME, Role.LAST_FRAME],
    Mode.REFERENCE_TO_VIDEO: [Role.REFERENCE_IMAGE, Role.REFERENCE_IMAGE],
}


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer().start(job_s=0.3, no_render=True) as server:
        yield server


def model_of(gateway: str, wire_id: str) -> CatalogueModel:
    return next(model for model in load(gateway) if model.wire_id == wire_id)


def frame(role: Role) -> Input:
    png = io.BytesIO()
    Image.new("RGB", (640, 360), "red" if role == Role.FIRST_FRAME else "blue").save(png, "PNG")
    address = "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()
    return picture(role, width=640, height=360, size_bytes=len(png.getvalue()), address=address)


def request_for(model: CatalogueModel, mode: Mode, prompt: str = "A lighthouse", **more: Any) -> VideoRequest:
    caps = model.capabilities
    return VideoRequest(
        model=model.wire_id,
        mode=mode,
        prompt=prompt,
        duration_s=caps.default_duration(),
        resolution=caps.default_resolution(),
        aspect_ratio=caps.default_ratio(mode),
        inputs=tuple(frame(role) for role in FRAMES.get(mode, [])),
        **more,
    )


def client_for(server: SandboxServer, gateway: str) -> GatewayClient:
    return GatewayClient(get_gateway(gateway), server.url_for(gateway), "sandbox-adapters")


def finish(client: GatewayClient, job: Job) -> Job:
    until = time.monotonic() + 20
    while job.state in (JobState.QUEUED, JobState.RUNNING) and time.monotonic() < until:
        time.sleep(0.1)
        job = client.poll(job)
    return job


def fetch(server: SandboxServer, client: GatewayClient, job: Job) -> bytes:
    result = job.result
    assert result is not None
    if result.kind == ResultKind.BYTES:
        with client.result_bytes(job) as response:
            client.raise_for_result(response)
            return response.read()
    if result.kind == ResultKind.ASK:
        result = client.fresh_link(job)
        assert result is not None
    allow = frozenset({f"127.0.0.1:{server.port}"})
    with open_guarded(client.checked_url(result.url), allow=allow) as response:
        raise_for_link(response)
        return response.read()


@pytest.mark.parametrize(("gateway", "wire_id", "mode"), TAKES)
def test_a_take_comes_back_as_a_file(server: SandboxServer, gateway: str, wire_id: str, mode: Mode) -> None:
    client, model = client_for(server, gateway), model_of(gateway, wire_id)
    job = client.submit(request_for(model, mode), model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.state == JobState.FINISHED
    assert fetch(server, client, done)[4:8] == b"ftyp"
    client.after_store(done)


@pytest.mark.parametrize("gateway", ["token360", "venice"])
def test_a_key_is_checked_for_free(server: SandboxServer, gateway: str) -> None:
    assert client_for(server, gateway).check_key().ok
    with pytest.raises(Refused) as caught:
        GatewayClient(get_gateway(gateway), server.url_for(gateway), "wrong").check_key()
    assert caught.value.failure_class == FailureClass.KEY_REJECTED


@pytest.mark.parametrize("wire_id", ["seedance-2.0", "seedance-2.0-fast"])
def test_a_lost_answer_is_found_in_the_list(server: SandboxServer, wire_id: str) -> None:
    client, model = client_for(server, "token360"), model_of("token360", wire_id)
    wish = request_for(model, Mode.TEXT_TO_VIDEO, f"A {wire_id} boat [lost answer]")
    began = datetime.now(UTC)
    with pytest.raises(Ambiguous):
        client.submit(wish, model.capabilities)
    found = [c for c in client.find(began) if (c.model, c.prompt) == (wire_id, wish.prompt)]
    assert len(found) == 1 and abs((found[0].created_at - began).total_seconds()) < 5


@pytest.mark.parametrize(("gateway", "wire_id", "mode"), [TAKES[0], TAKES[3]])
def test_failures_are_told_apart(server: SandboxServer, gateway: str, wire_id: str, mode: Mode) -> None:
    client, model = client_for(server, gateway), model_of(gateway, wire_id)
    for word, kind in (("failed", FailureClass.PROVIDER_DOWN), ("moderated", FailureClass.MODERATION)):
        job = client.submit(request_for(model, mode, f"A cat [{word}]"), model.capabilities)
        assert isinstance(job, Job)
        failure = finish(client, job).failure
        assert failure is not None and (failure.failure_class, failure.billed) == (kind, False)
    with pytest.raises(Refused) as caught:
        client.submit(request_for(model, mode, "A cat [refused]"), model.capabilities)
    assert caught.value.failure_class == FailureClass.MODERATION


def test_a_completed_job_without_an_address_is_asked_for_one(server: SandboxServer) -> None:
    client, model = client_for(server, "token360"), model_of("token360", "seedance-2.0")
    job = client.submit(request_for(model, Mode.TEXT_TO_VIDEO, "A kite [no url]"), model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.result is not None and done.result.kind == ResultKind.ASK
    assert fetch(server, client, done)[4:8] == b"ftyp"


def test_consent_is_asked_and_accepted(server: SandboxServer) -> None:
    client, model = client_for(server, "venice"), model_of("venice", "seedance-2-0-image-to-video")
    wish = request_for(model, Mode.IMAGE_TO_VIDEO, "A portrait [face]")
    asked = client.submit(wish, model.capabilities)
    assert isinstance(asked, ConsentNeeded) and asked.roles == ("image",) and asked.policy_text
    ticked = replace(wish, consents={asked.flow: dict.fromkeys(asked.statements, True)})
    assert isinstance(client.submit(ticked, model.capabilities), Job)


def test_consent_is_asked_for_references_too(server: SandboxServer) -> None:
    client, model = client_for(server, "venice"), model_of("venice", "seedance-2-0-reference-to-video")
    asked = client.submit(
        request_for(model, Mode.REFERENCE_TO_VIDEO, "A portrait [face]"), model.capabilities
    )
    assert isinstance(asked, ConsentNeeded) and asked.roles == ("reference_image",)


def test_what_the_sandbox_lists_agrees_with_the_catalogue(server: SandboxServer) -> None:
    known = {model.wire_id: model.capabilities for model in load("venice")}
    for found in client_for(server, "venice").discover():
        if found.wire_id in known:
            caps = known[found.wire_id]
            assert tuple(found.capabilities["durations_s"]) == caps.durations_s, found.wire_id
            assert found.capabilities["audio"] == caps.audio, found.wire_id
            for name in ("resolutions", "aspect_ratios"):
                theirs = {choice["wire"] for choice in found.capabilities[name]}
                assert theirs == {choice.wire for choice in getattr(caps, name)}, found.wire_id
