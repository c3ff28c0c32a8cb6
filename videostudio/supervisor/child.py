"""What every process of the studio runs first: ``python -m videostudio.supervisor.child PARENT MODULE …``

The kernel kills this process when its parent dies, kill -9 included, and so on down: every fork made
in here (a cluster's sentinel and workers, gunicorn's workers) is tied to its own parent the same way.
Then the module runs in this very process, as ``python -m MODULE …`` would.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1
_parent_of_the_next_fork = 0


def die_with(parent: int) -> None:
    """Be killed when ``parent`` dies. Linux only; elsewhere nothing happens."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the call: nobody would tell us any more
        os._exit(1)


def tie_every_fork() -> None:
    """The setting is not inherited over a fork, so each forked child makes it anew."""
    os.register_at_fork(before=_remember, after_in_child=_tie)


def _remember() -> None:
    global _parent_of_the_next_fork
    _parent_of_the_next_fork = os.getpid()


def _tie() -> None:
    die_with(_parent_of_the_next_fork)


def main() -> None:
    parent, module, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    die_with(parent)
    tie_every_fork()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
