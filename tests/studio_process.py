"""A whole studio under its supervisor, in a data folder of its own; for tests that kill things."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import prepared

ROOT = Path(__file__).resolve().parent.parent
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PATIENCE = 3  # times as long as it takes on a machine with nothing else to do


def wait_until(what: Callable[[], Any], seconds: float = 30, every: float = 0.1) -> Any:
    """The first true value of ``what()``; fails when none came in that time, or what a busy machine makes of
    it."""
    until = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(every)
    raise AssertionError(f"did not happen within {seconds} s: {what}")


class StudioProcess:
    """``with StudioProcess(tmp_path, BEAT_S=1) as studio:``; numbers become VS_<NAME>.

    Its SQLite file has every migration applied and its static files are collected, unless it is ``new``: a
    newcomer's are made by the studio.
    """

    def __init__(self, folder: Path, *, new: bool = False, **settings: Any) -> None:
        self.folder, self.port = folder / "data", free_port()
        self.log = folder / "studio.log"
        named = {k if isinstance(v, str) else f"VS_{k}": str(v) for k, v in settings.items()}
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        basics = {
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "SANDBOX": "0",
            "PYTHONUNBUFFERED": "1",
        }
        self.env = {**kept, **basics, **named}
        self.process: subprocess.Popen[bytes] | None = None
        place = self.folder / "studio.sqlite3"
        if not (new or place.exists() or "DATABASE_URL" in self.env):
            prepared.put(place)
        if not (new or (self.folder / "static").exists()):
            prepared.put_static(self.folder / "static")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def start(self) -> StudioProcess:
        with self.log.open("ab") as log:
            command = [sys.executable, "manage.py", "studio"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        seen = self.said.count("VS ready")
        try:
            wait_until(lambda: self.said.count("VS ready") > seen or self.process.poll() is not None, 60)
        except AssertionError:
            self.stop()  # nobody else will
            raise
        assert self.process.poll() is None, self.said
        return self

    def __enter__(self) -> StudioProcess:
        return self.start()

    def __exit__(self, *args: object) -> None:
        self.stop()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; returns its exit code. What it left behind is killed."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()
            for pid in self.pids():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        """kill -9 to the supervisor alone."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def health(self) -> dict[str, Any]:
        try:
            with DIRECT.open(f"{self.url}/health", timeout=10) as answer:
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            found = json.load(error)
        except OSError:
            return {"ok": False, "clusters": {}}
        return found

    def wait_healthy(self, seconds: float = 90) -> dict[str, Any]:
        """Until /health says ok; a failure shows what it said last, and the log."""
        until = time.monotonic() + seconds
        while not (found := self.health())["ok"]:
            assert time.monotonic() < until, f"{found}\n{self.said[-4000:]}"
            time.sleep(0.2)
        return found

    def setup_link(self) -> str:
        return re.findall(r"http://\S+/setup/\S+", self.said)[-1]

    def pids(self, **env: str) -> list[int]:
        """Every living process that carries this data folder (and these variables) in its environment."""
        wanted = {f"{k}={v}".encode() for k, v in {"DATA_DIR": str(self.folder), **env}.items()}
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and wanted <= _environment(entry) and not _is_zombie(entry):
                found.append(int(entry.name))
        return sorted(found)

    def leader(self, cluster: str) -> int:
        """The cluster's first process: the only one whose parent is the supervisor."""
        assert self.process
        leaders = [pid for pid in self.pids(Q_CLUSTER_NAME=cluster) if parent(pid) == self.process.pid]
        return leaders[0] if leaders else 0


def parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def _environment(entry: Path) -> set[bytes]:
    try:
        return set((entry / "environ").read_bytes().split(b"\0"))
    except OSError:
        return set()


def _is_zombie(entry: Path) -> bool:
    try:
        return (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True
