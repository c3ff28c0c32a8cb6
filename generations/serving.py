"""Files over HTTP, with ranges. Who may see the file is the caller's question, at every request.

A paused player keeps its connection and with it a thread; so an open range gets a mebibyte and the
player comes back for more. Bounded ranges and whole files are sent as asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, quote_etag

from .labels import clean_label

BLOCK_BYTES = 64 * 1024
OPEN_RANGE_BYTES = 1024 * 1024
# what a browser may show here; anything else is a download
_SHOWN = ("image/", "video/", "audio/")
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII | re.IGNORECASE)


class FileSlice:
    """``length`` bytes of an open file from ``start``, in blocks; closes the file."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self.file, self.left = file, length
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (block := self.file.read(min(BLOCK_BYTES, self.left))):
            self.left -= len(block)
            yield block

    def close(self) -> None:
        self.file.close()


def serve_file(
    request: HttpRequest, path: Path, *, mime: str, etag: str, filename: str, download: bool = False
) -> HttpResponseBase:
    """Answer GET and HEAD for the file: 200, 206, 304, 412 or 416. Raises Http404 if it is gone.

    ``etag`` names these bytes (their SHA-256, say), unquoted; ``filename`` is a label in any script.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        status = path.stat()
    except OSError as error:
        raise Http404 from error
    etag, modified = quote_etag(etag), int(status.st_mtime)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        response = _body(request, path, status.st_size, etag, modified)
    to_keep = download or not mime.startswith(_SHOWN)
    return _with_headers(
        response, etag, modified, mime, content_disposition_header(to_keep, clean_label(filename))
    )


def _body(request: HttpRequest, path: Path, size: int, etag: str, modified: int) -> HttpResponseBase:
    if request.method == "HEAD":  # RFC 9110: a range means something to GET alone
        return _length(HttpResponse(), size)
    wanted = _wanted(request, size) if _range_counts(request, etag, modified) else None
    if wanted is None:
        response = FileResponse(path.open("rb"))
        response.block_size = BLOCK_BYTES
        return _length(response, size)
    start, length = wanted
    if length <= 0:
        response416 = HttpResponse(status=416)
        response416["Content-Range"] = f"bytes */{size}"
        return response416
    part = StreamingHttpResponse(FileSlice(path.open("rb"), start, length), status=206)
    part["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    return _length(part, length)


def _length(response: HttpResponseBase, length: int) -> HttpResponseBase:
    response["Content-Length"] = str(length)
    return response


def _range_counts(request: HttpRequest, etag: str, modified: int) -> bool:
    """If-Range: the part is wanted only if the rest, got earlier, is of the same bytes."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition:
        return True
    if condition.startswith(('"', "W/")):
        return condition == etag  # a weak tag never matches here
    try:
        when = parsedate_to_datetime(condition)
    except (TypeError, ValueError):
        return False
    return when.replace(tzinfo=when.tzinfo or UTC) == datetime.fromtimestamp(modified, UTC)


def _wanted(request: HttpRequest, size: int) -> tuple[int, int] | None:
    """(start, length) of the single range asked for; length 0 if there is none such; None for all.

    Several ranges, other units and nonsense are ignored, as RFC 9110 allows.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        return size - length, length
    start = int(first)
    if last and int(last) < start:
        return None
    if not last:
        return start, min(size - start, OPEN_RANGE_BYTES)
    return start, min(int(last) + 1, size) - start


def _with_headers(
    response: HttpResponseBase, etag: str, modified: int, mime: str, disposition: str | None
) -> HttpResponseBase:
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified)
    response["Cache-Control"] = "private, must-revalidate"
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    if response.status_code in (200, 206):
        response["Content-Type"] = mime
        response["Content-Disposition"] = disposition or "inline"
    return response
