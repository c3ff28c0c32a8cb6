"""Results as one table, on the screen and in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
PACKAGES = ("Django", "django-q2", "httpx", "httpx-aiohttp", "aiohttp", "gunicorn", "av")
HEAD = ("subject", "measure", "value", "target", "verdict")


@dataclass(frozen=True)
class Row:
    """``ok`` is None where nothing is demanded."""

    subject: str
    measure: str
    value: str
    target: str = ""
    ok: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = {None: "", True: "ok", False: "MISSES"}[self.ok]
        return (self.subject, self.measure, self.value, self.target, verdict)


def render(rows: Sequence[Row]) -> str:
    """A Markdown table that can also be read as it stands."""
    lines = [HEAD, *(row.cells for row in rows)]
    wide = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rule = "|" + "|".join("-" * (width + 2) for width in wide) + "|"
    drawn = [_line(line, wide) for line in lines]
    return "\n".join([drawn[0], rule, *drawn[1:]])


def _line(cells: Iterable[str], wide: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, wide, strict=True)) + " |"


def save(rows: Sequence[Row], *, database: str, quick: bool) -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(f"{_preface(database, quick)}\n\n{render(rows)}\n")


def _preface(database: str, quick: bool) -> str:
    load = ", ".join(f"{figure:.1f}" for figure in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Written by `make bench ARGS=--save`. Figures of one run on one machine: the ratios carry over,",
            "the absolute figures do not. Server and clients share the machine's cores.",
            "",
            f"- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC{', a quick run' if quick else ''}",
            f"- Machine: {processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}; "
            f"load averages at the end {load}",
            f"- Python {platform.python_version()}; {packages}",
            f"- Database: {database}",
        ]
    )


def processor() -> str:
    """The name in /proc, or what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
