"""Requests inside one process: what each costs the processor, and how many queries it makes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Call = Callable[[], None]


def client_of(user: Any) -> Any:
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def posting(user: Any, address: str, body: Any) -> Call:
    client = client_of(user)

    def call() -> None:
        answer = client.post(address, body, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.status_code

    return call


def beating(user: Any, project: Any) -> Call:
    """The smallest signed-in answer there is: what a request costs before it does anything."""
    from generations.services import feed
    from generations.views.opening import open_project

    client = client_of(user)
    version = feed.state_of(open_project(user, project.slug)).version

    def call() -> None:
        assert client.get(f"/p/{project.slug}/feed?v={version}").status_code == 204

    return call


def spans_ms(call: Call, rounds: int, *, cold: bool = False) -> list[float]:
    """CPU time of each of so many calls, sorted: busy neighbours on the machine say nothing of it.

    :param cold: each with an empty cache.
    """
    from django.core.cache import cache

    call()
    spans = []
    for _ in range(rounds):
        if cold:
            cache.clear()
        began = time.process_time()
        call()
        spans.append((time.process_time() - began) * 1000)
    return sorted(spans)


def least_ms(call: Call, rounds: int, *, cold: bool = False) -> float:
    return spans_ms(call, rounds, cold=cold)[0]


def p95_ms(call: Call, rounds: int) -> float:
    spans = spans_ms(call, rounds)
    return spans[min(len(spans) - 1, int(len(spans) * 0.95))]


def queries(call: Call) -> int:
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cache.clear()
    with CaptureQueriesContext(connection) as caught:
        call()
    return len(caught)
