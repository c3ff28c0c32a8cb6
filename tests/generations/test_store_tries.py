"""How often a result that does not come is fetched, and what counts as getting on with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as product

from generations.models import Generation, Status
from generations.services import store
from tests.factories import CLOSED_PORT, make_account, make_model, make_take_row
from tests.generations.test_download import Broken
from tests.media_files import make_mp4

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Answer = Callable[[dict[str, str]], httpx.Response]
MOST_RUNS = 40


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_mp4(tmp_path_factory.mktemp("clip") / "clip.mp4", 1.0).read_bytes()


@pytest.fixture
def serve(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], list[str]]:
    """Have every result come from ``answer``; the list names the ranges that were asked for."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}
    monkeypatch.setattr("generations.services.ring.async_task", lambda *_a, **_k: None)
    monkeypatch.setattr(store, "_tell_gateway", lambda _take: None)

    def start(answer: Answer) -> list[str]:
        asked: list[str] = []

        @contextmanager
        def opened(headers: dict[str, str]) -> Iterator[httpx.Response]:
            asked.append(headers.get("Range", ""))
            yield answer(headers)

        monkeypatch.setattr(store, "open_guarded", lambda _url, headers, **_how: opened(headers))
        monkeypatch.setattr(store, "_bytes", lambda _client, _job, _headers: opened({}))
        return asked

    return start


def make_stored(gateway: str = "token360", **fields: Any) -> Generation:
    model = make_model(account=make_account(gateway, base_url=CLOSED_PORT))
    link = {"result_kind": "link", "result_url": "https://files.example/clip.mp4"}
    return make_take_row(status=Status.STORING, model=model, **{**link, **fields})


def store_again(take: Generation) -> Generation:
    """The next run, as if its pause were over."""
    Generation.objects.filter(pk=take.pk).update(not_before=None, lease_until=None)
    store.store_result(str(take.pk))
    return Generation.objects.get(pk=take.pk)


def store_until_at_rest(take: Generation) -> Generation:
    for _ in range(MOST_RUNS):
        take = store_again(take)
        if take.status != Status.STORING or take.parked_at:
            break
    return take


def cut(body: bytes, size: int, headers: dict[str, str]) -> httpx.Response:
    return httpx.Response(200, stream=Broken(body[:size]), headers=headers)


@pytest.mark.parametrize("kind", ["link", "bytes"])
@pytest.mark.parametrize("length", [{}, {"Content-Length": "100000"}])
def test_the_same_first_half_again_and_again_is_parked(serve: Any, kind: str, length: dict[str, str]) -> None:
    asked = serve(lambda _headers: cut(b"x" * 100_000, 50_000, length))
    take = store_until_at_rest(make_stored(result_kind=kind))
    assert take.parked_at is not None
    assert len(asked) == 1 + store.MAX_TRIES


def test_a_little_less_after_a_little_more_is_no_progress(serve: Any) -> None:
    sizes = [50_000, *[30_000, 40_000] * MOST_RUNS]
    asked = serve(lambda _headers: cut(b"x" * 100_000, sizes[len(asked) - 1], {}))
    assert store_until_at_rest(make_stored()).parked_at is not None
    assert len(asked) == 1 + store.MAX_TRIES


def test_a_file_whose_name_changes_each_time_is_parked(serve: Any) -> None:
    def renamed(_headers: dict[str, str]) -> httpx.Response:
        return cut(b"x" * 100_000, 50_000, {"ETag": f'"{len(asked)}"', "Accept-Ranges": "bytes"})

    asked = serve(renamed)
    assert store_until_at_rest(make_stored()).parked_at is not None
    assert len(asked) == 1 + store.MAX_TRIES


def test_a_file_that_comes_in_many_pieces_arrives(serve: Any, clip: bytes) -> None:
    piece = len(clip) // (3 * store.MAX_TRIES)

    def some(headers: dict[str, str]) -> httpx.Response:
        begin = int(headers.get("Range", "bytes=0-")[6:-1])
        span = f"bytes {begin}-{len(clip) - 1}/{len(clip)}"
        told = {"ETag": '"a"', "Content-Range": span, "Content-Length": str(len(clip) - begin)}
        body = httpx.ByteStream(clip[begin : begin + piece])
        return httpx.Response(206 if begin else 200, stream=body, headers=told)

    asked = serve(some)
    assert store_until_at_rest(make_stored()).status == Status.COMPLETED
    assert len(asked) > 2 * store.MAX_TRIES


def test_a_damaged_file_is_counted_from_its_beginning_again(serve: Any, clip: bytes) -> None:
    serve(lambda _headers: httpx.Response(200, content=b"\0" * len(clip)))
    take = store_again(make_stored())
    assert (take.status, take.bytes_done) == (Status.STORING, 0)
    serve(lambda _headers: cut(clip, 1000, {}))
    take = store_again(take)
    assert (take.bytes_done, take.tries) == (1000, 0)
    serve(lambda _headers: httpx.Response(200, content=clip))
    assert store_again(take).status == Status.COMPLETED


@pytest.mark.parametrize("kind", ["link", "bytes"])
def test_a_long_stream_without_ranges_is_stored_in_one_go(
    serve: Any, settings: Any, clip: bytes, kind: str
) -> None:
    settings.STUDIO = {**settings.STUDIO, "STORE_SLICE_S": -1}
    asked = serve(lambda _headers: httpx.Response(200, content=clip))
    assert store_again(make_stored(result_kind=kind)).status == Status.COMPLETED
    assert len(asked) == 1


def test_slices_without_progress_are_tries_too(serve: Any, settings: Any) -> None:
    """A name that changes each time: every slice begins anew and gets as far as the one before."""
    settings.STUDIO = {**settings.STUDIO, "STORE_SLICE_S": -1}

    def renamed(_headers: dict[str, str]) -> httpx.Response:
        told = {"ETag": f'"{len(asked)}"', "Accept-Ranges": "bytes"}
        return httpx.Response(200, stream=Broken(b"x" * 50_000), headers=told)

    asked = serve(renamed)
    assert store_until_at_rest(make_stored()).parked_at is not None
    assert len(asked) == 1 + store.MAX_TRIES


def test_the_cluster_lets_a_whole_file_come() -> None:
    files = product.Q_CLUSTER["ALT_CLUSTERS"]["files"]
    assert product.STUDIO["STORE_WHOLE_S"] < files["timeout"] < files["retry"]
