"""Find the adapters by reading this folder: a new gateway is one new file."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from .base import Gateway


@cache
def all_gateways() -> dict[str, Gateway]:
    """Every adapter by name, in alphabetical order."""
    found: dict[str, Gateway] = {}
    folders = importlib.import_module(__package__).__path__
    for info in sorted(pkgutil.iter_modules(folders), key=lambda item: item.name):
        if not info.name.startswith("_"):
            module = importlib.import_module(f"{__package__}.{info.name}")
            adapter = _adapter_in(module.__name__, vars(module))
            if adapter:
                found[info.name] = adapter
    return found


def _adapter_in(module: str, names: dict[str, object]) -> Gateway | None:
    """None for what the adapters share."""
    for value in names.values():
        if isinstance(value, type) and issubclass(value, Gateway) and value.__module__ == module:
            return None if value is Gateway else value()
    return None


def get_gateway(name: str) -> Gateway:
    """:raises KeyError: when no file of that name exists."""
    return all_gateways()[name]
