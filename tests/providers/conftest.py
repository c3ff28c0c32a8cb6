"""Sandbox servers for this folder's tests: one quick and shared, one that renders."""

import base64
import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.test import Client
from PIL import Image

from tests.providers.sandbox_server import SandboxServer


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxServer]:
    """Jobs of 0.2 s and one tiny clip for all of them. Tests use keys of their own to stay apart."""
    with SandboxServer().start(job_s=0.2, no_render=True) as server:
        yield server


@pytest.fixture(scope="session")
def rendering_sandbox() -> Iterator[SandboxServer]:
    with SandboxServer().start(job_s=0.1) as server:
        yield server


@pytest.fixture
def api(sandbox: SandboxServer, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """The sandbox in the ``DIALECT`` that the module names, with a key of the test's own."""
    with connect(sandbox, request.module.DIALECT, f"sandbox-{abs(hash(request.node.name))}") as client:
        yield client


@pytest.fixture
def make_picture() -> Callable[..., bytes]:
    def make(size: tuple[int, int] = (640, 480), colour: str = "crimson", kind: str = "PNG") -> bytes:
        target = io.BytesIO()
        Image.new("RGB", size, colour).save(target, kind)
        return target.getvalue()

    return make


@pytest.fixture
def as_data_url() -> Callable[[bytes], str]:
    return lambda data: f"data:image/png;base64,{base64.b64encode(data).decode()}"


@pytest.fixture
def desk(admin: Any, signed_in: Any) -> Client:
    """An administrator's browser."""
    return signed_in(admin)


def connect(server: SandboxServer, dialect: str, key: str = "sandbox-test") -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=server.url_for(dialect), headers=headers, trust_env=False, timeout=60)
