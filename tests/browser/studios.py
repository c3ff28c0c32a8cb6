"""A whole studio with its sandbox, as the browser tests start it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.studio_process import StudioProcess


@contextmanager
def whole_studio(folders: pytest.TempPathFactory, **settings: Any) -> Iterator[StudioProcess]:
    with StudioProcess(folders.mktemp("studio"), SANDBOX="1", POLL_SCALE=0.3, **settings) as studio:
        yield studio
