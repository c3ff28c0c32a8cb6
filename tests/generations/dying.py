"""``python -m tests.generations.dying POINT TASK TAKE``: a worker that kills itself at a point of its work.

The product has no hooks for this: functions are wrapped from outside, in this process alone.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any
from unittest import mock

import django

# point: what to wrap, and whether death comes before or after it
POINTS = {
    "downloaded": ("generations.services.store.probe", "before"),
    "probed": ("generations.services.store.probe", "after"),
    "hashed": ("generations.storage.MediaStore.commit", "before"),
    "renamed": ("generations.storage.MediaStore.commit", "after"),
    "row written": ("generations.services.store.ledger.settle", "before"),
    "settled": ("generations.services.store.ledger.settle", "after"),
    "saved": ("generations.services.store._tell_gateway", "before"),
    "pictures made": ("generations.services.derive._save", "before"),
}
# of a picture that is given to a gateway to keep
REGISTERING = {
    "nothing sent": ("generations.services.registrations._exchange", "before"),
    "answer unsaved": ("generations.services.registrations._exchange", "after"),
}


def die(*_args: Any, **_kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(real: Callable[..., Any]) -> Callable[..., Any]:
    def work(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        die()

    return work


def find(path: str) -> Any:
    """The object of a dotted path whose end may lie in a class or an imported module."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name)
        return found
    raise ModuleNotFoundError(path)


def main(point: str, task: str, take_id: str) -> None:
    django.setup()
    from generations import tasks

    path, when = {**POINTS, **REGISTERING}[point]
    with mock.patch(path, die if when == "before" else dying_after(find(path))):
        getattr(tasks, task)(take_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
