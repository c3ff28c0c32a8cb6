"""`python -m bench.one SUBJECT OUT [--quick]`: one subject in this environment; rows go to OUT."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.world import World


def main() -> None:
    subject, out = sys.argv[1:3]
    world = World(quick="--quick" in sys.argv)
    rows = []
    try:
        for row in import_module(f"bench.{subject}").measure(world):
            rows.append(asdict(row))
    finally:
        Path(out).write_text(json.dumps(rows))


if __name__ == "__main__":
    main()
