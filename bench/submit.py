"""Takes through the API of a running studio, and the moments at which the gateway gets their requests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from bench import studio
from bench.load import percentile
from bench.table import Row
from bench.world import World
from tests.providers.sandbox_server import SandboxServer
from tests.studio_process import wait_until

SUBJECT = "submit"
CALLERS = 4


def measure(world: World) -> Iterator[Row]:
    many, single = (40, 5) if world.quick else (200, 20)
    with SandboxServer(world.folder / "sandbox").start(no_render=True, job_s=3600) as gateway:
        world.allow(gateway.origin.removeprefix("http://"))
        world.set_up()
        from tests.factories import make_account

        account = make_account(base_url=gateway.url_for("token360"))
        with studio.running(world) as process:
            bench = Submits(studio.sign_up(process.url, account), gateway)
            waits = bench.one_by_one(single)
            rate, in_all = bench.together(many)
    yield Row(SUBJECT, f"accepted by the API, {CALLERS} callers", f"{rate:.0f} takes/s")
    yield Row(SUBJECT, "from accepted to the gateway's request, one at a time, p50 / p95",
              f"{percentile(waits, 0.5):.2f} / {percentile(waits, 0.95):.2f} s")  # fmt: skip
    yield Row(SUBJECT, f"{many} takes at once: requests at the gateway", f"{in_all:.1f} a second")


class Submits:
    def __init__(self, api: studio.Api, gateway: SandboxServer) -> None:
        self.api, self.gateway = api, gateway
        self.accepted: dict[str, float] = {}
        self.numbers = count(1)

    def send(self) -> str:
        prompt = f"Harbour {next(self.numbers)}"
        self.api.generate(prompt)
        self.accepted[prompt] = time.time()
        return prompt

    def arrived(self) -> dict[str, float]:
        return {entry["prompt"]: entry["created_at"] for entry in self.gateway.bill()}

    def one_by_one(self, how_many: int) -> list[float]:
        waits = []
        for number in range(how_many):
            prompt = self.send()
            wait_until(lambda prompt=prompt: prompt in self.arrived(), 60, every=0.05)
            waits.append(max(0.0, self.arrived()[prompt] - self.accepted[prompt]))
            time.sleep(0.1 + 0.03 * (number % 10))  # not in step with the sweep's ticks
        return waits

    def together(self, how_many: int) -> tuple[float, float]:
        """Takes accepted a second, and requests at the gateway a second."""
        began = time.time()
        with ThreadPoolExecutor(CALLERS) as callers:
            prompts = list(callers.map(lambda _: self.send(), range(how_many)))
        rate = how_many / (time.time() - began)
        wait_until(lambda: set(prompts) <= self.arrived().keys(), 300, every=0.5)
        at = self.arrived()
        return rate, how_many / (max(at[prompt] for prompt in prompts) - began)
