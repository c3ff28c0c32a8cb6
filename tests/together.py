"""Threads that are let go at one moment, each with a database connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def together(count: int, do: Any) -> list[Any]:
    """``do(number)`` in as many threads, let go at the same moment; each closes its connection."""
    start = Barrier(count)

    def run(number: int) -> Any:
        try:
            start.wait(30)
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
