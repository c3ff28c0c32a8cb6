"""Token360's webhook: once, at the end, three attempts in all, gaps of 1 s and 3 s.

The sandbox never calls out, so only callbacks to the studio's door on this machine are delivered,
and no redirect is followed. A restart loses what was not delivered yet, as the real one may.

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
_OWN_NAMES = {"127.0.0.1", "localhost", "::1"}
_NEVER = {"lost webhook", "stuck"}


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other that is no 2xx: the next address may be anybody's."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


class Webhook:
    def __init__(self, sandbox: Sandbox, describe: Any) -> None:
        """`describe(sandbox, job)` gives the poll object."""
        self._sandbox, self._describe = sandbox, describe

    def watch(self, job: Job) -> None:
        url = job.echo.get("callback_url")
        if url and _is_studio(url) and not _NEVER & job.words:
            self._sandbox.start(self._tell(job, url))

    async def _tell(self, job: Job, url: str) -> None:
        while job.get_phase(time.time()) not in (FINISHED, FAILED):
            await asyncio.sleep(_LOOK_S)
        for _ in range(2 if "double webhook" in job.words else 1):
            await self._deliver(url, self._write(job))

    def _write(self, job: Job) -> bytes:
        """The envelope's real key names are not known: a guess, or the poll's own object on a word."""
        row = self._describe(self._sandbox, job)
        if "flat webhook" in job.words:
            return json.dumps(row).encode()
        envelope = {"request_id": job.echo["request_id"], "status": row["status"], "data": row}
        return json.dumps(envelope).encode()

    async def _deliver(self, url: str, body: bytes) -> None:
        for gap in (*_GAPS_S, None):
            if await asyncio.to_thread(_post, url, body) or gap is None:
                return
            await asyncio.sleep(gap)


def _is_studio(url: str) -> bool:
    parts = urlsplit(url)
    return parts.hostname in _OWN_NAMES and parts.path.startswith("/hooks/")


def _post(url: str, body: bytes) -> bool:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - loopback only
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_S) as reply:
            return bool(200 <= reply.status < 300)
    except (OSError, urllib.error.HTTPError):
        return False
