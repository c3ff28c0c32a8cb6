"""Derivatives of a take: made once, never in the way of the take itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from generations.models import Event, Generation
from generations.services import derive
from generations.services.derive import derive_outputs
from generations.services.lease import Lease, pause_until, rung_until
from generations.storage import media_store
from tests import media_files as make
from tests.factories import make_project, make_take_row, make_user

from .media_rows import make_clip_take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roomy_store")]


@pytest.fixture
def take(tmp_path: Path) -> Generation:
    return make_clip_take(make_project(make_user()), make.make_mp4(tmp_path / "a.mp4"))


def kinds(take: Generation) -> set[str]:
    return set(take.outputs.values_list("kind", flat=True))


def test_four_outputs_and_one_event(take: Generation) -> None:
    derive_outputs(take.id)
    assert kinds(take) == {"video", "poster", "small", "strip", "last_frame"}
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
    assert take.outputs.count() == 5


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


# --- clips that wait for a worker go first ----------------------------------------------------------


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    bells: list[Any] = []
    monkeypatch.setattr(derive, "ring", lambda task, take_id: bells.append((task, take_id)))
    return bells


def waiting_clip(**fields: Any) -> Generation:
    """Finished at its gateway and rung, but no worker has it yet."""
    return make_take_row(status="storing", **{**rung_until(30), **fields})


def test_a_clip_whose_pause_is_over_is_in_line_again(take: Generation) -> None:
    waiting_clip(wait_reason="The link broke.", **pause_until(0))
    derive_outputs(take.id)
    assert kinds(take) == {"video"}


def test_pictures_step_back_while_a_clip_waits_and_are_rung_again(take: Generation, rung: list[Any]) -> None:
    clip = waiting_clip()
    derive_outputs(take.id)
    assert kinds(take) == {"video"} and not take.events.exists()
    assert derive.ring_missing() == 0  # it waits still
    Generation.objects.filter(pk=clip.pk).update(**Lease(60).fields())
    assert derive.ring_missing() == 1 and rung == [("derive", take.pk)]
    assert derive.ring_missing() == 0  # rung once
    derive_outputs(take.id)
    assert kinds(take) == {"video", "poster", "small", "strip", "last_frame"}


def test_pictures_do_not_wait_for_ever(take: Generation, rung: list[Any]) -> None:
    waiting_clip()
    derive_outputs(take.id)
    late = timezone.now() - timedelta(seconds=settings.STUDIO["DERIVE_AGAIN_S"] + 1)
    take.outputs.update(created_at=late)
    assert derive.ring_missing() == 1
    derive_outputs(take.id)
    assert "poster" in kinds(take)


@pytest.mark.parametrize("fields", [lambda: pause_until(60), lambda: {"parked_at": timezone.now()}])
def test_a_clip_that_backs_off_holds_nothing_up(take: Generation, fields: Any) -> None:
    waiting_clip(**fields())
    derive_outputs(take.id)
    assert "poster" in kinds(take)
