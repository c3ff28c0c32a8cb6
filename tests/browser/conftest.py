"""One whole studio with its sandbox for all browser tests; its pages may make no noise.

What a test counts it counts in a project of its own: other modules have worked in the same studio before.
A module whose subject is the whole studio (its queue, its accounts) has a ``running`` of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.studios import whole_studio
from tests.browser.walker import Walker
from tests.conftest import WAITS_MS
from tests.studio_process import StudioProcess


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioProcess]:
    with whole_studio(tmp_path_factory) as studio:
        yield studio


@pytest.fixture(scope="session")
def kept_state() -> dict[str, Any]:
    """Where the cookies of each studio stay between modules, which have a browser of their own."""
    return {}


@pytest.fixture(scope="module")
def signed_in_state(chromium: Any, running: StudioProcess, kept_state: dict[str, Any]) -> Any:
    """Cookies of the administrator, made by following the one-time link as a newcomer would."""
    if running.url not in kept_state:
        context = chromium.new_context()
        Walker(context.new_page(), running).set_up()
        kept_state[running.url] = context.storage_state()
        context.close()
    return kept_state[running.url]


@pytest.fixture(params=["dark"])
def walker(chromium: Any, running: StudioProcess, signed_in_state: Any, request: Any) -> Iterator[Walker]:
    context = chromium.new_context(
        storage_state=signed_in_state, viewport={"width": 1440, "height": 900}, color_scheme=request.param
    )
    context.set_default_timeout(WAITS_MS)
    walker = Walker(context.new_page(), running)
    yield walker
    context.close()
    walker.assert_quiet()
