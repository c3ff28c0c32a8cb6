"""Storing one large clip: how much memory it takes, and how fast it goes."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.table import Row
from bench.world import World
from tests.studio_process import DIRECT, free_port

SUBJECT = "store"
MB = 1_000_000
MOST_MB = 64


def measure(world: World) -> Iterator[Row]:
    port = free_port()
    world.allow(f"127.0.0.1:{port}")
    world.set_up()
    size = 200 * MB if world.quick else 1000 * MB
    with serving(world.folder / "www", port, size) as address:
        told = world.run("storing", small=f"{address}/small.mp4", large=f"{address}/large.mp4", size=size)
    grown, speed = told["grown_bytes"] / MB, size / MB / told["seconds"]
    yield Row(SUBJECT, f"a clip of {size // MB:,} MB: memory above the worker's own at its peak",
              f"{grown:.0f} MB", f"< {MOST_MB} MB", grown < MOST_MB)  # fmt: skip
    yield Row(SUBJECT, "memory of the probing helper at its peak", f"{told['helper_bytes'] / MB:.0f} MB")
    yield Row(SUBJECT, "fetched, probed, hashed and renamed", f"{speed:.0f} MB/s")


@contextmanager
def serving(folder: Path, port: int, size: int) -> Iterator[str]:
    """A server of two clips: one small, one made large by a hole at its end."""
    folder.mkdir()
    make_clip(folder / "small.mp4")
    make_clip(folder / "large.mp4", size)
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    server = subprocess.Popen([*command, "--directory", str(folder)], stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def make_clip(path: Path, size: int = 0) -> None:
    """A playable clip; a ``free`` box fills it up to ``size`` bytes."""
    from tests.media_files import make_mp4

    make_mp4(path, 2.0)
    if size:
        empty = size - path.stat().st_size
        with path.open("ab") as handle:
            handle.write(empty.to_bytes(4, "big") + b"free")
            handle.truncate(size)


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            DIRECT.open(urllib.request.Request(address), timeout=5).close()
            return
        except urllib.error.URLError:
            time.sleep(0.05)
    raise RuntimeError("the file server does not listen")
