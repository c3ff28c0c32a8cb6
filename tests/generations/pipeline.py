"""Run the pipeline in this process, step by step: what would be rung is kept and run on demand."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db.models import Min
from django.utils import timezone

from generations import tasks
from generations.models import Generation
from generations.services import ring as ringing
from generations.services.dispatch import dispatch
from generations.services.poller import Poller
from generations.services.round import Round

LONGEST_REST_S = 0.3


class Line:
    """The queue, the sweep and the workers in one thread; ``rung`` holds the bells not yet answered."""

    def __init__(self) -> None:
        self.rung: deque[tuple[str, tuple[Any, ...]]] = deque()

    def hear(self, path: str, *arguments: Any, **_options: Any) -> None:
        self.rung.append((path.rpartition(".")[2], arguments))

    def answer(self, *, only: str = "") -> int:
        """Run what was rung; returns how many tasks ran."""
        done = 0
        for _ in range(len(self.rung)):
            name, arguments = self.rung.popleft()
            if only and name != only:
                self.rung.append((name, arguments))
            elif name != "sweep":
                getattr(tasks, name)(*arguments)
                done += 1
        return done

    def send(self) -> None:
        dispatch()
        self.answer(only="submit")

    def turn(self) -> int:
        """One tick of the sweep, its polls included, and every task it rings; returns how many those were."""
        self.tick()
        return self.answer()

    def tick(self) -> None:
        """One tick of the sweep; what it rings stays in ``rung``."""
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as elsewhere:  # a browser test may have left a loop in this thread
            elsewhere.submit(lambda: asyncio.run(_tick())).result()

    def run_until(
        self, done: Callable[[], bool], seconds: float = 60, *, pause_s: float = 0.02, hurry: bool = False
    ) -> None:
        """``hurry`` asks about every take in each turn, whenever it was to be asked again: where the subject
        is how often, and not when."""
        ends = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < ends, "the pipeline did not get there"
            if hurry:
                Generation.objects.filter(next_poll_at__gt=timezone.now()).update(next_poll_at=timezone.now())
            if not self.turn():
                time.sleep(self.rest_s(pause_s))

    def rest_s(self, least: float) -> float:
        """Until the next take is to be asked about: each turn costs as much as a poll. Not for long, since
        leases end and bells are rung again as well."""
        due = Generation.objects.aggregate(soonest=Min("next_poll_at"))["soonest"]
        return max(least, min((due - timezone.now()).total_seconds() if due else 0, LONGEST_REST_S))

    def finish(
        self,
        take: Generation,
        seconds: float = 60,
        *,
        pause_s: float = 0.02,
        derived: bool = False,
        hurry: bool = False,
    ) -> Generation:
        """Run until the take is final. Posters, strips and last frames cost more than all the rest together:
        they are made only for a test that asks for them."""

        def over() -> bool:
            take.refresh_from_db()
            return take.is_final or take.parked_at is not None

        self.run_until(over, seconds, pause_s=pause_s, hurry=hurry)
        if not derived:
            self.rung = deque(bell for bell in self.rung if bell[0] != "derive")
        self.answer()
        return take


async def _tick() -> None:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(max_workers=1)
    around, poller = Round(), Poller()
    try:
        due = await loop.run_in_executor(thread, around.begin)
        poller.start(due, around.accounts, around.former)
        await poller.drain(10)
        await loop.run_in_executor(thread, around.write_back, poller.take_done())
    finally:
        await poller.close()
        await loop.run_in_executor(thread, lambda: connection.close())
        thread.shutdown()


@contextmanager
def line() -> Iterator[Line]:
    """A line whose bells ring here and not in the queue."""
    here = Line()
    with mock.patch.object(ringing, "async_task", here.hear):
        yield here
