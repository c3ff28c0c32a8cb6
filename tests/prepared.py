"""An SQLite file with every migration applied, made once and copied: to migrate costs more than most tests.

It is kept in the cache of the test runs, under a name that says what it was made from.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".pytest_cache"
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


def put(place: Path) -> None:
    """A copy of it becomes ``place``, whose folder is made if need be."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated(), place)


def migrated() -> Path:
    """The file itself, not to be written to; one process makes it while others wait."""
    CACHE.mkdir(exist_ok=True)
    made = CACHE / f"migrated-{_digest()}.sqlite3"
    with (CACHE / "migrated.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in CACHE.glob("migrated-*.sqlite3"):
                old.unlink()
            _make(made)
    return made


def _digest() -> str:
    """Of all that it follows from: our migrations, and the packages that bring theirs."""
    ours = [path for package in ("generations", "providers", "videostudio")
            for path in sorted((ROOT / package / "migrations").glob("*.py"))]  # fmt: skip
    found = hashlib.sha256(sqlite3.sqlite_version.encode())
    for path in [*ours, ROOT / "requirements.lock"]:
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _make(place: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env={**env, "DATA_DIR": folder, "SANDBOX": "0"}, check=True)
        whole = Path(folder) / "whole.sqlite3"
        with sqlite3.connect(f"{folder}/studio.sqlite3") as line:
            line.execute("VACUUM INTO ?", [str(whole)])
        line.close()
        part = place.with_suffix(".part")
        shutil.copyfile(whole, part)
        part.replace(place)  # a killed run leaves no half of it
