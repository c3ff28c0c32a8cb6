"""Exact rates, timecodes, and what a probe keeps for the player."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from generations import clips
from generations.media import probe, rates
from generations.models import Output
from tests import media_files as make

TIMECODES = [
    (47, "24000/1001", "00:00:01:23"),
    (86_400, "24000/1001", "01:00:00:00"),
    (90_000, "25/1", "01:00:00:00"),
    (1_799, "30000/1001", "00:00:59;29"),
    (1_800, "30000/1001", "00:01:00;02"),
    (17_981, "30000/1001", "00:09:59;29"),
    (17_982, "30000/1001", "00:10:00;00"),
    (107_892, "30000/1001", "01:00:00;00"),
    (3_600, "60000/1001", "00:01:00;04"),
    (1_800, "30/1", "00:01:00:00"),
]


@pytest.mark.parametrize(("frame", "rate", "words"), TIMECODES)
def test_a_timecode_drops_numbers_where_the_rate_asks_for_it(frame: int, rate: str, words: str) -> None:
    assert rates.timecode(frame, Fraction(rate)) == words


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (23.976, "24000/1001"),
        (24.004, "24"),
        (29.97, "30000/1001"),
        (59.94, "60000/1001"),
        (16, "16"),
        (12.5, "25/2"),
    ],
)
def test_a_rounded_rate_is_the_one_that_was_meant(told: float, meant: str) -> None:
    assert rates.exact(told) == Fraction(meant) == rates.read("", told)


def test_a_probe_keeps_what_a_player_has_to_know(tmp_path: Path) -> None:
    film = Fraction(24000, 1001)
    late = probe(make.make_numbered(tmp_path / "a.mp4", film, bframes=2, shift=3, gop=48))
    assert (late.rate, late.frames, late.key_gap_s) == ("24000/1001", 48, pytest.approx(2.002, abs=0.01))
    assert late.start_s == pytest.approx(2 / film, abs=1e-3)
    assert probe(make.make_webm(tmp_path / "b.webm", 2.0)).rate == "12/1"
    uneven = probe(make.make_uneven(tmp_path / "c.mp4"))
    assert uneven.of_clip()["variable_fps"] and uneven.pixels == "yuv420p"


@pytest.mark.parametrize(
    ("row", "rate", "frames"),
    [
        ({"facts": {"rate": "24000/1001", "frames": 50, "hidden": 2}, "fps": 24.0}, "24000/1001", 48),
        ({"facts": {"frames": 48}, "fps": 23.976}, "24000/1001", 48),  # stored before the rate was kept
        ({"fps": 30.0, "duration_s": 2.02}, "30/1", 61),
        ({}, "24/1", 1),
    ],
)
def test_the_player_is_told_the_exact_rate_and_how_many_frames(
    row: dict[str, Any], rate: str, frames: int
) -> None:
    told = clips.pace(Output(**row), Output())
    assert (told["rate"], told["frames"]) == (rate, frames)
