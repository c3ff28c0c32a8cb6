"""A whole studio with its sandbox, as the browser tests start it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.studio_process import StudioProcess


@contextmanager
def whole_studio(
    folders: pytest.TempPathFactory, new: bool = False, **settings: Any
) -> Iterator[StudioProcess]:
    """Its jobs take a second and its clips are rough: what is looked at is the page."""
    quick = {"POLL_SCALE": 0.1, "SANDBOX_JOB_S": 0.8, "SANDBOX_ROUGH": 1}
    with StudioProcess(folders.mktemp("studio"), new=new, SANDBOX="1", **{**quick, **settings}) as studio:
        yield studio
