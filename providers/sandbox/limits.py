"""Venice's rate limits: counted always for the headers, enforced only with `--limits`.

Source: https://docs.venice.ai (read 2026-09).
"""

import time
from collections import defaultdict, deque

_BUDGET_FAILURES, _BUDGET_S = 50, 30.0
PER_MINUTE = {"queue": 40, "retrieve": 120, "upscale quote": 40}


class Limits:
    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._failures: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def count(self, key_id: str, bucket: str) -> tuple[bool, dict[str, str]]:
        """Whether this request is within the limit, and the headers that say so (resets in ms)."""
        now, limit = time.time(), PER_MINUTE[bucket]
        start, used = self._windows.get((key_id, bucket), (now, 0))
        if now - start >= 60:
            start, used = now, 0
        self._windows[key_id, bucket] = (start, used + 1)
        headers = {
            "x-ratelimit-limit-requests": str(limit),
            "x-ratelimit-remaining-requests": str(max(0, limit - used - 1)),
            "x-ratelimit-reset-requests": str(int((start + 60) * 1000)),
        }
        return used < limit, headers

    def note_failure(self, key_id: str, model: str) -> None:
        self._failures[key_id, model].append(time.time())

    def find_budget_end(self, key_id: str, model: str) -> float | None:
        """When the failed-request budget is used up: the moment it recovers."""
        times = self._failures.get((key_id, model))
        if not times:
            return None
        while times and times[0] < time.time() - _BUDGET_S:
            times.popleft()
        return times[-1] + _BUDGET_S if len(times) >= _BUDGET_FAILURES else None
