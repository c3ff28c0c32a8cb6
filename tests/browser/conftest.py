"""One whole studio with its sandbox for all browser tests; its pages may make no noise.

What a test counts it counts in a project of its own: other modules have worked in the same studio before.
A module whose subject is the whole studio (its queue, its accounts) has a ``running`` of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


@pytest.fixture
def look(chromium: Any, live_server: Any, signed_in: Any) -> Iterator[Callable[..., Walker]]:
    """``look(address, person)``: a browser there, of a person of the team or of nobody."""
    walkers = []

    def open_page(address: str, person: Any = None, **options: Any) -> Walker:
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        cookies = signed_in(person).cookies if person else {}
        context.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": live_server.url}
                for name, morsel in cookies.items()
            ]
        )
        walkers.append(Walker(context.new_page()))
        walkers[-1].page.goto(f"{live_server.url}{address}")
        return walkers[-1]

    yield open_page
    for walker in walkers:
        walker.page.context.close()
        walker.assert_quiet()
