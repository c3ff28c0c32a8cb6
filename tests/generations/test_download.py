"""A download in pieces: what each answer of the other side does to the part file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from generations.services.download import Download, Limits, SliceOver, TooLarge
from providers.gateways.errors import LinkExpired, Unavailable

FILE = bytes(range(256)) * 4096  # 1 MiB
TAG = '"one"'
Server = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "clip.mp4.part"


def download(
    part: Path,
    server: Server,
    *,
    max_bytes: int = 10**9,
    slice_s: float = 60,
    whole_s: float = 60,
    in_pieces: bool = True,
) -> Download:
    """One try at filling ``part`` from ``server``."""
    work = Download(part, Limits(max_bytes, slice_s, whole_s), lambda *_: None)
    with httpx.Client(transport=httpx.MockTransport(server)) as client, work.alone() as alone:
        assert alone

        @contextmanager
        def opener(headers: dict[str, str]) -> Iterator[httpx.Response]:
            with client.stream("GET", "https://files.example/clip.mp4", headers=headers) as response:
                yield response

        work.fetch(opener, in_pieces=in_pieces)
    return work


def ranges(request: httpx.Request, *, tag: str = TAG, body: bytes = FILE) -> httpx.Response:
    """A server as it should be: 206 for the rest of the same file, 200 for another, 416 past the end."""
    asked = request.headers.get("range", "")
    if not asked or request.headers.get("if-range") != tag:
        return httpx.Response(200, content=body, headers={"ETag": tag, "Accept-Ranges": "bytes"})
    start = int(asked.removeprefix("bytes=").rstrip("-"))
    if start >= len(body):
        return httpx.Response(416, headers={"Content-Range": f"bytes */{len(body)}"})
    span = f"bytes {start}-{len(body) - 1}/{len(body)}"
    return httpx.Response(206, content=body[start:], headers={"ETag": tag, "Content-Range": span})


def begun(part: Path, size: int, tag: str = TAG) -> None:
    part.write_bytes(FILE[:size])
    part.with_name(f"{part.name}.etag").write_text(tag)


class Broken(httpx.SyncByteStream):
    """Some bytes, then the connection is gone."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self.body
        raise httpx.ReadError("connection reset")


def breaking(size: int, **headers: str) -> Server:
    declared = {"Content-Length": str(len(FILE)), **headers}
    return lambda _: httpx.Response(200, stream=Broken(FILE[:size]), headers=declared)


def test_a_whole_file_comes_in_one_go(part: Path) -> None:
    download(part, ranges)
    assert part.read_bytes() == FILE


@pytest.mark.parametrize("size", [1, 1000, len(FILE) - 1])
def test_the_rest_is_asked_for(part: Path, size: int) -> None:
    begun(part, size)
    asked: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["range"])
        return ranges(request)

    download(part, server)
    assert asked == [f"bytes={size}-"]
    assert hashlib.sha256(part.read_bytes()).digest() == hashlib.sha256(FILE).digest()


def test_another_file_under_the_address_begins_anew(part: Path) -> None:
    begun(part, 1000, tag='"an older one"')
    download(part, ranges)
    assert part.read_bytes() == FILE


def test_a_server_without_ranges_sends_it_all_again(part: Path) -> None:
    begun(part, 1000)
    download(part, lambda _: httpx.Response(200, content=FILE))
    assert part.read_bytes() == FILE
    assert not part.with_name(f"{part.name}.etag").exists(), "of the file that is gone"


def test_without_a_tag_nothing_is_pieced_together(part: Path) -> None:
    part.write_bytes(b"who knows what this was")
    seen: list[httpx.Headers] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, content=FILE)

    download(part, server)
    assert "range" not in seen[0] and part.read_bytes() == FILE


@pytest.mark.parametrize("tag", ['W/"weak"', ""])
def test_a_weak_tag_does_not_vouch_for_bytes(part: Path, tag: str) -> None:
    headers = {"ETag": tag} if tag else {}
    with pytest.raises(Unavailable):
        download(part, breaking(1000, **headers))
    assert not part.with_name(f"{part.name}.etag").exists()


def test_a_whole_part_is_known_by_416(part: Path) -> None:
    begun(part, len(FILE))
    download(part, ranges)
    assert part.read_bytes() == FILE


@pytest.mark.parametrize("headers", [{"Content-Range": "bytes */7"}, {}])
def test_416_for_a_file_of_another_length_begins_anew(part: Path, headers: dict[str, str]) -> None:
    begun(part, len(FILE))
    with pytest.raises(Unavailable):
        download(part, lambda _: httpx.Response(416, headers=headers))
    assert part.stat().st_size == 0
    download(part, ranges)
    assert part.read_bytes() == FILE


@pytest.mark.parametrize("span", ["bytes 5-9/1000", "bytes 0-9/1000", "nonsense", ""])
def test_another_part_than_asked_for_is_not_appended(part: Path, span: str) -> None:
    begun(part, 1000)
    other = httpx.Response(206, content=b"0123456789", headers={"Content-Range": span})
    with pytest.raises(Unavailable):
        download(part, lambda _: other)
    download(part, ranges)
    assert part.read_bytes() == FILE


