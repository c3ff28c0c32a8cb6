"""Strips of clips and waveforms of sounds: made once, and after a lost bell."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from generations.models import Asset
from generations.services import drawing, ring
from generations.services.assets import purge_asset
from generations.storage import media_store
from tests import media_files as make
from tests.factories import make_asset, save_asset
from videostudio import housekeeping

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}
    bells: list[str] = []
    monkeypatch.setattr(ring, "async_task", lambda path, *ids, **_more: bells.append((path, *ids)))
    return bells


def test_a_clip_gets_ten_tiles(project: Any, bob: Any, tmp_path: Path) -> None:
    clip = save_asset(bob, project, make.make_mp4(tmp_path / "a.mp4", 2))
    drawing.draw(clip.pk)
    clip.refresh_from_db()
    with Image.open(media_store().path(clip.strip)) as strip:
        assert strip.width == 10 * 320 and strip.height == 180
        ends = [strip.convert("RGB").getpixel((x, 120)) for x in (100, strip.width - 100)]
    assert ends[0][0] > 180 > ends[0][2] and ends[1][2] > 180 > ends[1][0], "from red to blue"


def test_a_sound_gets_its_waveform(project: Any, bob: Any, tmp_path: Path) -> None:
    sound = save_asset(bob, project, make.make_sound(tmp_path / "a.mp3"))
    drawing.draw(sound.pk)
    sound.refresh_from_db()
    with Image.open(media_store().path(sound.thumb)) as picture:
        drawn = picture.getchannel("A")
        assert picture.size == (480, 270) and drawn.getextrema() == (0, 255)
        assert drawn.getpixel((2, 2)) == 0, "the page shows through"


def test_it_is_rung_for_clips_and_sounds_alone(
    project: Any, bob: Any, tmp_path: Path, rung: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        save_asset(bob, project, make.make_jpeg(tmp_path / "a.jpg", (40, 30)))
        clip = save_asset(bob, project, make.make_mp4(tmp_path / "a.mp4", 1))
    assert rung == [("generations.tasks.draw", str(clip.pk))]


def test_a_file_that_gives_none_is_tried_once(project: Any, django_capture_on_commit_callbacks: Any) -> None:
    broken = make_asset(project=project, kind="clip", mime="video/mp4", content=b"no clip at all" * 99)
    drawing.draw(broken.pk)
    broken.refresh_from_db()
    assert broken.drawn_at and not broken.strip


def test_lost_bells_are_rung_by_the_housekeeping(
    project: Any, rung: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    old, young, drawn = (make_asset(project=project, kind="sound", mime="audio/mpeg") for _ in range(3))
    before = timezone.now() - timedelta(hours=1)
    Asset.objects.filter(pk__in=[old.pk, drawn.pk]).update(created_at=before)
    Asset.objects.filter(pk=drawn.pk).update(drawn_at=before)
    with django_capture_on_commit_callbacks(execute=True):
        housekeeping.draw_missing(timezone.now())
    assert rung == [("generations.tasks.draw", str(old.pk))] and young.drawn_at is None


def test_purging_takes_the_strip_along(
    project: Any, bob: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    clip = save_asset(bob, project, make.make_mp4(tmp_path / "a.mp4", 1))
    drawing.draw(clip.pk)
    clip.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        purge_asset(clip)
    assert not [path for path in media_store().root.rglob("*") if path.is_file()]
