"""Token360's adapter against the sandbox over real HTTP: its list, its inputs and its bill."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from providers.gateways.errors import Ambiguous, Unsupported
from providers.gateways.values import Input, Job, Mode, Role
from providers.prices import estimate

from .battery import MP4_HEAD, picture
from .on_sandbox import KEY, client_for, fetch, finish, frame, model_of, request_for
from .sandbox_server import SandboxServer
from .swept import swept


def sample(role: Role, mime: str, head: bytes) -> Input:
    address = f"data:{mime};base64,{base64.b64encode(head).decode()}"
    return picture(role, mime=mime, duration_s=4.0, width=None, height=None, address=address)


MEDIA = {
    Role.SOURCE_VIDEO: sample(Role.SOURCE_VIDEO, "video/mp4", MP4_HEAD),
    Role.REFERENCE_VIDEO: sample(Role.REFERENCE_VIDEO, "video/mp4", MP4_HEAD),
    Role.REFERENCE_AUDIO: sample(Role.REFERENCE_AUDIO, "audio/wav", b"RIFF\0\0\0\0WAVEfmt "),
}


@pytest.mark.parametrize("wire_id", ["seedance-2.0", "seedance-2.0-fast"])
def test_a_lost_answer_is_found_in_the_list(sandbox: SandboxServer, wire_id: str) -> None:
    client, model = client_for(sandbox, "token360"), model_of("token360", wire_id)
    wish = request_for(model, Mode.TEXT_TO_VIDEO, f"A {wire_id} boat [lost answer]")
    began = datetime.now(UTC)
    with pytest.raises(Ambiguous):
        client.submit(wish, model.capabilities)
    listed = swept(client.gateway, client.base_url, KEY, lambda here: here.find(began))
    found = [c for c in listed if (c.model, c.prompt) == (wire_id, wish.prompt)]
    assert len(found) == 1 and abs((found[0].created_at - began).total_seconds()) < 5


@pytest.mark.parametrize(("ratio", "resolution"), [("21:9", "4k"), ("adaptive", "1080p")])
def test_token360_makes_what_its_page_has_beyond_the_usual(
    sandbox: SandboxServer, ratio: str, resolution: str
) -> None:
    client, model = client_for(sandbox, "token360"), model_of("token360", "seedance-2.0")
    wish = replace(request_for(model, Mode.TEXT_TO_VIDEO), aspect_ratio=ratio, resolution=resolution)
    assert isinstance(client.submit(wish, model.capabilities), Job)
    fast = model_of("token360", "seedance-2.0-fast")
    with pytest.raises(Unsupported, match="not offered"):
        client.submit(replace(wish, model=fast.wire_id), fast.capabilities)


@pytest.mark.parametrize("wire_id", ["seedance-2.0", "seedance-2.0-fast", "seedance-2.0-mini"])
@pytest.mark.parametrize(
    ("mode", "roles"),
    [
        (Mode.REFERENCE_TO_VIDEO, [Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO, Role.REFERENCE_IMAGE]),
        (Mode.EDIT, [Role.SOURCE_VIDEO, Role.REFERENCE_IMAGE]),
        (Mode.EXTEND, [Role.SOURCE_VIDEO]),
    ],
)
def test_token360_takes_clips_and_sounds(
    sandbox: SandboxServer, wire_id: str, mode: Mode, roles: list[Role]
) -> None:
    client, model = client_for(sandbox, "token360"), model_of("token360", wire_id)
    wish = replace(
        request_for(model, mode, f"A heron, {wire_id} {mode}", extra={"execution_expires_after": 3600}),
        inputs=tuple(MEDIA[role] if role in MEDIA else frame(role) for role in roles),
        return_last_frame=True,
    )
    job = client.submit(wish, model.capabilities)
    assert isinstance(job, Job) and job.deadline_s == 3600
    done = finish(client, job)
    assert fetch(sandbox, client, done)[4:8] == b"ftyp"
    assert done.last_frame_url.startswith(sandbox.origin)
    line = next(line for line in sandbox.bill() if line["job_id"] == job.id)
    assert line["mode"] == mode
    assert is_to_the_cent(estimate(model.price, wish).amount_usd, line["amount_usd"])


@pytest.mark.parametrize(
    ("wire_id", "resolution", "duration_s"),
    [
        ("seedance-2.0", "480p", 5),
        ("seedance-2.0", "720p", 10),
        ("seedance-2.0", "1080p", 15),
        ("seedance-2.0-fast", "720p", 4),
        ("seedance-1.5-pro", "1080p", 12),
        ("seedance-2.0-mini", "480p", 7),
        ("seedance-2.5", "720p", 30),
    ],
)
def test_token360s_bill_by_tokens_is_what_was_estimated(
    sandbox: SandboxServer, wire_id: str, resolution: str, duration_s: int
) -> None:
    model = model_of("token360", wire_id)
    wish = request_for(model, Mode.TEXT_TO_VIDEO, f"A heron on the bill, {wire_id} {resolution}")
    wish = replace(wish, resolution=resolution, duration_s=float(duration_s))
    job = client_for(sandbox, "token360").submit(wish, model.capabilities)
    assert isinstance(job, Job)
    line = next(line for line in sandbox.bill() if line["job_id"] == job.id)
    assert is_to_the_cent(estimate(model.price, wish).amount_usd, line["amount_usd"])


def is_to_the_cent(estimated: Decimal | None, billed: float) -> bool:
    """An estimate is rounded up; the price of a token is kept to five decimals."""
    assert estimated is not None
    return -0.0002 <= float(estimated) - billed < 0.01
