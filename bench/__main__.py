"""`python -m bench`: every subject in a world of its own; exit code 1 when a target is missed."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import table
from bench.table import Row
from bench.world import ROOT, surroundings

SUBJECTS = {
    "sweep": "polls made of polls due, their lag, and the CPU beside a bare client",
    "submit": "takes accepted by the API, and when their requests reach the gateway",
    "playable": "from finished at the gateway to playable in the browser",
    "feed": "the feed page and its fragment with 10,000 takes",
    "gallery": "the gallery and its search with 100,000 takes",
    "picker": "the model picker's list with 300 models",
    "spend": "the spend pages with 100,000 lines of the ledger",
    "composer": "lights, chips and price with fifty files attached",
    "crash": "submits under kill -9: lost, or billed twice",
    "store": "memory while a clip of 1 GB is stored",
    "media": "a stored clip over HTTP, beside nginx with the same file",
}


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench", description="Measure the studio.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--quick", action="store_true", help="shorter and smaller, for a first look")
    parser.add_argument("--save", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    if unknown := set(asked.subjects) - SUBJECTS.keys():
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    return asked


def run(subject: str, *, quick: bool) -> list[Row]:
    """A subject that breaks is a missed target, not the end of the others."""
    with surroundings() as env, tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [sys.executable, "-m", "bench.one", subject, out.name, *(["--quick"] if quick else [])]
        code = subprocess.call(command, cwd=ROOT, env=env)
        told = Path(out.name).read_text()
    rows = [Row(**row) for row in json.loads(told or "[]")]
    if code:
        rows.append(Row(subject, "ran to its end", f"no, exit code {code}", "yes", False))
    return rows


def main() -> int:
    asked = read_arguments()
    rows: list[Row] = []
    for subject in asked.subjects or SUBJECTS:
        began = time.monotonic()
        print(f"{subject}: {SUBJECTS[subject]} …", file=sys.stderr, flush=True)
        rows += run(subject, quick=asked.quick)
        print(f"{subject}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(table.render(rows))
    if asked.save:
        table.save(rows, database=_database(), quick=asked.quick)
    return 1 if any(row.ok is False for row in rows) else 0


def _database() -> str:
    import sqlite3

    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    return "PostgreSQL" if on_postgres else f"SQLite {sqlite3.sqlite_version}, a file"


if __name__ == "__main__":
    sys.exit(main())
