"""From *finished at the gateway* to *playable in the browser*, in a running studio with its own sandbox."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx

from bench import studio
from bench.load import interval_s, percentile
from bench.table import Row
from bench.world import World

SUBJECT = "playable"
LOOK_S = 0.2
AT_MOST_S = 900


def measure(world: World) -> Iterator[Row]:
    takes = 6 if world.quick else 20
    world.set_up()
    with studio.running(world, SANDBOX="1") as process:
        from providers.models import ProviderAccount

        account = ProviderAccount.objects.get(gateway="token360", sandbox=True)
        watch = Watch(studio.sign_up(process.url, account), account)
        for number in range(takes):
            watch.start(f"Harbour {number}")
        watch.until_all_play()
    waits, over = watch.waits(), watch.beyond_an_interval()
    for step, parts in watch.steps().items():
        told = f"{percentile(parts, 0.5):.1f} / {percentile(parts, 0.95):.1f} s"
        yield Row(SUBJECT, f"{step}, p50 / p95", told)
    late = percentile(over, 0.95)
    yield Row(SUBJECT, f"{takes} takes: finished there to playable here, p50 / p95",
              f"{percentile(waits, 0.5):.1f} / {percentile(waits, 0.95):.1f} s")  # fmt: skip
    yield Row(SUBJECT, "the same beyond one poll interval, p95", f"{late:+.1f} s", "≤ 2 s", late <= 2)


class Watch:
    """Looks at the gateway and at the studio, a few times a second, and notes what it sees first."""

    def __init__(self, api: studio.Api, account: Any) -> None:
        self.api = api
        self.gateway = httpx.Client(
            headers={"Authorization": f"Bearer {account.get_key()}"},
            base_url=account.base_url,
            trust_env=False,
        )
        self.waiting: set[str] = set()
        self.finished: dict[str, float] = {}
        self.playable: dict[str, float] = {}
        self.accepted: dict[str, float] = {}
        self.jobs: dict[str, str] = {}

    def start(self, prompt: str) -> None:
        self.waiting.add(self.api.generate(prompt))

    def until_all_play(self) -> None:
        ends = time.monotonic() + AT_MOST_S
        while self.waiting:
            assert time.monotonic() < ends, f"{len(self.waiting)} takes did not come"
            self._look_at_gateway()
            self._look_at_studio()
            time.sleep(LOOK_S)

    def _look_at_gateway(self) -> None:
        for take_id, job_id in self._jobs().items():
            if take_id not in self.finished:
                status = self.gateway.get(f"/videos/{job_id}").raise_for_status().json()["status"]
                if status == "completed":
                    self.finished[take_id] = time.time()

    def _jobs(self) -> dict[str, str]:
        from generations.models import Generation

        if len(self.jobs) < len(self.waiting) + len(self.playable):
            rows = Generation.objects.exclude(job_id="").values_list("pk", "job_id", "accepted_at")
            for pk, job_id, accepted_at in rows:
                self.jobs[str(pk)], self.accepted[str(pk)] = job_id, accepted_at.timestamp()
        return self.jobs

    def _look_at_studio(self) -> None:
        for take in self.api.takes():
            if take["status"] == "completed" and take["id"] in self.waiting:
                self.api.play(take["id"])
                self.playable[take["id"]] = time.time()
                self.waiting.discard(take["id"])
            assert take["status"] not in ("failed", "uncertain"), take

    def waits(self) -> list[float]:
        """Seconds from finished to played."""
        return [at - self.finished[take_id] for take_id, at in self.playable.items()]

    def steps(self) -> dict[str, list[float]]:
        """Where the time went: until a poll heard of it, and from there until the file was stored."""
        from generations.models import Generation

        heard, stored = [], []
        for take in Generation.objects.filter(pk__in=self.playable):
            heard.append(take.finished_at.timestamp() - self.finished[str(take.pk)])
            stored.append((take.completed_at - take.finished_at).total_seconds())
        return {"until a poll heard of it": heard, "from there to the stored file": stored}

    def beyond_an_interval(self) -> list[float]:
        """The same, less the poll interval in force when it was finished."""
        ages = [self.finished[take_id] - self.accepted[take_id] for take_id in self.playable]
        return [wait - interval_s(age) for wait, age in zip(self.waits(), ages, strict=True)]
