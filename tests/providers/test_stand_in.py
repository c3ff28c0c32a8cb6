"""The blank clip that a gateway is shown in the place of a person's: its measures, and nothing else."""

from __future__ import annotations

import base64
import io

import av
import pytest

from providers.gateways.errors import Unsupported
from providers.gateways.values import Media
from providers.stand_in import blank_mp4, stand_in_for

CLIP = Media("0" * 64, "video/webm", 80_000_000, 1280, 720, 5.0, 24.0)


@pytest.mark.parametrize(
    ("width", "height", "fps", "seconds"),
    [(1280, 720, 24.0, 5.0), (853, 481, 29.97, 10.01), (1920, 1080, 59.94, 0.5), (640, 360, 25.0, 300.0)],
)
def test_it_has_the_measures_asked_for(width: int, height: int, fps: float, seconds: float) -> None:
    with av.open(io.BytesIO(blank_mp4(width, height, fps, seconds)), "r") as film:
        track = film.streams.video[0]
        assert (track.width, track.height, track.frames) == (width, height, round(seconds * fps))
        assert float(track.average_rate or 0) == pytest.approx(fps, abs=0.01)
        assert (film.duration or 0) / 1e6 == pytest.approx(seconds, abs=1 / fps)
        assert not film.streams.audio


def test_it_can_be_played_and_is_black() -> None:
    with av.open(io.BytesIO(blank_mp4(320, 180, 24.0, 2.0)), "r") as film:
        frames = list(film.decode(video=0))
    assert len(frames) == 48
    assert all(frame.to_image().convert("L").getextrema()[1] < 20 for frame in frames)


def test_five_minutes_of_4k_fit_into_a_request() -> None:
    assert len(blank_mp4(3840, 2160, 60.0, 300.0)) < 8_000_000


def test_it_stands_in_with_its_facts_kept() -> None:
    shown = stand_in_for(CLIP)
    head, _, data = shown.address.partition(",")
    assert head == "data:video/mp4;base64"
    assert base64.b64decode(data) == blank_mp4(1280, 720, 24.0, 5.0)
    assert shown.at("") == CLIP


@pytest.mark.parametrize(
    "facts",
    [
        {"width": None},
        {"duration_s": None},
        {"fps": None},
        {"fps": 0.0},
        {"duration_s": 1e9},
        {"width": 10**6},
    ],
)
def test_what_has_no_measures_has_no_stand_in(facts: dict[str, float | None]) -> None:
    with pytest.raises(Unsupported):
        stand_in_for(Media(**{**CLIP.__dict__, **facts}))
