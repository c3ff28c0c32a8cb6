"""The studio's own sweep in a process of its own, turn after turn, as its cluster runs it.

Run by ``World.run("sweeping", load=…, seconds=…)``; prints what was asked, when, and what it cost.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import django

from bench.bare import cpu_s
from bench.load import LOADS, in_time

BELL_S = 0.2  # between two turns: the queue looks for the bell so often
HEAD_START_S = 0.5


def lay_out(load_name: str) -> float:
    """Give the running takes their ages and dues.

    :returns: the moment they count from, just ahead.
    """
    from django.db import connection, transaction

    from generations.models import Generation

    at = connection.ops.adapt_datetimefield_value
    ids = Generation.objects.filter(status="running").order_by("id").values_list("id", flat=True)
    ids = [pk if connection.vendor == "postgresql" else pk.hex for pk in ids]
    began = time.time() + HEAD_START_S

    def moment(seconds: float) -> Any:
        return at(datetime.fromtimestamp(began + seconds, UTC))

    start = LOADS[load_name].start()
    rows = [(moment(-age), moment(first), pk) for pk, (age, first) in zip(ids, start, strict=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        statement = "UPDATE generations_generation SET accepted_at = %s, next_poll_at = %s WHERE id = %s"
        cursor.executemany(statement, rows)
    return began


class Watch:
    """Notes when each request begins and when it was due, at the last moment before the client has it."""

    def __init__(self) -> None:
        from generations.services.poller import Poller

        self.dues: list[float] = []
        self.lags: list[float] = []
        real = Poller._request

        async def noted(poller: Any, client: Any, ticket: Any) -> Any:
            due = ticket.due_at.timestamp()
            self.dues.append(due)
            self.lags.append(time.time() - due)
            return await real(poller, client, ticket)

        Poller._request = noted


def run(load: str, seconds: float) -> dict[str, Any]:
    from django.conf import settings

    from generations.models import Generation
    from generations.services.sweep import sweep

    watch, turn_s = Watch(), settings.STUDIO["SWEEP_TASK_S"]
    began = lay_out(load)
    time.sleep(max(0.0, began - time.time()))
    ends, before, wall = began + seconds, cpu_s(), time.monotonic()
    while (left := ends - time.time()) > 0:
        settings.STUDIO["SWEEP_TASK_S"] = min(turn_s, left)
        sweep()
        time.sleep(min(BELL_S, max(0.0, ends - time.time())))
    spent, took = cpu_s() - before, time.monotonic() - wall
    too_late = datetime.fromtimestamp(ends - 2, UTC)
    missed = Generation.objects.filter(next_poll_at__lt=too_late).count()
    counted = in_time(watch.dues, began, seconds)
    told = {"polls": len(watch.lags), "counted": counted, "lags": watch.lags, "missed": missed}
    return {**told, "cpu_s": spent, "wall_s": took}


def main() -> None:
    options: dict[str, Any] = json.load(sys.stdin)
    django.setup()
    print(json.dumps(run(**options)))


if __name__ == "__main__":
    main()
