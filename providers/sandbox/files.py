"""Handing out result files: whole or in ranges, and cut, damaged or padded where a word says so."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from providers.sandbox.jobs import Job
from providers.sandbox.wire import TRANSPORT, wait_for_disconnect

_CHUNK = 1 << 18
_HEAD_KEPT = 32  # a damaged file keeps its `ftyp` box: it passes a sniff and fails a probe
_NOISE = bytes((number * 167 + 13) % 251 for number in range(_CHUNK))
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class Payload:
    """A file as it goes out. Padding is an MP4 `free` box: players skip it, and no byte of it is stored."""

    path: Path
    media_type: str
    padded_to: int = 0
    damaged: bool = False

    @property
    def file_size(self) -> int:
        return self.path.stat().st_size

    @property
    def size(self) -> int:
        return max(self.file_size, self.padded_to)

    @property
    def etag(self) -> str:
        return f'"{self.path.stem[:24]}-{self.size:x}{"-d" if self.damaged else ""}"'

    def read(self, offset: int, count: int) -> bytes:
        if offset >= self.file_size:
            return self._read_padding(offset - self.file_size, count)
        with self.path.open("rb") as file:
            file.seek(offset)
            data = file.read(count)
        return self._damage(data, offset) if self.damaged else data

    def _read_padding(self, offset: int, count: int) -> bytes:
        box = (self.size - self.file_size).to_bytes(4, "big") + b"free"
        return (box[offset : offset + 8] if offset < 8 else b"").ljust(count, b"\0")[:count]

    def _damage(self, data: bytes, offset: int) -> bytes:
        kept = max(0, _HEAD_KEPT - offset)
        return data[:kept] + _NOISE[: len(data) - len(data[:kept])]


def make_payload(job: Job, path: Path) -> Payload:
    padding = 1 << 30 if "huge" in job.words else 64 << 20 if "big" in job.words else 0
    media_type = "video/mp4" if path.suffix == ".mp4" else "image/png"
    return Payload(path, media_type, padding if media_type == "video/mp4" else 0, "damaged" in job.words)


def send_whole(payload: Payload, cut: bool, headers: dict[str, str] | None = None) -> Response:
    """Without ranges, as Venice streams its results."""
    lengths = {"content-length": str(payload.size)} | (headers or {})
    kind = CutStream if cut else StreamingResponse
    end = payload.size // 2 if cut else payload.size
    return kind(_stream(payload, 0, end), 200, lengths, payload.media_type)


def send_file(
    request: Request, payload: Payload, job: Job, headers: dict[str, str] | None = None
) -> Response:
    """With Range, If-Range, ETag and HEAD, as storage services answer."""
    common = {"etag": payload.etag, "accept-ranges": "bytes"} | (headers or {})
    wanted = _find_range(request, payload)
    if wanted is not None and wanted[0] >= wanted[1]:
        return Response(status_code=416, headers=common | {"content-range": f"bytes */{payload.size}"})
    if request.method == "HEAD":
        lengths = {"content-length": str(payload.size)}
        return Response(status_code=200, headers=common | lengths, media_type=payload.media_type)
    start, end = wanted or (0, payload.size)
    if wanted is not None:
        common["content-range"] = f"bytes {start}-{end - 1}/{payload.size}"
    common["content-length"] = str(end - start)
    cut = job.spend("truncated")
    kind = CutStream if cut else StreamingResponse
    body = _stream(payload, start, start + (end - start) // 2 if cut else end)
    return kind(body, 206 if wanted else 200, common, payload.media_type)


def _find_range(request: Request, payload: Payload) -> tuple[int, int] | None:
    """Start and end (exclusive); start ≥ end if it cannot be satisfied; None for the whole file."""
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if match is None or request.headers.get("if-range", payload.etag) != payload.etag:
        return None
    first, last = match[1], match[2]
    if first:
        end = int(last) + 1 if last else payload.size
        # RFC 9110 14.1.1: an end before its start makes the header invalid, and so ignored.
        return (int(first), min(end, payload.size)) if not last or int(last) >= int(first) else None
    if not last:
        return None
    return (max(0, payload.size - int(last)), payload.size) if int(last) else (0, 0)


async def _stream(payload: Payload, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        data = payload.read(start, min(_CHUNK, end - start))
        start += len(data)
        yield data


class CutStream(StreamingResponse):
    """Announces the whole length, sends a part and closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        async for chunk in self.body_iterator:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        scope[TRANSPORT].close()
        await wait_for_disconnect(receive)
