"""The sweep against the sandbox's poll endpoint, beside clients that only ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench import swarm
from bench.load import LOADS, percentile, share_within
from bench.table import Row
from bench.world import World
from tests.providers.sandbox_server import SandboxServer

SUBJECT = "sweep"
CEILING_CONNECTIONS = 120


def measure(world: World) -> Iterator[Row]:
    world.set_up()
    job_ids = swarm.seed_sandbox(world.folder / "sandbox", 5000)
    with SandboxServer(world.folder / "sandbox").start(no_render=True) as server:
        bench = Sweeping(world, server.url_for("token360"), job_ids)
        small, old, mixed = LOADS
        yield from bench.beside_bare(small)
        yield from bench.lag(old)
        yield from bench.lag(mixed, how_many=True)
        yield from bench.ceilings()


class Sweeping:
    def __init__(self, world: World, base_url: str, job_ids: list[str]) -> None:
        self.world, self.base_url, self.job_ids = world, base_url, job_ids
        self.seconds = 12 if world.quick else 60
        self.urls: list[list[str]] = []

    def sweep(self, name: str) -> dict[str, Any]:
        self.urls = swarm.seed_takes(self.job_ids[: LOADS[name].takes], self.base_url)
        return self.world.run("sweeping", load=name, seconds=self.seconds)

    def bare(self, client: str, seconds: float, **options: Any) -> dict[str, Any]:
        return self.world.run(
            "bare", client=client, key=swarm.KEY, urls=self.urls, seconds=seconds, **options
        )

    def beside_bare(self, name: str) -> Iterator[Row]:
        told, alone = self.sweep(name), self.bare("httpx", self.seconds, load=name)
        due = LOADS[name].due_within(self.seconds)
        share = told["counted"] / due
        ratio = _per_poll(told) / _per_poll(alone)
        yield Row(SUBJECT, f"{name}: polls made of {due:,} due", f"{share:.1%}", "≥ 98 %", share >= 0.98)
        yield Row(SUBJECT, f"{name}: the same, bare client", f"{alone['counted'] / due:.1%}")
        yield Row(SUBJECT, f"{name}: lag p50 / p95", _lags(told))
        yield Row(
            SUBJECT, f"{name}: CPU of a poll, sweep : bare client", f"{ratio:.2f}", "≤ 1.6", ratio <= 1.6
        )
        yield _cost(name, told)

    def lag(self, name: str, *, how_many: bool = False) -> Iterator[Row]:
        told = self.sweep(name)
        due = LOADS[name].due_within(self.seconds)
        within = share_within(told["lags"], 2.0, told["missed"])
        share = told["counted"] / due
        enough = within >= 0.95
        asked = {} if how_many else {"target": "≥ 95 %", "ok": enough}
        yield Row(SUBJECT, f"{name}: polls within 2 s of due, one sweep", f"{within:.1%}", **asked)
        if how_many:
            yield Row(SUBJECT, f"{name}: sweeps it takes", "1" if enough else "more than one")
        yield Row(SUBJECT, f"{name}: polls made of {due:,} due", f"{share:.1%}")
        yield Row(SUBJECT, f"{name}: lag p50 / p95", _lags(told))
        yield _cost(name, told)

    def ceilings(self) -> Iterator[Row]:
        seconds = 4 if self.world.quick else 10
        for client, label in (("httpx", "httpx on aiohttp"), ("aiohttp", "bare aiohttp")):
            told = self.bare(client, seconds, connections=CEILING_CONNECTIONS)
            rate, busy = told["polls"] / told["wall_s"], told["cpu_s"] / told["wall_s"]
            yield Row(SUBJECT, f"ceiling: {label}, {CEILING_CONNECTIONS} connections",
                      f"{rate:.0f} polls/s at {busy:.2f} core")  # fmt: skip


def _per_poll(told: dict[str, Any]) -> float:
    return float(told["cpu_s"]) / max(1, told["polls"])


def _lags(told: dict[str, Any]) -> str:
    return f"{percentile(told['lags'], 0.5):.2f} / {percentile(told['lags'], 0.95):.2f} s"


def _cost(name: str, told: dict[str, Any]) -> Row:
    rate, busy = told["polls"] / told["wall_s"], told["cpu_s"] / told["wall_s"]
    return Row(SUBJECT, f"{name}: polls/s and CPU of the sweep", f"{rate:.0f} at {busy:.2f} core")
