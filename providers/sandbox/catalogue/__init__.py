"""The models that the sandbox serves: its own tables, one TOML file per dialect, and after them those of
the shipped catalogue that it has no table for."""

import tomllib
from pathlib import Path
from typing import Any

from .shipped import shipped_models


def read_catalogue(name: str) -> dict[str, Any]:
    path = Path(__file__).parent / f"{name}.toml"
    return {**shipped_models(name), **tomllib.loads(path.read_text(encoding="utf-8"))}
