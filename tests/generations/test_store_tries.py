"""How often a result that does not come is fetched, and what counts as getting on with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as product
from django.utils import timezone

from generations.models import Generation, Status
from generations.services import fetch, store
from generations.services.lease import Lease
from providers.gateways.errors import Busy
from tests.factories import CLOSED_PORT, make_account, make_model, make_take_row
from tests.generations.test_download import Broken, ranges
from tests.media_files import make_mp4

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

Answer = Callable[[dict[str, str]], httpx.Response]
MOST_RUNS = 40
HOSTS = {"venice": "private-share.venice.ai/v1/share/read/"}  # where a gateway keeps its results


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

        monkeypatch.setattr(fetch, "open_guarded", lambda _url, headers, **_how: opened(headers))
        monkeypatch.setattr(fetch, "_bytes", lambda _client, _job, _headers: opened({}))
        return asked

    return start


def make_stored(gateway: str = "token360", **fields: Any) -> Generation:
    model = make_model(account=make_account(gateway, base_url=CLOSED_PORT))
    link = {"result_kind": "link", "result_url": f"https://{HOSTS.get(gateway, 'files.example/')}clip.mp4"}
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


def some_of(body: bytes, headers: dict[str, str]) -> httpx.Response:
    """The next small piece of ``body``, and then the end, though the answer promised all the rest."""
    begin = int(headers.get("Range", "bytes=0-")[6:-1])
    piece = body[begin : begin + len(body) // (3 * store.MAX_TRIES)]
    span = f"bytes {begin}-{len(body) - 1}/{len(body)}"
    told = {"ETag": '"a"', "Content-Range": span, "Content-Length": str(len(body) - begin)}
    return httpx.Response(206 if begin else 200, stream=httpx.ByteStream(piece), headers=told)


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
    asked = serve(lambda headers: some_of(clip, headers))
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


# -- making room for an address that dies soon ------------------------------------------------------------


def make_hasty() -> Generation:
    """Its address ends soon, and it waits already. No worker comes for it here."""
    now = timezone.now()
    ends = {"finished_at": now - timedelta(seconds=10), "result_expires_at": now + timedelta(minutes=4)}
    return make_stored(**ends)


def in_ranges(body: bytes) -> Answer:
    return lambda headers: ranges(httpx.Request("GET", "https://files.example/", headers=headers), body=body)


def test_one_that_keeps_waiting_breaks_another_off_once(serve: Any, clip: bytes) -> None:
    asked = serve(in_ranges(clip))
    make_hasty()
    take = store_again(make_stored())
    assert (take.status, take.lease_holder, take.tries) == (Status.STORING, None, 0)
    assert store_again(take).status == Status.COMPLETED
    assert asked == ["", f"bytes={len(clip)}-"]


def test_each_that_waits_may_ask_once(serve: Any, clip: bytes) -> None:
    asked = serve(lambda headers: some_of(clip, headers))
    hasty = [make_hasty() for _ in range(3)]
    assert store_until_at_rest(make_stored()).status == Status.COMPLETED
    assert [take.events.filter(kind="went first").count() for take in hasty] == [1, 1, 1]
    assert len(set(asked)) == len(asked), "nothing was fetched twice"


@pytest.mark.parametrize(
    ("gateway", "kind", "headers"),
    [
        ("venice", "link", {"ETag": '"a"', "Accept-Ranges": "bytes"}),  # its fetches are counted
        ("token360", "link", {"ETag": '"a"'}),
        ("token360", "link", {"Accept-Ranges": "bytes"}),
        ("token360", "bytes", {"ETag": '"a"', "Accept-Ranges": "bytes"}),
    ],
)
def test_a_download_that_would_begin_anew_is_not_broken_off(
    serve: Any, clip: bytes, gateway: str, kind: str, headers: dict[str, str]
) -> None:
    asked = serve(lambda _headers: httpx.Response(200, content=clip, headers=headers))
    hasty, take = make_hasty(), make_stored(gateway, result_kind=kind)
    assert store_again(take).status == Status.COMPLETED
    assert len(asked) == 1 and not hasty.events.exists()


def test_a_download_that_has_not_got_on_is_not_broken_off(serve: Any, clip: bytes) -> None:
    serve(in_ranges(clip))
    make_hasty()
    assert store_again(make_stored(bytes_done=len(clip))).status == Status.COMPLETED


# -- keeping a worker free for one that could come ----------------------------------------------------------


def make_held(gateway: str, **fields: Any) -> Generation:
    """A download that another worker is at."""
    return make_stored(gateway, **{**fields, **Lease(60).fields()})


def make_at_the_gateway(gateway: str) -> Generation:
    model = make_model(account=make_account(gateway, base_url=CLOSED_PORT))
    return make_take_row(status=Status.RUNNING, model=model)


@pytest.mark.parametrize(
    ("gateway", "kind", "held", "steps_back"),
    [
        ("silkdock", "bytes", "silkdock", True),
        ("venice", "bytes", "silkdock", True),
        ("venice", "link", "venice", True),
        ("token360", "link", "silkdock", False),  # it can make room
        ("silkdock", "bytes", "token360", False),  # the other one can
        ("siliconflow", "bytes", "silkdock", False),  # it dies soon itself
    ],
)
def test_one_worker_stays_free_while_a_short_lived_result_could_come(
    serve: Any, gateway: str, kind: str, held: str, steps_back: bool
) -> None:
    asked = serve(lambda _headers: cut(b"x" * 1000, 500, {}))
    make_held(held, result_kind="bytes" if held == "silkdock" else "link")
    take = make_stored(gateway, result_kind=kind)
    hasty = make_at_the_gateway("siliconflow")
    take = store_again(take)
    assert (not asked) is steps_back
    if steps_back:
        assert (take.tries, take.lease_holder, take.wait_reason) == (0, None, "")
        assert take.not_before > timezone.now()
        Generation.objects.filter(pk=hasty.pk).update(status=Status.COMPLETED)
        store_again(take)
        assert asked


def test_no_worker_is_kept_free_for_what_cannot_come(serve: Any) -> None:
    asked = serve(lambda _headers: cut(b"x" * 1000, 500, {}))
    make_held("silkdock", result_kind="bytes")
    make_at_the_gateway("token360")
    store_again(make_stored("silkdock", result_kind="bytes"))
    assert asked


@pytest.mark.parametrize(("minutes", "asks"), [(29, False), (31, True)])
def test_nobody_steps_back_past_half_of_its_own_results_life(serve: Any, minutes: int, asks: bool) -> None:
    """SilkDock keeps its files for an hour."""
    asked = serve(lambda _headers: cut(b"x" * 1000, 500, {}))
    make_held("silkdock", result_kind="bytes")
    make_at_the_gateway("siliconflow")
    since = timezone.now() - timedelta(minutes=minutes)
    store_again(make_stored("silkdock", result_kind="bytes", finished_at=since))
    assert bool(asked) is asks


def test_the_cluster_lets_a_whole_file_come() -> None:
    files = product.Q_CLUSTER["ALT_CLUSTERS"]["files"]
    assert product.STUDIO["STORE_WHOLE_S"] < files["timeout"] < files["retry"]


@pytest.mark.parametrize(("asked_s", "least_s", "most_s"), [(100.0, 95, 100), (None, 0, 10)])
def test_a_gateway_that_is_busy_with_its_file_is_asked_again_when_it_said(
    serve: Any, asked_s: float | None, least_s: float, most_s: float
) -> None:
    def answer(_headers: dict[str, str]) -> httpx.Response:
        raise Busy("Slow down.", retry_after_s=asked_s)

    serve(answer)
    take = store_again(make_stored("silkdock", result_kind="bytes"))
    assert take.status == Status.STORING and take.wait_reason == "Slow down."
    assert take.not_before is not None
    assert least_s < (take.not_before - timezone.now()).total_seconds() <= most_s
