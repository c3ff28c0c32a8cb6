"""A lease outlives a database that is away for a moment."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import OperationalError

from generations.services.lease import Lease


def test_a_failed_renewal_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "RENEW_S": 0.01}
    asked: list[int] = []

    def renew(_lease: Lease) -> None:
        asked.append(1)
        if len(asked) == 1:
            raise OperationalError("database is locked")

    monkeypatch.setattr(Lease, "_renew", renew)
    with Lease(1) as lease:
        ends = time.monotonic() + 5
        while len(asked) < 3 and time.monotonic() < ends:
            time.sleep(0.01)
    assert len(asked) >= 3 and not lease.lost.is_set()
