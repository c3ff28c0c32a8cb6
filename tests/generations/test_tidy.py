"""Orphans: what a crash left goes after a day; what a row names, or what is young, stays for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from generations.services.tidy import remove_orphans
from generations.storage import media_store
from providers.ids import new_id
from tests.factories import make_asset, make_output, make_project, make_take_row, save_asset
from tests.media_files import make_jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TOMORROW = timedelta(days=1, minutes=1)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}
    return settings.MEDIA_ROOT


def write(name: str, text: str = "left behind") -> Path:
    path = media_store().path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def orphan() -> Path:
    """A file in its place whose row was never written."""
    return write(media_store().name_for("assets", new_id(), "original.jpg"))


def test_an_old_orphan_goes_and_a_young_one_stays(media: Path) -> None:
    path, scratch = orphan(), media_store().scratch() / "original"
    scratch.write_text("half an upload")
    assert remove_orphans(timezone.now()) == 0
    assert remove_orphans(timezone.now() + timedelta(hours=23)) == 0
    assert path.exists() and scratch.exists()
    assert remove_orphans(timezone.now() + TOMORROW) == 2
    assert not path.exists() and not path.parent.exists() and not scratch.parent.exists()
    assert remove_orphans(timezone.now() + TOMORROW) == 0


def test_what_a_row_names_stays_with_its_thumbnail(media: Path, tmp_path: Any) -> None:
    owner = make_project().created_by
    asset = save_asset(owner, make_project(owner), make_jpeg(tmp_path / "a.jpg", (64, 64)))
    old_place = write("assets/00/named-otherwise.jpg")
    moved = write(media_store().name_for("assets", new_id(), "original.jpg"))
    make_asset(file=moved.relative_to(media).as_posix())  # named by a row of another id
    stray = write(f"{Path(asset.file).parent.as_posix()}/second.jpg")
    assert remove_orphans(timezone.now() + TOMORROW) == 1
    assert media_store().path(asset.file).exists() and media_store().path(asset.thumb).exists()
    assert moved.exists() and old_place.exists() and not stray.exists()


def test_an_asset_in_the_trash_keeps_its_file(media: Path) -> None:
    asset = make_asset(content=b"picture", trashed_at=timezone.now())
    assert remove_orphans(timezone.now() + TOMORROW) == 0
    assert media_store().path(asset.file).exists()


def test_files_of_takes_are_never_touched(media: Path) -> None:
    take = make_take_row(status="completed")
    clip = make_output(take)
    part = write(f"{Path(clip.file).parent.as_posix()}/clip.mp4.part")
    stranger = write(media_store().name_for("takes", new_id(), "clip.mp4"))
    assert remove_orphans(timezone.now() + TOMORROW) == 0
    assert part.exists() and stranger.exists() and media_store().path(clip.file).exists()


def test_links_are_not_followed_and_more_than_one_handful_is_cleared(media: Path, tmp_path: Any) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("not ours")
    (orphan().parent / "link.jpg").symlink_to(outside)
    paths = [orphan() for _ in range(450)]
    assert remove_orphans(timezone.now() + TOMORROW) == 451
    assert outside.read_text() == "not ours" and not any(path.exists() for path in paths)
