"""The server's side of rendering: one child process, one clip at a time, finished clips cached."""

import asyncio
import contextlib
import hashlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict, replace
from pathlib import Path

from providers.sandbox.render.order import ClipOrder

_CACHE_BYTES = 600_000_000
_IDLE_S = 60
_TINY = ClipOrder(width=64, height=36, duration_s=1, audio=False, title="sandbox", caption="")


class RenderFailed(Exception):
    """The child could not make this clip."""


class Renderer:
    """`get_clip` gives the file, rendering it if need be; equal orders share one rendering."""

    def __init__(self, data_dir: Path, render: bool, rough: bool = False) -> None:
        self._clips, self._inputs = data_dir / "clips", data_dir / "inputs"
        self._clips.mkdir(parents=True, exist_ok=True)
        self._inputs.mkdir(parents=True, exist_ok=True)
        self._render, self._rough = render, rough
        self._turn = asyncio.Lock()
        self._child: Process | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._under_way: dict[str, asyncio.Task[Path]] = {}

    def keep_input(self, data: bytes) -> str:
        """Stores a picture for the child and gives the name an order calls it by."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._inputs / sha256
        if not path.exists():
            path.with_suffix(".part").write_bytes(data)
            path.with_suffix(".part").replace(path)
        return sha256

    def find_clip(self, order: ClipOrder) -> Path | None:
        path = self._path(order)
        return path if path.exists() else None

    async def get_clip(self, order: ClipOrder) -> Path:
        """Raises RenderFailed."""
        path = self._path(order)
        if path.exists():
            os.utime(path)  # the cache drops what was used least recently
            return path
        task = self._under_way.get(path.name)
        if task is None:
            task = asyncio.create_task(self._make(order, path))
            self._under_way[path.name] = task
            task.add_done_callback(lambda _: self._under_way.pop(path.name, None))
        return await asyncio.shield(task)

    def _path(self, order: ClipOrder) -> Path:
        return self._clips / f"{self._to_make(order).get_key()}.mp4"

    def _to_make(self, order: ClipOrder) -> ClipOrder:
        return replace(order if self._render else replace(_TINY, codec=order.codec), rough=self._rough)

    async def _make(self, order: ClipOrder, path: Path) -> Path:
        async with self._turn:
            for attempt in (1, 2):
                try:
                    await self._ask_child(self._to_make(order), path)
                    break
                except (BrokenPipeError, ConnectionError, EOFError) as error:
                    await self.close()
                    if attempt == 2:
                        raise RenderFailed("the renderer stopped") from error
        await asyncio.to_thread(_trim, self._clips, "*.mp4", _CACHE_BYTES)
        await asyncio.to_thread(_trim, self._inputs, "*", _CACHE_BYTES)
        return path

    async def _ask_child(self, order: ClipOrder, path: Path) -> None:
        child = await self._get_child()
        assert child.stdin is not None and child.stdout is not None
        message = {"order": asdict(order), "inputs": str(self._inputs), "target": str(path)}
        child.stdin.write(json.dumps(message).encode() + b"\n")
        await child.stdin.drain()
        line = await child.stdout.readline()
        self._rest = asyncio.get_running_loop().call_later(_IDLE_S, self._let_rest)
        if not line:
            raise EOFError
        if error := json.loads(line)["error"]:
            raise RenderFailed(error)

    async def _get_child(self) -> Process:
        if self._rest is not None:
            self._rest.cancel()
        if self._child is None or self._child.returncode is not None:
            command = (sys.executable, "-m", "providers.sandbox.render.worker", str(os.getpid()))
            root = Path(__file__).resolve().parents[3]
            self._child = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=root)
        return self._child

    def _let_rest(self) -> None:
        """An idle child holds 100 MB for nothing; without stdin it ends by itself."""
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()
            self._child = None

    async def close(self) -> None:
        child, self._child = self._child, None
        if self._rest is not None:
            self._rest.cancel()
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


def _trim(folder: Path, pattern: str, cap: int) -> None:
    """Drops what was used least recently. A dropped clip is made again when it is asked for."""
    files = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)
    total = sum(path.stat().st_size for path in files)
    for path in files[:-1]:
        if total <= cap:
            return
        total -= path.stat().st_size
        path.unlink(missing_ok=True)
        path.with_suffix(".png").unlink(missing_ok=True)
