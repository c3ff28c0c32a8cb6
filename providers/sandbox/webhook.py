"""Token360's webhook: once, at the end, three attempts in all, gaps of 1 s and 3 s.

The sandbox never calls out, so only callbacks to this machine are delivered. A restart loses
what was not delivered yet, as the real one may.

Source: https://token360.ai/en-US/docs/api-reference (read 2026-09).
"""

import asyncio
import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from providers.sandbox.jobs import FAILED, FINISHED, Job
from providers.sandbox.sandbox import Sandbox

_TIMEOUT_S = 30
_GAPS_S = (1, 3)
_LOOK_S = 0.05


class Webhook:
    def __init__(self, sandbox: Sandbox, describe: Any) -> None:
        """`describe(sandbox, job)` gives the poll object."""
        self._sandbox, self._describe = sandbox, describe

    def watch(self, job: Job) -> None:
        url = job.echo.get("callback_url")
        if url and urlsplit(url).hostname in {"127.0.0.1", "localhost"} and "lost webhook" not in job.words:
            self._sandbox.start(self._tell(job, url))

    async def _tell(self, job: Job, url: str) -> None:
        while job.get_phase(time.time()) not in (FINISHED, FAILED):
            await asyncio.sleep(_LOOK_S)
        for _ in range(2 if "double webhook" in job.words else 1):
            await self._deliver(url, self._write(job))

    def _write(self, job: Job) -> bytes:
        """The envelope's real key names are not known; this is the default that page agrees on."""
        row = self._describe(self._sandbox, job)
        envelope = {"request_id": job.echo["request_id"], "status": row["status"], "data": row}
        return json.dumps(envelope).encode()

    async def _deliver(self, url: str, body: bytes) -> None:
        for gap in (*_GAPS_S, None):
            if await asyncio.to_thread(_post, url, body) or gap is None:
                return
            await asyncio.sleep(gap)


def _post(url: str, body: bytes) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - loopback only
    try:
        with opener.open(request, timeout=_TIMEOUT_S) as reply:
            return bool(200 <= reply.status < 300)
    except (OSError, urllib.error.HTTPError):
        return False
