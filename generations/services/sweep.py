"""The sweep: one loop that sends out what is queued, asks about what is in flight, and picks up what a
dead worker left. It runs as a task of SWEEP_TASK_S seconds that rings its own successor.

HTTP runs on an event loop; the database is used from one thread of its own, where the connection lives.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from generations.models import SweepLease

from .lease import beat
from .poller import Poller
from .ring import ring
from .round import Round

logger = logging.getLogger(__name__)
T = TypeVar("T")
DRAIN_S = 20.0


def sweep() -> None:
    """One turn of the sweep; ends at once when another one is alive."""
    holder = uuid.uuid4()
    if not _take_lease(holder):
        return
    try:
        asyncio.run(Sweep(holder).run())
    finally:
        _let_go(holder)
    if not SweepLease.objects.filter(stop=True).exists():
        ring("sweep")


def start_afresh() -> None:
    """Ring the first sweep after a start, when none can be alive on this machine."""
    SweepLease.objects.update_or_create(name="sweep", defaults={"beaten_at": None, "stop": False})
    ring("sweep")


def ask_to_stop() -> None:
    """The sweep ends within a tick and rings no successor; for an orderly shutdown."""
    SweepLease.objects.filter(name="sweep").update(stop=True)


def revive() -> bool:
    """Ring a sweep where none has beaten for SWEEP_STALE_S seconds. Called by the schedule."""
    stale = timezone.now() - timedelta(seconds=settings.STUDIO["SWEEP_STALE_S"])
    row, _made = SweepLease.objects.get_or_create(name="sweep")
    dead = not row.stop and (row.beaten_at is None or row.beaten_at < stale)
    if dead:
        ring("sweep")
    return dead


def _take_lease(holder: uuid.UUID) -> bool:
    now = timezone.now()
    stale = now - timedelta(seconds=settings.STUDIO["SWEEP_STALE_S"])
    SweepLease.objects.get_or_create(name="sweep")
    free = SweepLease.objects.filter(Q(beaten_at=None) | Q(beaten_at__lt=stale), name="sweep", stop=False)
    return bool(free.update(holder=holder, beaten_at=now))


def _let_go(holder: uuid.UUID) -> None:
    SweepLease.objects.filter(holder=holder).update(beaten_at=None)


def _close() -> None:
    """Looked up in the thread it runs in: a bound method would close another thread's connection."""
    connection.close()


class Sweep:
    """One turn: ticks until its time is over, it is asked to stop, or another sweep holds the lease."""

    def __init__(self, holder: uuid.UUID) -> None:
        self.holder = holder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sweep-db")
        self._round = Round()
        self._poller = Poller()
        self._beaten = 0.0

    async def db(self, call: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *args)

    async def run(self) -> None:
        ends = time.monotonic() + settings.STUDIO["SWEEP_TASK_S"]
        try:
            while time.monotonic() < ends and await self._tick():
                pass
            await self._poller.drain(DRAIN_S)
            await self.db(self._round.write_back, self._poller.take_done())
        finally:
            await self._poller.close()
            await self.db(_close)
            self._thread.shutdown()

    async def _tick(self) -> bool:
        """One tick; False when this turn is over."""
        began = time.monotonic()
        if not await self.db(self._still_ours):
            return False
        await self.db(self._round.write_back, self._poller.take_done())
        due = await self.db(self._round.begin)
        self._poller.start(due, self._round.accounts, self._round.former)
        await asyncio.sleep(max(0.0, settings.STUDIO["SWEEP_TICK_S"] - (time.monotonic() - began)))
        return True

    def _still_ours(self) -> bool:
        """Beat about once a second; a stop flag or another holder ends the turn."""
        if time.monotonic() - self._beaten < min(1.0, settings.STUDIO["SWEEP_STALE_S"] / 4):
            return True
        self._beaten = time.monotonic()
        beat("sweep")
        with transaction.atomic():
            mine = SweepLease.objects.filter(holder=self.holder, stop=False)
            return bool(
                mine.update(
                    beaten_at=timezone.now(),
                    lag_s=self._round.worst_lag_s(),
                    polls=F("polls") + self._poller.take_count(),
                )
            )
