"""The review proxy: the same frames in short groups, only where a browser would not find or show each one."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from django.urls import reverse

from generations import media
from generations.models import Generation, Output
from generations.services import derive
from generations.services.derive import derive_outputs
from generations.storage import media_store
from tests import media_files as make
from tests.factories import make_output, make_project, make_take_row, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roomy_store")]

FILM = Fraction(24000, 1001)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    bells: list[Any] = []
    monkeypatch.setattr(derive, "ring", lambda task, take_id: bells.append((task, take_id)))
    return bells


def take_of(clip: Path) -> Generation:
    facts = media.probe(clip, mime="video/mp4")
    take = make_take_row(project=make_project(make_user()), status="completed", hold=False)
    measures = {name: getattr(facts, name) for name in ("width", "height", "duration_s", "fps")}
    make_output(take, clip.read_bytes(), facts=facts.of_clip(), **measures)
    return take


def numbers(path: Path) -> list[int]:
    with av.open(str(path)) as film:
        return [make.number_in(frame.to_image()) for frame in film.decode(video=0)]


def test_why_a_clip_needs_one(tmp_path: Path) -> None:
    found = {
        "": make.make_numbered(tmp_path / "a.mp4", FILM, bframes=2),
        "keys": make.make_numbered(tmp_path / "b.mp4", gop=250),
        "pace": make.make_uneven(tmp_path / "c.mp4"),
        "codec": make.make_numbered(tmp_path / "d.mp4", codec="libx265"),
    }
    assert {media.probe(path).review_for: path.name for path in found.values()} == {
        why: path.name for why, path in found.items()
    }


@pytest.mark.parametrize(
    "clip",
    [
        {"rate": FILM, "gop": 250, "bframes": 2, "audio": True},
        {"rate": 25, "codec": "libx265"},
        {"rate": 30, "gop": 250, "bframes": 2, "shift": 3},
    ],
)
def test_a_copy_has_the_same_frames_in_short_groups(clip: dict[str, Any], tmp_path: Path) -> None:
    path = make.make_numbered(tmp_path / "a.mp4", **clip)
    made, whole = media.review(path, tmp_path / "proxy.mp4"), media.probe(path)
    assert numbers(tmp_path / "proxy.mp4") == list(range(48))
    assert (made.rate, made.frames, made.has_audio) == (whole.rate, 48, whole.has_audio)
    assert made.review_for == "" and made.start_s == 0 and (made.key_gap_s or 9) * clip["rate"] < 12.1
    assert made.duration_s == pytest.approx(48 / clip["rate"], abs=0.5 / clip["rate"])


@pytest.mark.parametrize("late", [False, True])
def test_a_clip_of_varying_pace_gets_a_steady_one_and_keeps_its_length(late: bool, tmp_path: Path) -> None:
    """Late: its first frame alone stays longer than the others."""
    path = tmp_path / "a.mp4"
    if late:
        make.make_numbered(path, 30, bframes=2, shift=3, audio=True)
    else:
        make.make_uneven(path)
    made, whole = media.review(path, tmp_path / "proxy.mp4"), media.probe(path)
    assert (whole.review_for, made.review_for) == ("pace", "")
    assert made.duration_s == pytest.approx(whole.duration_s, abs=0.04)


def test_a_large_one_is_made_smaller(tmp_path: Path) -> None:
    path = make.make_mp4(tmp_path / "a.mp4", 0.5, (2160, 3840), gop=250)
    made = media.review(path, tmp_path / "proxy.mp4")
    assert (made.width, made.height) == (1080, 1920)


def test_it_is_made_after_the_pictures_and_once(tmp_path: Path, rung: list[Any]) -> None:
    take = take_of(make.make_numbered(tmp_path / "a.mp4", gop=250))
    derive_outputs(take.pk)
    assert "proxy" not in kinds(take) and rung == [("derive", take.pk)]
    take.outputs.filter(kind="video").update(created_at="2026-01-01T00:00Z")  # its bell was lost
    assert derive.ring_missing() == 1
    derive_outputs(take.pk)
    derive_outputs(take.pk)
    assert kinds(take) == {"video", "poster", "small", "strip", "last_frame", "proxy"}
    assert [event.detail["kinds"] for event in take.events.filter(kind="derived")][-1] == ["proxy"]
    Generation.objects.filter(pk=take.pk).update(lease_until=None)
    assert derive.ring_missing() == 0


def kinds(take: Generation) -> set[str]:
    return set(take.outputs.values_list("kind", flat=True))


def test_a_clip_that_is_found_well_has_none(tmp_path: Path, rung: list[Any]) -> None:
    take = take_of(make.make_numbered(tmp_path / "a.mp4"))
    derive_outputs(take.pk)
    derive_outputs(take.pk)
    assert "proxy" not in kinds(take) and rung == []


def test_one_that_cannot_be_made_is_told_once_and_leaves_the_original(
    tmp_path: Path, rung: list[Any], signed_in: Any
) -> None:
    take = take_of(make.make_numbered(tmp_path / "a.mp4", gop=250))
    derive_outputs(take.pk)
    clip = take.outputs.get(kind="video")
    media_store().path(clip.file).write_bytes(make.PLAYLIST)
    derive_outputs(take.pk)
    derive_outputs(take.pk)
    assert take.events.filter(kind="no proxy").count() == 1 and "proxy" not in kinds(take)
    page = signed_in(take.author).get(take.get_absolute_url()).content.decode()
    assert f'src="{reverse("media-output", args=[take.pk, "video"])}"' in page
    assert "the player shows the original" in page and "You see a review proxy" not in page


def test_the_page_shows_the_proxy_and_says_what_is_downloaded(tmp_path: Path, signed_in: Any) -> None:
    take = take_of(make.make_numbered(tmp_path / "a.mp4", gop=250))
    make_output(take, kind=Output.Kind.PROXY, mime="video/mp4", fps=24.0, duration_s=2.0)
    page = signed_in(take.author).get(take.get_absolute_url()).content.decode()
    assert f'src="{reverse("media-output", args=[take.pk, "proxy"])}"' in page
    assert "Its key frames lie far apart. You see a review proxy" in page
    assert f'href="{reverse("take-download", args=[take.pk, "video"])}"' in page
