"""What the page of a file says of its tracks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from generations import asset_facts
from generations.models import Asset
from tests.factories import make_asset

CLIP = {"video_codec": "hevc", "audio_codec": "aac", "sample_rate": 48000, "channels": 2}


def told(kind: str, fps: float | None = None, **facts: Any) -> list[tuple[str, str]]:
    return asset_facts.lines(Asset(kind=kind, fps=fps, facts=facts))


@pytest.mark.parametrize(
    ("fps", "facts", "said"),
    [
        (23.976, CLIP, ["HEVC, 23.976 frames a second", "AAC, stereo, 48 kHz"]),
        (30.0, {"video_codec": "h264"}, ["H.264, 30 frames a second", "none"]),
        (
            29.9,
            {**CLIP, "variable_fps": True, "channels": 6},
            ["HEVC, about 29.9 frames a second: its frame rate varies", "AAC, 6 channels, 48 kHz"],
        ),
        (None, {}, []),
    ],
)
def test_a_clip_says_codec_pace_and_sound(fps: float | None, facts: dict[str, Any], said: list[str]) -> None:
    assert [words for _label, words in told("clip", fps, **facts)] == said


def test_a_sound_says_codec_channels_and_rate() -> None:
    assert told("sound", audio_codec="mp3", channels=1, sample_rate=44100) == [
        ("Sound", "MP3, mono, 44.1 kHz")
    ]


def test_a_picture_says_what_stands_out() -> None:
    assert told("image", colours="CMYK", animated=True) == [("Picture", "CMYK colours, animated")]
    assert told("image", colours="RGB") == [] and told("document") == []


@pytest.mark.django_db
def test_the_page_shows_them(project: Any, bob: Any, signed_in: Any) -> None:
    clip = make_asset(project=project, kind="clip", mime="video/mp4", fps=24.0, facts=CLIP)
    page = signed_in(bob).get(reverse("asset", args=[clip.pk])).content.decode()
    assert re.search(r"<dt>Sound track</dt>\s*<dd>AAC, stereo, 48 kHz</dd>", page)
