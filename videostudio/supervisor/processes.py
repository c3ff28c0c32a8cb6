"""One process of the studio: started, watched, replaced with back-off, stopped."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from django.conf import settings

log = logging.getLogger(__name__)


class Child:
    """``python -m module arguments`` in a session of its own, so that Ctrl+C in the terminal reaches
    the supervisor alone and the whole tree can be killed by its group."""

    def __init__(
        self,
        name: str,
        module: str,
        *arguments: str,
        env: dict[str, str] | None = None,
        fds: Sequence[int] = (),
    ) -> None:
        self.name, self.module, self.arguments, self.fds = name, module, arguments, fds
        self.env = {**os.environ, **(env or {})}
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0  # monotonic seconds
        self.early_deaths = 0
        self.start_at: float | None = None  # when the back-off is over

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.started_at

    def start(self) -> None:
        runner = [sys.executable, "-m", "videostudio.supervisor.child", str(os.getpid())]
        self.process = subprocess.Popen(
            [*runner, self.module, *self.arguments],
            cwd=settings.BASE_DIR,
            env=self.env,
            pass_fds=self.fds,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started_at, self.start_at = time.monotonic(), None

    def replace_if_dead(self) -> None:
        """Start anew what has died; at once, or after the back-off when it keeps dying young."""
        if self.alive or self.process is None:
            return
        if self.start_at is None:
            self.start_at = time.monotonic() + self.backoff_s()
            log.error("%s has ended (%s); it is started anew", self.name, self.process.returncode)
            self.kill()
        if time.monotonic() >= self.start_at:
            self.start()

    def backoff_s(self) -> float:
        """0 for one that had lived a while, else 1, 2, 4 … 60 seconds."""
        clocks = settings.STUDIO
        if self.age_s >= clocks["BACKOFF_EARLY_S"]:
            self.early_deaths = 0
            return 0.0
        self.early_deaths += 1
        return float(min(clocks["BACKOFF_FIRST_S"] * 2 ** (self.early_deaths - 1), clocks["BACKOFF_MOST_S"]))

    def terminate(self) -> None:
        """TERM to the leader alone: to the group it would kill tasks that are running."""
        if self.alive and self.process:
            self.process.terminate()

    def kill(self) -> None:
        """KILL to the whole tree, also to what a dead leader left."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait(self, until: float) -> bool:
        """True when it has ended before the monotonic moment ``until``."""
        while self.alive and time.monotonic() < until:
            time.sleep(0.05)
        return not self.alive
