"""A world of its own for one subject: data folder, database, sandbox; gone afterwards.

With ``DATABASE_URL`` set, a database of its own is made on that server, and dropped at the end: nothing that
exists there is read or written.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "DATABASE_URL")


@contextmanager
def own_database(url: str, name: str) -> Iterator[str]:
    """The address of a new database ``name`` on the server of ``url``; an empty ``url`` means SQLite."""
    if not url.startswith("postgres"):
        yield ""
        return
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def surroundings() -> Iterator[dict[str, str]]:
    """The environment in which a subject runs."""
    folder = Path(tempfile.mkdtemp(prefix="vs-bench-"))
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        with own_database(kept.pop("DATABASE_URL", ""), folder.name.replace("-", "_")) as url:
            named = {"DATABASE_URL": url} if url else {}
            yield {
                **kept,
                **named,
                "BENCH_DIR": str(folder),
                # spelt otherwise than a StudioProcess spells it: that one kills whoever carries its folder
                "DATA_DIR": f"{folder}/data/",
                "DJANGO_SETTINGS_MODULE": "videostudio.settings",
                "LOG_LEVEL": "WARNING",
                "SANDBOX": "0",
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class World:
    """Django set up in this process, in the folder that ``surroundings`` made."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.folder = Path(os.environ["BENCH_DIR"])

    def allow(self, *addresses: str) -> None:
        """Private addresses that results may be fetched from; before ``set_up``."""
        os.environ["OUTBOUND_ALLOW"] = ",".join(addresses)

    def set_up(self) -> None:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)

    def collect_static(self) -> None:
        """Pages name their files by the manifest that this writes."""
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)

    def run(self, module: str, **options: Any) -> Any:
        """A module of this package in a process of its own: options in, what it prints out, both as JSON."""
        command = [sys.executable, "-m", f"bench.{module}"]
        told = json.dumps(options).encode()
        done = subprocess.run(command, cwd=ROOT, input=told, stdout=subprocess.PIPE, check=True, timeout=1800)
        return json.loads(done.stdout)
