"""An adapter, its client and its requests against the sandbox over real HTTP."""

from __future__ import annotations

import base64
import io
import time
from dataclasses import replace
from typing import Any

from PIL import Image

from providers.catalogue import CatalogueModel, load
from providers.fetcher import open_guarded, raise_for_link
from providers.gateways.capabilities import Capabilities, Travel
from providers.gateways.client import GatewayClient
from providers.gateways.registry import get_gateway
from providers.gateways.values import Input, Job, JobState, Mode, ResultKind, Role, VideoRequest

from .battery import picture
from .sandbox_server import SandboxServer

KEY = "sandbox-adapters"
FRAMES = {
    Mode.IMAGE_TO_VIDEO: [Role.FIRST_FRAME],
    Mode.FIRST_LAST_FRAME: [Role.FIRST_FRAME, Role.LAST_FRAME],
    Mode.REFERENCE_TO_VIDEO: [Role.REFERENCE_IMAGE, Role.REFERENCE_IMAGE],
}


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
        inputs=tuple(placed(frame(role), mode, caps) for role in FRAMES.get(mode, [])),
        **more,
    )


def placed(item: Input, mode: Mode, caps: Capabilities) -> Input:
    """At an address of its own where that is the only way it may travel."""
    if caps.ways(item.role, VideoRequest("", mode, "")) != (Travel.PUBLIC_URL,):
        return item
    return replace(item, media=item.media.at(f"https://example.com/{item.role}.png"))


def client_for(sandbox: SandboxServer, gateway: str) -> GatewayClient:
    return GatewayClient(get_gateway(gateway), sandbox.url_for(gateway), KEY)


def finish(client: GatewayClient, job: Job) -> Job:
    until = time.monotonic() + 20
    while job.state in (JobState.QUEUED, JobState.RUNNING) and time.monotonic() < until:
        time.sleep(0.1)
        job = client.poll(job)
    return job


def fetch(sandbox: SandboxServer, client: GatewayClient, job: Job) -> bytes:
    result = job.result
    assert result is not None
    if result.kind == ResultKind.BYTES:
        with client.result_bytes(job) as response:
            client.raise_for_result(response)
            return response.read()
    if result.kind == ResultKind.ASK:
        result = client.fresh_link(job)
        assert result is not None
        if result.kind == ResultKind.BYTES:
            return fetch(sandbox, client, replace(job, result=result))
    allow = frozenset({f"127.0.0.1:{sandbox.port}"})
    with open_guarded(client.checked_url(result.url), allow=allow) as response:
        raise_for_link(response)
        return response.read()
