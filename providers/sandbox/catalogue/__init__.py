"""The sandbox's own model tables, one TOML file per dialect, apart from the adapters' own."""

import tomllib
from pathlib import Path
from typing import Any


def read_catalogue(name: str) -> dict[str, Any]:
    path = Path(__file__).parent / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
