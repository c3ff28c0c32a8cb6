"""What the sweep's client gets of a gateway, for tests that do not run in a loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import httpx

from providers.gateways.base import Gateway
from providers.gateways.client import AsyncGatewayClient

T = TypeVar("T")


def swept(
    gateway: Gateway,
    base_url: str,
    key: str,
    call: Callable[[AsyncGatewayClient], Awaitable[T]],
    transport: httpx.AsyncBaseTransport | None = None,
) -> T:
    """In a thread of its own: a browser test may have left a loop in this one."""

    async def ask() -> T:
        client = AsyncGatewayClient(gateway, base_url, key, transport=transport)
        try:
            return await call(client)
        finally:
            await client.close()

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(ask())).result()
