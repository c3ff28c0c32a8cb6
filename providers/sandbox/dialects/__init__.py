"""One file per gateway. Each has `build(sandbox) -> list[Route]`; a new file is found by itself."""

import importlib
import pkgutil

from starlette.routing import Route

from providers.sandbox.sandbox import Sandbox

# `_name.py` holds a part of a dialect, not a dialect.


def build_all(sandbox: Sandbox) -> list[Route]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_")
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return [route for module in modules for route in module.build(sandbox)]
