"""SiliconFlow's adapter against the sandbox over real HTTP: keys and models."""

from __future__ import annotations

import pytest

from providers.catalogue import load
from providers.gateways.capabilities import from_plain
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Refused
from providers.gateways.registry import get_gateway
from providers.gateways.values import FailureClass, Mode

from .on_sandbox import client_for, model_of, request_for
from .sandbox_server import SandboxServer

SILICONFLOW = "Wan-AI/Wan2.2-T2V-A14B"


def test_siliconflow_keys_tell_what_is_wrong(sandbox: SandboxServer) -> None:
    model = model_of("siliconflow", SILICONFLOW)
    wish = request_for(model, Mode.TEXT_TO_VIDEO)
    for key, failure_class in (
        ("sandbox-com-1", FailureClass.KEY_REJECTED),
        ("sandbox-empty-1", FailureClass.NO_BALANCE),
        ("sandbox-empty-402", FailureClass.NO_BALANCE),
    ):
        client = GatewayClient(get_gateway("siliconflow"), sandbox.url_for("siliconflow"), key)
        with pytest.raises(Refused) as caught:
            client.submit(wish, model.capabilities)
        assert caught.value.failure_class == failure_class, key
        assert "x-siliconcloud-trace-id: ti_" in caught.value.raw


def test_siliconflow_discovers_what_the_catalogue_knows(sandbox: SandboxServer) -> None:
    found = {model.wire_id: model for model in client_for(sandbox, "siliconflow").discover()}
    for model in load("siliconflow"):
        assert list(found[model.wire_id].if_new["modes"]) == [mode.value for mode in model.capabilities.modes]
        theirs = from_plain(found[model.wire_id].if_new)
        assert theirs.aspect_ratios == model.capabilities.aspect_ratios
