"""The renderer's process: reads orders from stdin, one JSON line each, and answers one line each.

It lives apart from the server because it opens pictures that came from outside and burns
CPU; it is niced, bounded in memory, and ends when stdin does.
"""

import json
import os
import resource
import sys
from pathlib import Path

from providers.sandbox.parent import die_with_parent

_MEMORY_BYTES = 3 << 30


def main() -> None:
    die_with_parent(int(sys.argv[1]))
    os.nice(15)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    from providers.sandbox.render.film import make_clip  # slow to load: after the limits are set
    from providers.sandbox.render.order import ClipOrder

    for line in sys.stdin:
        message = json.loads(line)
        error = ""
        try:
            make_clip(ClipOrder(**message["order"]), Path(message["inputs"]), Path(message["target"]))
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"[:300]
        print(json.dumps({"error": error}), flush=True)


if __name__ == "__main__":
    main()
