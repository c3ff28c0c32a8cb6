from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from tests.crash.studio import CrashStudio


@pytest.fixture(scope="package")
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Stands in for the fixture of that name: here the database stays open, and is not emptied between two
    tests, for as long as the studio lives, whose processes write to it all the time."""
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="package")
def running(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashStudio]:
    with CrashStudio(tmp_path_factory.mktemp("crash")) as studio:
        yield studio


@pytest.fixture
def studio(running: CrashStudio) -> Iterator[CrashStudio]:
    """The one running studio; no fault of one test reaches the next."""
    yield running
    running.gateway.calm()
