"""One worker that stores a small clip, then a large one, and looks at its own memory. See ``store``."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import django


def memory(field: str) -> int:
    """Bytes, from ``VmRSS`` (now) or ``VmHWM`` (the most so far)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def store(address: str) -> Any:
    from generations.models import Generation
    from generations.services.store import store_result
    from tests.factories import make_take_row

    take = make_take_row(status="storing", result_kind="link", result_url=address)
    store_result(str(take.pk))
    take = Generation.objects.get(pk=take.pk)
    assert take.status == "completed", f"{take.status}: {take.wait_reason}"
    return take.outputs.get(kind="video")


def run(small: str, large: str, size: int) -> dict[str, Any]:
    store(small)  # what a worker has loaded after its first clip is its own size
    baseline, began = memory("VmRSS"), time.monotonic()
    assert store(large).size_bytes == size
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    grown = memory("VmHWM") - baseline
    return {"grown_bytes": grown, "helper_bytes": children, "seconds": time.monotonic() - began}


def main() -> None:
    options = json.load(sys.stdin)
    django.setup()
    print(json.dumps(run(**options)))


if __name__ == "__main__":
    main()
