from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from generations.services import webhook_sending, webhooks
from tests.generations.pipeline import Line, line
from tests.generations.receiver import Receiver, listening
from tests.providers.sandbox_server import SandboxServer


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer().start(job_s=0.4, rough=True) as server:
        yield server


@pytest.fixture
def studio(transactional_db: None, settings: Any, tmp_path: Any, sandbox: SandboxServer) -> Iterator[Line]:
    """The pipeline in this process, against a real sandbox server, with quick clocks."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.OUTBOUND_ALLOW = [f"127.0.0.1:{sandbox.port}"]
    settings.STUDIO = {
        **settings.STUDIO,
        "POLL_SCALE": 0.02,
        "RECOVER_EVERY_S": 0,
        "RING_AGAIN_S": 0.5,
        "MIN_FREE_BYTES": 0,
    }
    with line() as here:
        yield here


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Of webhooks, at an address that may be sent to."""
    with listening() as here:
        settings.OUTBOUND_ALLOW = {here.place}
        yield here


@pytest.fixture
def webhook_bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of webhooks whose bells were rung; nobody answers them."""
    heard: list[str] = []
    for module in (webhooks, webhook_sending):
        monkeypatch.setattr(module, "ring", lambda _task, pk, cluster="": heard.append(str(pk)))
    return heard


@pytest.fixture
def roomy_store(settings: Any, tmp_path: Any) -> None:
    """A media store of this test alone, however full the disk is."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}