def test_a_server_that_sends_a_little_at_a_time_gets_there(part: Path) -> None:
    """Some answer an open range with one part of it only; that part is not the rest."""

    def server(request: httpx.Request) -> httpx.Response:
        whole = ranges(request)
        if whole.status_code != 206:
            return whole
        start = len(FILE) - len(whole.content)
        some = whole.content[:300_000]
        span = f"bytes {start}-{start + len(some) - 1}/{len(FILE)}"
        return httpx.Response(206, content=some, headers={"ETag": TAG, "Content-Range": span})

    begun(part, 1000)
    for _ in range(3):
        with pytest.raises(Unavailable, match="ended after"):
            download(part, server)
    download(part, server)
    assert part.read_bytes() == FILE


def test_a_broken_connection_keeps_what_came(part: Path) -> None:
    with pytest.raises(Unavailable):
        download(part, breaking(700_000, ETag=TAG))
    assert part.stat().st_size == 700_000
    download(part, ranges)
    assert part.read_bytes() == FILE


def test_a_body_shorter_than_said_is_not_the_file(part: Path) -> None:
    short = httpx.ByteStream(FILE[:5000])
    declared = {"Content-Length": str(len(FILE)), "ETag": TAG}
    with pytest.raises(Unavailable, match="ended after"):
        download(part, lambda _: httpx.Response(200, stream=short, headers=declared))


def test_an_empty_body_is_not_the_file(part: Path) -> None:
    with pytest.raises(Unavailable, match="empty"):
        download(part, lambda _: httpx.Response(200, content=b""))


@pytest.mark.parametrize("length", ["104²", "9" * 5000])
def test_a_length_that_is_no_number_is_not_known(part: Path, length: str) -> None:
    headers = [(b"content-length", length.encode("latin-1"))]
    download(part, lambda _: httpx.Response(200, stream=httpx.ByteStream(FILE), headers=headers))
    assert part.read_bytes() == FILE


def test_a_part_that_begins_at_no_number_is_not_appended(part: Path) -> None:
    begun(part, 1000)
    span = {"Content-Range": f"bytes {'1' * 5000}-9/*"}
    with pytest.raises(Unavailable):
        download(part, lambda _: httpx.Response(206, content=b"0", headers=span))


def test_a_file_that_says_it_is_too_large_is_not_begun(part: Path) -> None:
    with pytest.raises(TooLarge):
        download(part, ranges, max_bytes=1000)
    assert part.stat().st_size == 0


def test_a_file_that_grows_too_large_is_cut_off(part: Path) -> None:
    stream = httpx.ByteStream(FILE)
    with pytest.raises(TooLarge):
        download(part, lambda _: httpx.Response(200, stream=stream), max_bytes=1000)
    assert part.stat().st_size <= 1000


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_dead_address_is_told_apart(part: Path, status: int) -> None:
    with pytest.raises(LinkExpired):
        download(part, lambda _: httpx.Response(status))


@pytest.mark.parametrize("status", [204, 302, 429, 500, 503])
def test_any_other_answer_is_for_now(part: Path, status: int) -> None:
    begun(part, 1000)
    with pytest.raises(Unavailable):
        download(part, lambda _: httpx.Response(status))
    assert part.stat().st_size == 1000, "what had come is kept"


def test_a_slice_ends_in_time_and_the_next_goes_on(part: Path) -> None:
    with pytest.raises(SliceOver):
        download(part, ranges, slice_s=-1)
    assert 0 < part.stat().st_size <= len(FILE)
    download(part, ranges)
    assert part.read_bytes() == FILE


@pytest.mark.parametrize(
    "headers", [{}, {"ETag": TAG}, {"ETag": TAG, "Accept-Ranges": "none"}, {"Accept-Ranges": "bytes"}]
)
def test_what_cannot_be_continued_is_not_cut(part: Path, headers: dict[str, str]) -> None:
    download(part, lambda _: httpx.Response(200, content=FILE, headers=headers), slice_s=-1)
    assert part.read_bytes() == FILE


def test_what_may_not_come_in_pieces_is_not_cut(part: Path) -> None:
    download(part, ranges, slice_s=-1, in_pieces=False)
    assert part.read_bytes() == FILE


def test_what_cannot_be_continued_ends_at_last(part: Path) -> None:
    with pytest.raises(Unavailable, match="too long"):
        download(part, lambda _: httpx.Response(200, content=FILE), slice_s=-1, whole_s=-1)


def test_a_rest_that_came_may_be_cut_again(part: Path) -> None:
    begun(part, 1000)
    with pytest.raises(SliceOver):
        download(part, ranges, slice_s=-1)
    assert part.stat().st_size > 1000


def test_the_tag_of_a_file_of_which_nothing_came_is_forgotten(part: Path) -> None:
    begun(part, 0)
    with pytest.raises(Unavailable):
        download(part, breaking(1000))
    assert not part.with_name(f"{part.name}.etag").exists()


def test_two_workers_do_not_write_one_file(part: Path) -> None:
    first, second = (Download(part, Limits(1, 1, 1), lambda *_: None) for _ in range(2))
    with first.alone() as alone, second.alone() as also:
        assert (alone, also) == (True, False)
    with second.alone() as alone:
        assert alone
