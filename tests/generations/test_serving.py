"""Files over HTTP: every kind of range, conditions, headers, and what a hostile name can do (nothing)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import Http404
from django.test import RequestFactory

from generations.serving import OPEN_RANGE_BYTES, serve_file

DATA = (bytes(n * 7 % 251 for n in range(251)) * 12_000)[:3_000_000]
SIZE = len(DATA)


@pytest.fixture(autouse=True)
def no_database() -> Any:
    """Closing a response ends a request, at which Django looks after its connections; there are none here."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "clip.mp4").write_bytes(DATA)
    return tmp_path / "clip.mp4"


def ask(
    path: Path, method: str = "GET", download: bool = False, filename: str = "clip.mp4", **headers: str
) -> Any:
    request = RequestFactory().generic(method, "/x", headers=headers)
    return serve_file(request, path, mime="video/mp4", etag="abc", filename=filename, download=download)


def body(response: Any) -> bytes:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return data


def test_whole_file_without_a_range(path: Path) -> None:
    response = ask(path)
    assert (response.status_code, response["Content-Length"]) == (200, str(SIZE))
    assert body(response) == DATA


def test_headers_are_ours(path: Path) -> None:
    response = ask(path)
    assert response["Content-Type"] == "video/mp4"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, must-revalidate"
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == '"abc"'
    assert response["Content-Disposition"] == 'inline; filename="clip.mp4"'
    body(response)


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=100-199", 100, 199),
        ("bytes=0-2999999", 0, SIZE - 1),
        ("bytes=2999990-9999999", SIZE - 10, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        ("bytes=-9999999", 0, SIZE - 1),
        ("bytes=0-", 0, OPEN_RANGE_BYTES - 1),
        ("bytes=1000-", 1000, 1000 + OPEN_RANGE_BYTES - 1),
        ("bytes=2999999-", SIZE - 1, SIZE - 1),
    ],
)
def test_single_range_is_answered_exactly(path: Path, wanted: str, first: int, last: int) -> None:
    response = ask(path, Range=wanted)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == DATA[first : last + 1]


@pytest.mark.parametrize("wanted", ["bytes=3000000-", "bytes=3000000-3000001", "bytes=-0"])
def test_range_beyond_the_end_is_416(path: Path, wanted: str) -> None:
    response = ask(path, Range=wanted)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-6", "items=0-1", "bytes=-", "bytes=9-3", "bytes=a-b", "bytes=٣-"]
)
def test_ranges_we_do_not_know_give_the_whole_file(path: Path, wanted: str) -> None:
    request = RequestFactory().get("/x")
    request.META["HTTP_RANGE"] = wanted
    response = serve_file(request, path, mime="video/mp4", etag="abc", filename="clip.mp4")
    assert response.status_code == 200
    response.close()


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "e").write_bytes(b"")
    assert body(ask(tmp_path / "e")) == b""
    assert ask(tmp_path / "e", Range="bytes=0-").status_code == 416


def test_if_range(path: Path) -> None:
    modified = ask(path, "HEAD")["Last-Modified"]
    for condition in ('"abc"', modified):
        assert ask(path, **{"Range": "bytes=0-9", "If-Range": condition}).status_code == 206
    for condition in ('"old"', 'W/"abc"', "Wed, 21 Oct 2015 07:28:00 GMT", "nonsense"):
        assert ask(path, **{"Range": "bytes=0-9", "If-Range": condition}).status_code == 200


def test_known_bytes_are_not_sent_again(path: Path) -> None:
    assert ask(path, **{"If-None-Match": '"abc"'}).status_code == 304
    assert ask(path, **{"If-None-Match": '"abc"', "Range": "bytes=0-9"}).status_code == 304
    assert ask(path, **{"If-None-Match": '"old"'}).status_code == 200
    assert ask(path, **{"If-Modified-Since": ask(path, "HEAD")["Last-Modified"]}).status_code == 304
    assert ask(path, **{"If-Match": '"old"'}).status_code == 412


def test_head_has_the_headers_and_no_body(path: Path) -> None:
    response = ask(path, "HEAD", Range="bytes=0-9")
    assert (response.status_code, response["Content-Length"], response.content) == (200, str(SIZE), b"")


def test_other_methods_and_missing_files(path: Path, tmp_path: Path) -> None:
    assert ask(path, "POST").status_code == 405
    with pytest.raises(Http404):
        ask(tmp_path / "gone.mp4")


def test_download_names_in_any_script(path: Path) -> None:
    response = ask(path, download=True, filename="日本 ключ.mp4")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%97%A5")
    nasty = ask(path, download=True, filename='../../a"b\r\nSet-Cookie: x=1\\evil.mp4')
    assert nasty["Content-Disposition"] == 'attachment; filename="evil.mp4"'
    assert "Set-Cookie" not in nasty


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-"}])
def test_file_is_closed_even_if_nothing_was_read(path: Path, headers: dict[str, str]) -> None:
    response = ask(path, **headers)
    assert handles_of(path) == 1
    response.close()
    assert handles_of(path) == 0


def handles_of(path: Path) -> int:
    """How often this very process has the file open; other handles come and go with the collector."""
    return sum(os.path.realpath(handle) == str(path.resolve()) for handle in Path("/proc/self/fd").iterdir())


def test_player_reaches_every_byte_by_open_ranges(path: Path) -> None:
    got = b""
    while len(got) < SIZE:
        got += body(ask(path, Range=f"bytes={len(got)}-"))
    assert got == DATA
