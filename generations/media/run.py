"""The parent's side: starts the helper process for one order and turns its answer into values.

``subprocess`` and not ``multiprocessing``, for the queue's workers are daemons and may have no
children of the other kind.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from . import documents, facts
from .edits import Edit
from .facts import DerivedFile, Kind, MediaBusy, MediaFacts, MediaToolError, TooHeavy, Unplayable
from .sniff import HEAD_BYTES, sniff_upload

WALL_SECONDS = 60
EDIT_WALL_SECONDS = 110
_PLACES = threading.BoundedSemaphore(2)
_ROOT = Path(__file__).resolve().parents[2]
_TOO_SLOW = "This file takes too long to open; shorten it or make it smaller and send it again."
_CRASHED = "This file is damaged: reading it failed. Export or download it again."

log = logging.getLogger(__name__)


def probe(path: Path, *, mime: str | None = None) -> MediaFacts:
    """Open the file, prove that it is whole, and say what it is.

    ``mime`` is what it ought to be, None for whatever it is. Raises Unplayable (NotMedia, TooHeavy)
    for the file's faults, MediaToolError for ours.
    """
    return _facts(_order("probe", path, *_mime(mime)))


def examine(path: Path) -> MediaFacts:
    """As ``probe``, for whatever people send: a document is only seen to be whole. Raises as ``probe``."""
    with path.open("rb") as file:
        found = sniff_upload(file.read(HEAD_BYTES))
    return documents.probe(path, found.mime) if found.kind is Kind.DOCUMENT else probe(path)


def derive(path: Path, folder: Path) -> list[DerivedFile]:
    """Write poster (WEBP, at most 1280 wide), small poster (WEBP, at most 480 a side), strip (WEBP, ten tiles
    at most 320 wide) and last frame (PNG, full size) of a clip into ``folder``, which must exist. Raises as
    ``probe``."""
    found = _order("derive", path, "--out", str(folder.resolve()))
    return [DerivedFile(**{**item, "path": Path(item["path"])}) for item in found]


def thumb(path: Path, out: Path, mime: str) -> tuple[int, int]:
    """Write a WEBP of at most 480 pixels a side of a picture or clip; its (width, height)."""
    found = _order("thumb", path, "--out", str(out.resolve()), *_mime(mime))
    return found["width"], found["height"]


def wave(path: Path, out: Path, *, mime: str) -> tuple[int, int]:
    """Write the waveform of a sound as a WEBP that shows the page through; its (width, height). Raises as
    ``probe``."""
    found = _order("wave", path, "--out", str(out.resolve()), *_mime(mime))
    return found["width"], found["height"]


def edit(path: Path, out: Path, asked: Edit, *, mime: str, wait_s: float = WALL_SECONDS) -> MediaFacts:
    """Write a copy as asked; its facts. Two clips or sounds at a time in this process: the others wait.

    :param wait_s: for how long.
    Raises as ``probe``, and MediaBusy."""
    options = ("--out", str(out.resolve()), "--edit", json.dumps(asked.plain()), *_mime(mime))
    if mime.startswith("image/"):
        return _facts(_order("edit", path, *options))
    if not _PLACES.acquire(timeout=wait_s):
        raise MediaBusy
    try:
        return _facts(_order("edit", path, *options, wall_s=EDIT_WALL_SECONDS))
    finally:
        _PLACES.release()


def resound(clip: Path, source: Path, out: Path) -> bool:
    """Write an MP4 with the pictures of ``clip`` and the sound of ``source``. False where that has none.
    Raises as ``probe``."""
    return bool(_order("resound", clip, "--out", str(out.resolve()), "--source", str(source.resolve())))


def review(clip: Path, out: Path) -> MediaFacts:
    """Write a copy of ``clip`` to look at frame by frame, as MP4; its facts. Raises as ``probe``."""
    return _facts(_order("review", clip, "--out", str(out.resolve()), wall_s=EDIT_WALL_SECONDS))


def bare(clip: Path, out: Path) -> MediaFacts:
    """Write a copy of ``clip`` without any metadata, in a container of its kind; its facts. Raises as
    ``probe``."""
    return _facts(_order("bare", clip, "--out", str(out.resolve()), wall_s=EDIT_WALL_SECONDS))


def faces(path: Path, mime: str) -> dict[str, Any]:
    """Where faces seem to be, in the words of ``face_finder.find``; needs OpenCV. Raises as ``probe``."""
    return dict(_order("faces", path, *_mime(mime)))


def _mime(mime: str | None) -> tuple[str, ...]:
    return ("--mime", mime) if mime else ()


def _facts(found: dict[str, Any]) -> MediaFacts:
    return MediaFacts(**{**found, "kind": Kind(found["kind"])})


def _order(order: str, path: Path, *options: str, wall_s: float = 0) -> Any:
    command = [sys.executable, "-m", "generations.media", order, str(path.resolve()), *options]
    command += ["--parent", str(os.getpid())]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=wall_s or WALL_SECONDS,
            env=_environment(),
            cwd=_ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooHeavy(_TOO_SLOW) from error
    return _answer(done)


def _environment() -> dict[str, str]:
    """No secrets for a process that reads hostile bytes: only what finding the modules takes."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "HOME") if name in os.environ}
    threads = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return kept | threads | {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}


def _answer(done: subprocess.CompletedProcess[bytes]) -> Any:
    if done.returncode < 0:  # a signal: the processor limit, or a decoder that crashed
        log.warning("media helper ended by signal %s", -done.returncode)
        heavy = -done.returncode in (9, 24)
        raise TooHeavy(_TOO_SLOW) if heavy else Unplayable(_CRASHED)
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise MediaToolError(f"media helper gave no answer (exit {done.returncode})") from error
    if "refused" in answer:
        raise getattr(facts, answer["type"], Unplayable)(answer["refused"])
    if "fault" in answer:
        log.error("media helper failed: %s", answer["fault"])
        raise MediaToolError(answer["fault"].strip().splitlines()[-1])
    return answer["result"]
