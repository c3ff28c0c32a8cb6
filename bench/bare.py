"""Clients that only ask: what the same requests cost without a studio around them.

Run by ``World.run("bare", …)``. ``client``: httpx (on aiohttp, as the sweep has it) or aiohttp. With a
``load`` the requests follow the sweep's rhythm and ticks; without one they are made as fast as they can be.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bench.load import CONNECTIONS, LOADS, in_time, jittered_s

TICK_S = 0.25
Ask = Callable[[str], Awaitable[Any]]


class Httpx:
    def __init__(self, key: str, connections: int) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self.client = httpx.AsyncClient(
            transport=AiohttpTransport(limits=limits, trust_env=False),
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
            trust_env=False,
        )

    async def ask(self, url: str) -> str:
        reply = await self.client.get(url)
        return str(reply.raise_for_status().json()["status"])

    async def close(self) -> None:
        await self.client.aclose()


class Aiohttp:
    def __init__(self, key: str, connections: int) -> None:
        self.client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections), headers={"Authorization": f"Bearer {key}"}
        )

    async def ask(self, url: str) -> str:
        async with self.client.get(url) as reply:
            reply.raise_for_status()
            return str((await reply.json())["status"])

    async def close(self) -> None:
        await self.client.close()


CLIENTS: dict[str, type[Httpx] | type[Aiohttp]] = {"httpx": Httpx, "aiohttp": Aiohttp}


class Pacer:
    """Many takes at the sweep's rhythm, a client for each account; all it keeps is when each is due."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.urls: list[list[str]] = options["urls"]
        kind = CLIENTS[options["client"]]
        self.clients = [kind(options["key"], CONNECTIONS) for _ in self.urls]
        self.places = [asyncio.Semaphore(CONNECTIONS) for _ in self.urls]
        self.seconds = float(options["seconds"])
        self.load = LOADS[options["load"]]
        self.lags: list[float] = []
        self.dues: list[float] = []
        self.counted = 0
        self.due: list[tuple[float, int]] = []
        self.born: list[float] = []

    async def run(self) -> None:
        began = time.time()
        for number, (age, first) in enumerate(self.load.start()):
            self.born.append(began - age)
            heapq.heappush(self.due, (began + first, number))
        tasks: set[asyncio.Task[None]] = set()
        while (now := time.time()) < began + self.seconds:
            while self.due and self.due[0][0] <= now:
                task = asyncio.create_task(self._ask(*heapq.heappop(self.due)))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.sleep(max(0.0, TICK_S - (time.time() - now)))
        await asyncio.gather(*tasks)
        self.counted = in_time(self.dues, began, self.seconds)
        for client in self.clients:
            await client.close()

    async def _ask(self, due: float, number: int) -> None:
        line = number % len(self.urls)
        async with self.places[line]:
            self.dues.append(due)
            self.lags.append(time.time() - due)
            await self.clients[line].ask(self.urls[line][number // len(self.urls)])
        age = due - self.born[number]
        heapq.heappush(self.due, (max(due + jittered_s(age), time.time()), number))


async def flat_out(options: dict[str, Any]) -> int:
    """How many requests fit into the time with so many connections."""
    client = CLIENTS[options["client"]](options["key"], options["connections"])
    urls = [url for line in options["urls"] for url in line]
    ends = time.monotonic() + float(options["seconds"])
    count = 0

    async def work(first: int) -> None:
        nonlocal count
        while time.monotonic() < ends:
            await client.ask(urls[(first + count) % len(urls)])
            count += 1

    await asyncio.gather(*(work(number) for number in range(options["connections"])))
    await client.close()
    return count


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def paced(options: dict[str, Any]) -> dict[str, Any]:
    pacer = Pacer(options)
    await pacer.run()
    return {"polls": len(pacer.lags), "counted": pacer.counted, "lags": pacer.lags}


async def unpaced(options: dict[str, Any]) -> dict[str, Any]:
    return {"polls": await flat_out(options)}


def main() -> None:
    options = json.load(sys.stdin)
    before, began = cpu_s(), time.monotonic()
    told = asyncio.run(paced(options) if "load" in options else unpaced(options))
    print(json.dumps({**told, "cpu_s": cpu_s() - before, "wall_s": time.monotonic() - began}))


if __name__ == "__main__":
    main()
