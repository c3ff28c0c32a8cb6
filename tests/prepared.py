"""What a studio makes at its first start, made once and copied: an SQLite file with every migration applied,
and the static files, collected and compressed. To make them costs more than most tests.

They are kept in the cache of the test runs, under names that say what they were made from.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".pytest_cache"
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


def put(place: Path) -> None:
    """A copy of it becomes ``place``, whose folder is made if need be."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated(), place)


def put_static(place: Path) -> None:
    """The collected files come to stand in ``place``: the same ones, where links can be made."""
    shutil.copytree(collected(), place, copy_function=_link)


def migrated() -> Path:
    """The file itself, not to be written to."""
    return _kept("migrated", ".sqlite3", _migrations(), _migrate)


def collected() -> Path:
    """The folder itself, not to be written to."""
    return _kept("collected", "", _static_sources(), _collect)


def _kept(name: str, suffix: str, sources: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """Named after all that it follows from; one process makes it while others wait."""
    CACHE.mkdir(exist_ok=True)
    made = CACHE / f"{name}-{_digest([*sources, ROOT / 'requirements.lock'])}{suffix}"
    with (CACHE / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in CACHE.glob(f"{name}-*"):
                shutil.rmtree(old) if old.is_dir() else old.unlink()
            make(made)
    return made


def _migrations() -> list[Path]:
    """Ours; those of packages follow from their versions."""
    return [path for package in ("generations", "providers", "videostudio")
            for path in sorted((ROOT / package / "migrations").glob("*.py"))]  # fmt: skip


def _static_sources() -> list[Path]:
    """Templates say which files are joined."""
    below = [path for name in ("static", "templates") for path in sorted((ROOT / name).rglob("*"))]
    return [ROOT / "videostudio" / "joined.py", *(path for path in below if path.is_file())]


def _digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256(sqlite3.sqlite_version.encode())
    for path in files:
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _manage(folder: str, *order: str) -> None:
    """An order of ``manage.py`` in a data folder of its own."""
    env = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    command = [sys.executable, "manage.py", *order, "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env={**env, "DATA_DIR": folder, "SANDBOX": "0"}, check=True)


def _collect(place: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _manage(folder, "collectstatic", "--noinput")
        part = place.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(Path(folder) / "static", part)
        part.replace(place)  # a killed run leaves no half of it


def _link(source: str, to: str) -> None:
    try:
        os.link(source, to)
    except OSError:  # another file system
        shutil.copy2(source, to)


def _migrate(place: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _manage(folder, "migrate")
        whole = Path(folder) / "whole.sqlite3"
        with sqlite3.connect(f"{folder}/studio.sqlite3") as line:
            line.execute("VACUUM INTO ?", [str(whole)])
        line.close()
        part = place.with_suffix(".part")
        shutil.copyfile(whole, part)
        part.replace(place)  # a killed run leaves no half of it
