"""A whole studio with its sandbox for the browser tests of a module; its pages may make no noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.walker import Walker
from tests.studio_process import StudioProcess


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioProcess]:
    folder = tmp_path_factory.mktemp("studio")
    with StudioProcess(folder, SANDBOX="1", POLL_SCALE=0.3) as studio:
        yield studio


@pytest.fixture(scope="module")
def signed_in_state(chromium: Any, running: StudioProcess) -> Any:
    """Cookies of the administrator, made by following the one-time link as a newcomer would."""
    context = chromium.new_context()
    walker = Walker(context.new_page(), running)
    walker.set_up()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(params=["dark"])
def walker(chromium: Any, running: StudioProcess, signed_in_state: Any, request: Any) -> Iterator[Walker]:
    context = chromium.new_context(
        storage_state=signed_in_state, viewport={"width": 1440, "height": 900}, color_scheme=request.param
    )
    walker = Walker(context.new_page(), running)
    yield walker
    context.close()
    walker.assert_quiet()
