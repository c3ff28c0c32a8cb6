"""Many submits while workers are killed in the middle of them: lost, billed twice, left to a person."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.table import Row
from bench.world import World

SUBJECT = "crash"
GATEWAYS = ("token360", "venice")  # one that can be asked about its jobs, one that cannot
SETTLE_S = 300


def measure(world: World) -> Iterator[Row]:
    submits, kills = (30, 5) if world.quick else (200, 20)  # some workers are done before it hits
    world.set_up()
    from tests.crash.studio import CrashStudio, disagreements

    with CrashStudio(world.folder) as studio:
        began = time.monotonic()
        takes = list(_submit(studio, submits, kills))
        studio.settle(takes, SETTLE_S)
        took = time.monotonic() - began
        bill = studio.sandbox.bill()
        wrong = disagreements(takes, bill, studio.media)
        dead = len(studio.gateway.ended)
    billed = Counter(entry["prompt"] for entry in bill)
    ended = Counter(take.status for take in takes)
    twice = sum(billed[take.prompt] > 1 for take in takes)
    lost = submits - ended["completed"] - ended["uncertain"]
    told = f"{submits} submits under {dead} kill -9"
    yield Row(SUBJECT, f"{told}: billed twice", str(twice), "0", twice == 0)
    yield Row(SUBJECT, f"{told}: neither completed nor left to a person", str(lost), "0", lost == 0)
    yield Row(SUBJECT, "rows, ledger, events, bill and files that disagree", str(len(wrong)), "0", not wrong)
    told = f"{ended['completed']} / {ended['uncertain']} in {took:.0f} s"
    yield Row(SUBJECT, "completed / left to a person", told)


def _submit(studio: Any, submits: int, kills: int) -> Iterator[Any]:
    """Every so many takes, the worker that sends one dies at the next of the points there are."""
    from tests.crash.gateway import POINTS

    points, every = POINTS[1:], submits // kills
    for number in range(submits):
        # each round of points hits the other gateway
        gateway = GATEWAYS[(number + number // every // len(points)) % 2]
        word = f"crash {number} of {submits}"
        if number % every == every // 2:
            studio.gateway.kill_at("submit", points[number // every % len(points)], text=word.encode())
        yield studio.take(gateway, word)
