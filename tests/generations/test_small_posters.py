"""Small posters of takes that were finished before there were any; and which picture pages show."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image

from generations import media
from generations.models import Generation, Output
from generations.services import purge, small_posters, stacks
from generations.storage import media_store
from tests.factories import make_model, make_output, make_take_row
from videostudio import housekeeping
from videostudio.supervisor import prepare

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("roomy_store")]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    bells: list[Any] = []
    monkeypatch.setattr(small_posters, "ring", lambda task, *ids: bells.append((task, *ids)))
    return bells


def poster(size: tuple[int, int] = (1280, 720)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (40, 90, 140)).save(out, "WEBP")
    return out.getvalue()


def finished(count: int = 1, **fields: Any) -> list[Generation]:
    """By an older release: each has its large poster alone. The newest first."""
    model = make_model()
    takes = [make_take_row(model=model, status="completed", hold=False, **fields) for _ in range(count)]
    for take in takes:
        make_output(take, poster(), kind=Output.Kind.POSTER, width=1280, height=720)
    return takes[::-1]


def have_one(takes: list[Generation]) -> list[bool]:
    return [take.outputs.filter(kind="small").exists() for take in takes]


def test_it_is_made_from_the_large_one_without_a_word(rung: list[Any]) -> None:
    (take,) = finished()
    assert small_posters.go_on() == 1 and rung == []
    made = take.outputs.get(kind="small")
    path = media_store().path(made.file)
    with Image.open(path) as picture:
        assert picture.size == (made.width, made.height) == (480, 270)
    assert path.stat().st_size == made.size_bytes < take.outputs.get(kind="poster").size_bytes
    assert not take.events.filter(kind="derived").exists()
    assert small_posters.go_on() == 0


def test_a_few_at_a_time_and_on_from_there(rung: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_posters, "AT_ONCE", 2)
    takes = finished(3)
    small_posters.go_on()
    assert have_one(takes) == [True, True, False]
    assert rung == [("shrink_posters", takes[1].pk)]
    assert small_posters.go_on(str(rung[0][1])) == 1  # as the queue sends it
    assert have_one(takes) == [True] * 3 and len(rung) == 1


def test_a_worker_that_dies_in_between_is_made_up_for(
    rung: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    takes, thumb = finished(3), media.thumb

    def dies(path: Path, out: Path, mime: str) -> tuple[int, int]:
        if str(takes[1].pk) in str(path):
            raise KeyboardInterrupt
        return thumb(path, out, mime)

    monkeypatch.setattr(media, "thumb", dies)
    with pytest.raises(KeyboardInterrupt):
        small_posters.go_on()
    assert have_one(takes) == [True, False, False]
    monkeypatch.setattr(media, "thumb", thumb)
    assert small_posters.go_on() == 2 and have_one(takes) == [True] * 3


def test_one_that_cannot_be_read_holds_up_no_other(rung: list[Any]) -> None:
    takes = finished(3)
    media_store().path(takes[0].outputs.get().file).write_bytes(b"no picture")
    media_store().delete(takes[1].outputs.get().file)
    small_posters.go_on()
    assert have_one(takes) == [False, False, True]


def test_a_take_that_goes_for_good_meanwhile_leaves_no_file(
    rung: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = timezone.now() - timedelta(days=settings.STUDIO["TRASH_DAYS"], hours=1)
    (take,), thumb = finished(trashed_at=long_ago), media.thumb

    def slowly(path: Path, out: Path, mime: str) -> tuple[int, int]:
        size = thumb(path, out, mime)
        purge.purge_trash(timezone.now())
        return size

    monkeypatch.setattr(media, "thumb", slowly)
    assert small_posters.go_on() == 1
    assert not take.outputs.exists()
    assert not [path for path in media_store().root.rglob("*") if path.is_file()]


def test_purging_takes_it_along(rung: list[Any]) -> None:
    long_ago = timezone.now() - timedelta(days=settings.STUDIO["TRASH_DAYS"], hours=1)
    (take,) = finished(trashed_at=long_ago)
    small_posters.go_on()
    made = media_store().path(take.outputs.get(kind="small").file)
    assert made.exists()
    purge.purge_trash(timezone.now())
    assert not made.exists()


@pytest.mark.parametrize("when", [housekeeping.daily, prepare.draw_for_an_older_release])
def test_what_is_missing_is_asked_for_daily_and_at_a_start(when: Any, rung: list[Any]) -> None:
    when()
    assert rung == [("shrink_posters",)]


def shown(page: str) -> tuple[bool, bool]:
    """Whether the small and the large poster stand in the page."""
    return bool(re.search(r"-\w{12}/small", page)), bool(re.search(r"-\w{12}/poster", page))


@pytest.mark.parametrize(
    ("path", "once_there"),
    [
        ("/p/{project.slug}/", (True, True)),  # a card chooses by the width that it has
        ("/p/{project.slug}/gallery", (True, True)),
        ("/t/{take.pk}", (True, True)),  # the player has the large one, the row of versions the small ones
        ("/news", (True, False)),
        ("/p/{project.slug}/review?which=all", (True, True)),  # a player beside its list
        ("/p/{project.slug}/shares/new?take={take.pk}", (True, False)),
    ],
)
def test_pages_show_the_small_one_as_soon_as_there_is_one(
    path: str, once_there: Any, signed_in: Any, alice: Any, project: Any
) -> None:
    take, other = finished(2, project=project, author=alice, review="in_review", news_at=timezone.now())
    for one in (take, other):
        make_output(one, width=1280, height=720)
    stacks.stack(alice, project, [take.pk, other.pk])
    url = path.format(project=project, take=Generation.objects.get(is_top=True, stack__isnull=False))
    before = signed_in(alice).get(url).content.decode()
    assert shown(before) == (False, True), url
    for one in (take, other):
        make_output(one, poster((480, 270)), kind=Output.Kind.SMALL, width=480, height=270)
    assert shown(signed_in(alice).get(url).content.decode()) == once_there
