"""Dying with the parent, also when the parent is killed without a word (Linux)."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int | None = None) -> None:
    """Sends this process TERM when its parent dies. A parent already gone ends it at once."""
    if sys.platform != "linux":
        return
    before = parent or os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != before:
        os.kill(os.getpid(), signal.SIGTERM)
