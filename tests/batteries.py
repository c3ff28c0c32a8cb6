"""Find the classes of a battery by reading a folder of tests."""

from __future__ import annotations

import importlib
import pkgutil


def batteries_in(package: str, kind: type) -> dict[str, type]:
    """Those classes of the package's test modules that fill ``kind`` in, by the gateway they name."""
    found: dict[str, type] = {}
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if info.name.startswith("test_"):
            for value in vars(importlib.import_module(f"{package}.{info.name}")).values():
                if isinstance(value, type) and issubclass(value, kind) and hasattr(value, "name"):
                    found[value.name] = value
    return found
