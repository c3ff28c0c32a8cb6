"""From which address this thread's request came, for the audit log; empty outside of requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ADDRESS: ContextVar[str] = ContextVar("address of the request", default="")


def address() -> str:
    return _ADDRESS.get()


@contextmanager
def of(address: str) -> Iterator[None]:
    token = _ADDRESS.set(address)
    try:
        yield
    finally:
        _ADDRESS.reset(token)
