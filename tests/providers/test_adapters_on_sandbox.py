"""The adapters against the sandbox over real HTTP: both were written from the same pages, apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.catalogue import load
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Refused
from providers.gateways.registry import get_gateway
from providers.gateways.values import AUTO_S, ConsentNeeded, FailureClass, Job, JobState, Mode, ResultKind

from .on_sandbox import client_for, fetch, finish, model_of, request_for
from .sandbox_server import SandboxServer

TAKES = [
    ("silkdock", "seedance-2.0", Mode.TEXT_TO_VIDEO),
    ("silkdock", "seedance-2.0", Mode.FIRST_LAST_FRAME),
    ("silkdock", "seedance-2.0", Mode.REFERENCE_TO_VIDEO),
    ("silkdock", "wan-2.7", Mode.IMAGE_TO_VIDEO),
    ("silkdock", "gen4_turbo", Mode.IMAGE_TO_VIDEO),
    ("silkdock", "veo-3.1-generate", Mode.TEXT_TO_VIDEO),
    ("elkapi", "doubao-seedance-2-0-260128", Mode.TEXT_TO_VIDEO),
    ("elkapi", "doubao-seedance-2-0-fast-260128", Mode.IMAGE_TO_VIDEO),
    ("elkapi", "doubao-seedance-2-0-260128", Mode.FIRST_LAST_FRAME),
    ("elkapi", "doubao-seedance-2-5-260628", Mode.REFERENCE_TO_VIDEO),
    ("elkapi", "doubao-seedance-1-0-lite-i2v-250428", Mode.IMAGE_TO_VIDEO),
    ("siliconflow", "Wan-AI/Wan2.2-T2V-A14B", Mode.TEXT_TO_VIDEO),
    ("siliconflow", "Wan-AI/Wan2.2-I2V-A14B", Mode.IMAGE_TO_VIDEO),
    ("siliconflow", "Wan-AI/Wan2.1-T2V-14B-720P", Mode.TEXT_TO_VIDEO),
    ("token360", "seedance-2.0", Mode.TEXT_TO_VIDEO),
    ("token360", "seedance-2.0", Mode.FIRST_LAST_FRAME),
    ("token360", "seedance-2.0-mini", Mode.REFERENCE_TO_VIDEO),
    ("venice", "wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO),
    ("venice", "seedance-2-0-reference-to-video-basic", Mode.REFERENCE_TO_VIDEO),
    ("venice", "seedance-2-5-reference-to-video-basic", Mode.REFERENCE_TO_VIDEO),
    ("venice", "kling-2.6-pro-image-to-video", Mode.FIRST_LAST_FRAME),
    ("venice", "grok-imagine-text-to-video-private", Mode.TEXT_TO_VIDEO),
]


@pytest.mark.parametrize(("gateway", "wire_id", "mode"), TAKES)
def test_a_take_comes_back_as_a_file(sandbox: SandboxServer, gateway: str, wire_id: str, mode: Mode) -> None:
    client, model = client_for(sandbox, gateway), model_of(gateway, wire_id)
    job = client.submit(request_for(model, mode), model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.state == JobState.FINISHED
    assert fetch(sandbox, client, done)[4:8] == b"ftyp"
    client.after_store(done)


@pytest.mark.parametrize("gateway", ["elkapi", "siliconflow", "silkdock", "token360", "venice"])
def test_a_key_is_checked_for_free(sandbox: SandboxServer, gateway: str) -> None:
    assert client_for(sandbox, gateway).check_key().ok
    with pytest.raises(Refused) as caught:
        GatewayClient(get_gateway(gateway), sandbox.url_for(gateway), "wrong").check_key()
    assert caught.value.failure_class == FailureClass.KEY_REJECTED


@pytest.mark.parametrize(
    ("gateway", "wire_id", "mode", "billed"),
    [
        ("elkapi", "doubao-seedance-2-0-260128", Mode.TEXT_TO_VIDEO, False),
        ("silkdock", "seedance-2.0", Mode.TEXT_TO_VIDEO, None),
        ("token360", "seedance-2.0", Mode.TEXT_TO_VIDEO, False),
        ("venice", "wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO, False),
    ],
)
def test_failures_are_told_apart(
    sandbox: SandboxServer, gateway: str, wire_id: str, mode: Mode, billed: bool | None
) -> None:
    client, model = client_for(sandbox, gateway), model_of(gateway, wire_id)
    for word, kind in (("failed", FailureClass.PROVIDER_DOWN), ("moderated", FailureClass.MODERATION)):
        job = client.submit(request_for(model, mode, f"A cat [{word}]"), model.capabilities)
        assert isinstance(job, Job)
        failure = finish(client, job).failure
        assert failure is not None and (failure.failure_class, failure.billed) == (kind, billed)
    with pytest.raises(Refused) as caught:
        client.submit(request_for(model, mode, "A cat [refused]"), model.capabilities)
    assert caught.value.failure_class == FailureClass.MODERATION


@pytest.mark.parametrize(
    ("gateway", "wire_id"), [("elkapi", "doubao-seedance-2-0-260128"), ("token360", "seedance-2.0")]
)
def test_a_completed_job_without_an_address_is_asked_for_one(
    sandbox: SandboxServer, gateway: str, wire_id: str
) -> None:
    client, model = client_for(sandbox, gateway), model_of(gateway, wire_id)
    job = client.submit(request_for(model, Mode.TEXT_TO_VIDEO, "A kite [no url]"), model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.result is not None and done.result.kind == ResultKind.ASK
    assert fetch(sandbox, client, done)[4:8] == b"ftyp"


def test_consent_is_asked_and_accepted(sandbox: SandboxServer) -> None:
    client, model = client_for(sandbox, "venice"), model_of("venice", "seedance-2-0-image-to-video")
    wish = request_for(model, Mode.IMAGE_TO_VIDEO, "A portrait [face]")
    asked = client.submit(wish, model.capabilities)
    assert isinstance(asked, ConsentNeeded) and asked.roles == ("image",) and asked.policy_text
    ticked = replace(wish, consents={asked.flow: dict.fromkeys(asked.statements, True)})
    assert isinstance(client.submit(ticked, model.capabilities), Job)


def test_consent_is_asked_for_references_too(sandbox: SandboxServer) -> None:
    client, model = client_for(sandbox, "venice"), model_of("venice", "seedance-2-0-reference-to-video")
    asked = client.submit(
        request_for(model, Mode.REFERENCE_TO_VIDEO, "A portrait [face]"), model.capabilities
    )
    assert isinstance(asked, ConsentNeeded) and asked.roles == ("reference_image",)


def test_what_the_sandbox_lists_agrees_with_the_catalogue(sandbox: SandboxServer) -> None:
    known = {model.wire_id: model.capabilities for model in load("venice")}
    for found in client_for(sandbox, "venice").discover():
        if found.wire_id in known:
            caps = known[found.wire_id]
            lengths = tuple(seconds for seconds in caps.durations_s if seconds != AUTO_S)  # never listed
            assert tuple(found.capabilities["durations_s"]) == lengths, found.wire_id
            assert found.capabilities["audio"] == caps.audio, found.wire_id
            # the catalogue names the private ones alone
            assert found.capabilities["privacy"] == (caps.privacy or "anonymized"), found.wire_id
            for name in ("resolutions", "aspect_ratios"):
                theirs = {choice["wire"] for choice in found.capabilities[name]}
                ours = {choice.wire for choice in getattr(caps, name) if not choice.beside}
                assert theirs == ours, found.wire_id
