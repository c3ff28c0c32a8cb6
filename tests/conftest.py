"""What every test may use: the cast, Chromium, and the rule that CI skips nothing that counts."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# how long a draw takes says something of the machine, nothing of the rule
hypothesis.settings.register_profile(
    "studio", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("studio")
WAITS_MS = 60_000  # of a page, on a machine that has much else to do
MUST_RUN = ("browser", "postgres", "processes")
FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# --- which tests run where ---------------------------------------------------------------------


@pytest.hookimpl(hookwrapper=True, tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Under xdist two workers share the modules with a browser, one takes all with real processes, and one
    the whole of any other module: what it sets up and what its sandbox renders is then made once.

    Groups are begun in this order, and the browser's wait more than they work: the others go on beside them.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    yield  # pytest-django puts what commits behind what does not
    items.sort(key=lambda item: [_group(item).split()[0] != name for name in ("browser", "processes")])
    _check_marked(items)


def _check_marked(items: list[pytest.Item]) -> None:
    """.ci/tests looks for the mark in the files of tests, and collects no others for PostgreSQL."""
    marked = {item.path for item in items if item.get_closest_marker("both_databases")}
    hidden = sorted(path.name for path in marked if "both_databases" not in path.read_text())
    if hidden:
        raise pytest.UsageError(f"both_databases has to stand in the file itself: {', '.join(hidden)}")


def pytest_collection_finish() -> None:
    """Thousands of tests stay in memory to the end: the garbage collector need not walk through them again
    and again, nor come as often as where memory is short. That is a sixth of what most tests cost."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _group(item: pytest.Item) -> str:
    if item.get_closest_marker("browser"):
        return f"browser {len(item.path.stem) % 2}"
    return "processes" if item.get_closest_marker("processes") else item.path.stem


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """On CI a test that counts and was skipped is a failure, with the reason of the skip."""
    outcome: Any = yield
    report = outcome.get_result()
    counts = any(item.get_closest_marker(name) for name in MUST_RUN)
    if os.environ.get("CI") and counts and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"Skipped on CI, where this test must run: {reason}"


# --- the cast: alice owns, bob is on her team, charlie must see nothing -------------------------


@pytest.fixture
def make_person(db: None) -> Callable[..., Any]:
    from videostudio.models import User

    def make(username: str, password: str = "correct horse 9", **fields: Any) -> Any:
        return User.objects.create_user(username, f"{username}@example.com", password, **fields)

    return make


@pytest.fixture
def alice(make_person: Callable[..., Any]) -> Any:
    return make_person("alice", display_name="Alice Archer", may_create_projects=True)


@pytest.fixture
def bob(make_person: Callable[..., Any]) -> Any:
    return make_person("bob", display_name="Bob Baker")


@pytest.fixture
def charlie(make_person: Callable[..., Any]) -> Any:
    return make_person("charlie", display_name="Charlie Stranger")


@pytest.fixture
def admin(make_person: Callable[..., Any]) -> Any:
    return make_person("admin", role="administrator", display_name="Ada Min")


@pytest.fixture
def producer(make_person: Callable[..., Any]) -> Any:
    return make_person("producer", role="producer")


@pytest.fixture
def project(alice: Any, bob: Any) -> Any:
    """Alice's project, with bob as an editor."""
    from generations.models import Membership, Role
    from generations.services.projects import create_project

    made = create_project(alice, "Harbour film")
    Membership.objects.create(project=made, user=bob, role=Role.EDITOR)
    return made


@pytest.fixture
def signed_in(db: None) -> Callable[..., Any]:
    """``signed_in(person)``: a client whose password is fresh; ``signed_in(person, fresh=False)``: not."""
    import time

    from django.test import Client

    def make(person: Any, fresh: bool = True) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["password_at"] = time.time() if fresh else 0
        session.save()
        return client

    return make


@pytest.fixture(autouse=True)
def _nothing_left() -> None:
    """Rate limits live in the cache; one test must not slow down the next."""
    from django.core.cache import cache

    from tests import emptying

    cache.clear()
    emptying.forget_types()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the database is there before: a copy of a file with every migration applied."""
    from django.db import connection

    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_keepdb: bool) -> None:
    from django.db import connection

    from tests import prepared

    if django_db_keepdb:
        prepared.put(Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    from tests import emptying

    emptying.make_quick()


# --- Chromium ------------------------------------------------------------------------------------


def find_chromium() -> str | None:
    """$CHROMIUM, else one on the path; None leaves the choice to Playwright's own. The shell is the same
    engine without a browser's own windows, for half the work."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A headless browser for one module; skipped where there is none, which CI counts as a failure.

    Not for the whole run: Playwright keeps an event loop in this thread, beside which Django refuses the
    database and no other test could run a loop of its own.
    """
    from playwright.sync_api import Error, sync_playwright

    flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        try:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        except Error as error:
            pytest.skip(f"no Chromium: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page in a context of its own; errors of its scripts fail the test."""
    context = chromium.new_context(color_scheme="dark")
    context.set_default_timeout(WAITS_MS)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    assert not broken, broken
