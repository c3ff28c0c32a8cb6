"""Bring one file in, piece by piece, so that it survives broken connections and dead workers.

The bytes go into ``<name>.part``; the file's ETag lies beside it. What is there is kept: where the other
side has ranges, the rest is asked for with ``Range`` and ``If-Range``.
"""

from __future__ import annotations

import fcntl
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from providers.gateways.errors import GatewayError, LinkExpired, Unavailable
from providers.gateways.wire import whole_number

_SPAN = re.compile(r"bytes (?P<start>[0-9]{1,15})-[0-9]{1,15}/(?P<total>[0-9]{1,15}|\*)")
EXPIRED = (401, 403, 404, 410)

Opener = Callable[[dict[str, str]], AbstractContextManager[httpx.Response]]
# bytes that lie there, bytes of the whole file if known, and whether a stop now would lose none of them
Progress = Callable[[int, int | None, bool], None]


class SliceOver(Exception):
    """The time for this slice is up; what has come is kept."""


class TooLarge(GatewayError):
    pass


@dataclass(frozen=True)
class Limits:
    """``slice_s`` ends a run of a download that can be continued, ``whole_s`` a try of one that cannot."""

    max_bytes: int
    slice_s: float
    whole_s: float


class Download:
    """One ``.part`` file and the steps that fill it."""

    def __init__(self, part: Path, limits: Limits, progress: Progress) -> None:
        self.part = part
        self.tag_file = part.with_suffix(part.suffix + ".etag")
        self.limits = limits
        self.progress = progress
        self.began = time.monotonic()
        self._can_stop = False

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the file against another worker of this machine; False when one is at it."""
        self.part.parent.mkdir(parents=True, exist_ok=True)
        with self.part.open("ab") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def have(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def start_over(self) -> None:
        with self.part.open("r+b") as handle:
            handle.truncate(0)
        self.tag_file.unlink(missing_ok=True)

    def discard(self) -> None:
        self.part.unlink(missing_ok=True)
        self.tag_file.unlink(missing_ok=True)

    def headers(self) -> dict[str, str]:
        """What to ask with: the rest of the file, if we know which file we have begun."""
        if not self.have() or not self.tag_file.exists():
            return {}
        return {"Range": f"bytes={self.have()}-", "If-Range": self.tag_file.read_text()}

    def fetch(self, opener: Opener, *, in_pieces: bool = True) -> None:
        """Fill the part file to its end.

        :param in_pieces: whether the file may be asked for once more only to go on with it.
        :raises LinkExpired: 401, 403, 404 or 410: a fresh address may help.
        :raises Unavailable: the connection broke or the answer makes no sense for now.
        :raises SliceOver: go on later.
        """
        with opener(self.headers()) as response:
            if response.status_code == 416:
                self._check_whole(response)
                return
            start, total = self._begin(response)
            self._can_stop = in_pieces and self.tag_file.exists() and _shows_ranges(response)
            self._read(response, start, total)

    def _begin(self, response: httpx.Response) -> tuple[int, int | None]:
        status = response.status_code
        if status in EXPIRED:
            raise LinkExpired("The address of the result is no longer valid.", status=status)
        if status not in (200, 206):
            raise Unavailable(f"The result's server answered {status}.", status=status)
        start, total = self._span(response)
        if start != self.have():
            self.start_over()
            if status == 206:
                raise Unavailable("The result's server sent another part than asked for.", status=status)
        self._remember_tag(response)
        if total is not None and total > self.limits.max_bytes:
            raise TooLarge(f"The result has {total:,} bytes; the cap is {self.limits.max_bytes:,}.")
        return start, total

    def _span(self, response: httpx.Response) -> tuple[int, int | None]:
        """Where the body begins in the file, -1 for nobody knows, and how long the whole file is.

        A part may end before the file does: only the total behind the slash says when all of it is here.
        """
        length = whole_number(response.headers.get("content-length", ""))
        if response.status_code != 206:
            return 0, length
        found = _SPAN.fullmatch(response.headers.get("content-range", ""))
        if not found:
            return -1, None
        start = int(found["start"])
        if found["total"] != "*":
            return start, int(found["total"])
        return start, None if length is None else start + length

    def _remember_tag(self, response: httpx.Response) -> None:
        if response.status_code == 200:  # a tag that lay there may be of another file
            self.tag_file.unlink(missing_ok=True)
        tag = response.headers.get("etag", "")
        if tag and not tag.startswith("W/") and response.headers.get("accept-ranges") != "none":
            self.tag_file.write_text(tag)

    def _read(self, response: httpx.Response, start: int, total: int | None) -> None:
        done = start
        with self.part.open("ab") as handle:
            for chunk in _chunks(response):
                done += self._write(handle, chunk, done)
                self.progress(done, total, self._can_stop)
                self._check_time()
        if total is not None and done != total:
            raise Unavailable(f"The connection ended after {done:,} of {total:,} bytes.")
        if done == 0:
            raise Unavailable("The result's server sent an empty file.")

    def _check_time(self) -> None:
        spent_s = time.monotonic() - self.began
        if self._can_stop and spent_s > self.limits.slice_s:
            raise SliceOver
        if spent_s > self.limits.whole_s:
            raise Unavailable("The file took too long to arrive.")

    def _write(self, handle: IO[bytes], chunk: bytes, done: int) -> int:
        if done + len(chunk) > self.limits.max_bytes:
            raise TooLarge(f"The result is larger than the cap of {self.limits.max_bytes:,} bytes.")
        handle.write(chunk)
        handle.flush()
        return len(chunk)

    def _check_whole(self, response: httpx.Response) -> None:
        """416: nothing is left to ask for; right only if what we have is the whole."""
        text = response.headers.get("content-range", "")
        if text != f"bytes */{self.have()}":
            self.start_over()
            raise Unavailable("The result changed at its server; starting over.", status=416)


def _shows_ranges(response: httpx.Response) -> bool:
    """Whether the server said or showed that the rest can be asked for; silence is no yes."""
    return response.status_code == 206 or response.headers.get("accept-ranges", "").lower() == "bytes"


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_bytes()  # as they come: gathered ones are lost when it breaks
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise Unavailable("The connection broke during the download.", raw=type(error).__name__) from error
