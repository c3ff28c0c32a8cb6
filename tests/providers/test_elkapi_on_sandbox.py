"""ElkAPI's adapter against the sandbox over real HTTP: shapes of a job, and refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.gateways.client import GatewayClient
from providers.gateways.errors import Refused
from providers.gateways.registry import get_gateway
from providers.gateways.values import AUTO_S, FailureClass, Job, JobState, Mode

from .on_sandbox import client_for, fetch, finish, model_of, request_for
from .sandbox_server import SandboxServer

ELKAPI = ("elkapi", "doubao-seedance-2-0-260128")


@pytest.mark.parametrize("word", ["v2", "v3", "v4", "v5", "v6", "v7", "old build", "flat only", "odd status"])
def test_elkapi_is_read_in_every_shape(sandbox: SandboxServer, word: str) -> None:
    client, model = client_for(sandbox, "elkapi"), model_of(*ELKAPI)
    job = client.submit(request_for(model, Mode.TEXT_TO_VIDEO, f"A kite [{word}]"), model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.state == JobState.FINISHED and fetch(sandbox, client, done)[4:8] == b"ftyp"
    for end, kind in (("failed", FailureClass.PROVIDER_DOWN), ("moderated", FailureClass.MODERATION)):
        wish = request_for(model, Mode.TEXT_TO_VIDEO, f"A kite [{end}] [{word}]")
        job = client.submit(wish, model.capabilities)
        assert isinstance(job, Job)
        failure = finish(client, job).failure
        assert failure is not None
        # the oldest builds name no reason at all
        assert failure.failure_class == (FailureClass.PROVIDER_DOWN if word == "old build" else kind)


def test_elkapi_lets_the_model_choose(sandbox: SandboxServer) -> None:
    client, model = client_for(sandbox, "elkapi"), model_of(*ELKAPI)
    wish = replace(request_for(model, Mode.FIRST_LAST_FRAME), duration_s=AUTO_S, aspect_ratio="adaptive")
    job = client.submit(wish, model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert (done.state, done.duration_s, done.tokens) == (JobState.FINISHED, 5, 108_900)


def test_elkapi_explains_a_refused_face(sandbox: SandboxServer) -> None:
    client, model = client_for(sandbox, "elkapi"), model_of(*ELKAPI)
    for word in ("[face]", "[face] [masked]"):
        with pytest.raises(Refused, match="real person") as caught:
            client.submit(request_for(model, Mode.IMAGE_TO_VIDEO, f"A portrait {word}"), model.capabilities)
        assert caught.value.failure_class == FailureClass.MODERATION and caught.value.hint


def test_elkapi_says_when_a_balance_or_a_route_is_missing(sandbox: SandboxServer) -> None:
    model = model_of(*ELKAPI)
    wish = request_for(model, Mode.TEXT_TO_VIDEO)
    poor = GatewayClient(get_gateway("elkapi"), sandbox.url_for("elkapi"), "sandbox-empty-1")
    with pytest.raises(Refused) as caught:
        poor.submit(wish, model.capabilities)
    assert caught.value.failure_class == FailureClass.NO_BALANCE
    with pytest.raises(Refused, match="no route") as caught:
        client_for(sandbox, "elkapi").submit(replace(wish, model="doubao-seedance-9"), model.capabilities)
    assert caught.value.failure_class == FailureClass.PROVIDER_DOWN
