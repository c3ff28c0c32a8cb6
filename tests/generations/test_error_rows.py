"""Every row of the gateways' error tables through the whole line, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from providers.gateways.registry import all_gateways
from providers.sandbox.rows import POLL, ROWS, SUBMIT
from tests.batteries import batteries_in
from tests.generations.desk import SMALL, Desk
from tests.generations.error_rows import Outcome, run_polls, run_submits
from tests.generations.error_table import outcomes
from tests.generations.pipeline import Line
from tests.providers.battery import ProviderBattery
from tests.providers.sandbox_server import SandboxServer

MODELS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "elkapi": ("doubao-seedance-2-0-fast-260128", SMALL),
    "siliconflow": ("Wan-AI/Wan2.2-T2V-A14B", {"aspect_ratio": "16:9"}),
    "silkdock": ("seedance-2.0", SMALL),
    "token360": ("seedance-2.0-fast", SMALL),
    "venice": ("wan-2.6-text-to-video", {}),
}


@pytest.fixture(params=sorted(MODELS))
def desk(studio: Line, sandbox: SandboxServer, request: pytest.FixtureRequest) -> Desk:
    return Desk(sandbox, request.param, *MODELS[request.param])


def differences(
    found: Mapping[str, Outcome], expected: Mapping[str, Outcome]
) -> Iterator[tuple[str, Outcome, Outcome]]:
    assert found.keys() == expected.keys()
    return ((word, found[word], expected[word]) for word in expected if found[word] != expected[word])


def test_each_answer_to_a_submit(studio: Line, desk: Desk) -> None:
    expected = outcomes(desk.account.gateway, SUBMIT)
    assert not list(differences(run_submits(studio, desk, expected), expected))


def test_each_answer_to_a_poll(studio: Line, desk: Desk) -> None:
    expected = outcomes(desk.account.gateway, POLL)
    assert not list(differences(run_polls(studio, desk, expected), expected))


@pytest.mark.parametrize("gateway", sorted(all_gateways()))
def test_no_row_is_left_out(gateway: str) -> None:
    """Neither of what the sandbox can be told, nor of what the adapter's own battery names."""
    run = {**outcomes(gateway, SUBMIT), **outcomes(gateway, POLL)}
    battery = batteries_in("tests.providers", ProviderBattery)[gateway]
    assert issubclass(battery, ProviderBattery)
    named = {**battery.faults_of_submits(), **battery.faults_of_polls()}
    assert run.keys() == ROWS[gateway].keys()
    assert named.keys() <= run.keys()
