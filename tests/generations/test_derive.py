"""Derivatives of a take: made once, never in the way of the take itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.models import Event, Generation
from generations.services.derive import derive_outputs
from generations.storage import media_store
from tests import media_files as make
from tests.factories import make_project, make_user

from .media_rows import make_clip_take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STUDIO = {**settings.STUDIO, "MIN_FREE_BYTES": 0}


@pytest.fixture
def take(tmp_path: Path) -> Generation:
    return make_clip_take(make_project(make_user()), make.make_mp4(tmp_path / "a.mp4"))


def kinds(take: Generation) -> set[str]:
    return set(take.outputs.values_list("kind", flat=True))


def test_three_outputs_and_one_event(take: Generation) -> None:
    derive_outputs(take.id)
    assert kinds(take) == {"video", "poster", "strip", "last_frame"}
    for output in take.outputs.exclude(kind="video"):
        assert media_store().path(output.file).stat().st_size == output.size_bytes
        assert len(output.sha256) == 64
    event = Event.objects.get(generation=take)
    assert (event.kind, event.project) == ("derived", take.project)
    assert not any((media_store().root / "incoming").iterdir())


def test_twice_is_once(take: Generation) -> None:
    derive_outputs(take.id)
    derive_outputs(str(take.id))
    assert take.events.count() == 1
    assert take.outputs.count() == 4


def test_only_what_is_missing_is_made(take: Generation) -> None:
    derive_outputs(take.id)
    take.outputs.filter(kind="poster").delete()
    derive_outputs(take.id)
    assert take.events.latest("id").detail == {"kinds": ["poster"]}


def test_failure_is_noted_once_and_changes_nothing(take: Generation) -> None:
    media_store().path(take.outputs.get().file).write_bytes(make.PLAYLIST)
    derive_outputs(take.id)
    derive_outputs(take.id)
    event = Event.objects.get(generation=take)
    assert event.kind == "derive_failed"
    assert "playlist" in event.detail["message"]
    take.refresh_from_db()
    assert (take.status, kinds(take)) == ("completed", {"video"})


def test_clip_that_is_gone_is_noted_without_its_path(take: Generation) -> None:
    media_store().delete(take.outputs.get().file)
    derive_outputs(take.id)
    assert "/" not in Event.objects.get(generation=take).detail["message"]


def test_take_without_a_clip_is_left_alone() -> None:
    take = make_clip_take(make_project(make_user()))
    derive_outputs(take.id)
    assert not take.events.exists()
