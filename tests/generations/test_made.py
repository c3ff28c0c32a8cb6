"""Asked and made: what a person would notice is told, a maker's rounding is not."""

from __future__ import annotations

from typing import Any

import pytest

from generations.services.transitions import record
from generations.telling import made
from tests.factories import make_output, make_take_row

pytestmark = pytest.mark.django_db
ASKED = {
    "prompt": "x",
    "duration_s": 5.0,
    "resolution": "720p",
    "aspect_ratio": "16:9",
    "generate_audio": True,
}


def clip_of(request: dict[str, Any], **facts: Any) -> list[str]:
    values = {"width": 1280, "height": 720, "duration_s": 5.0, "facts": {"has_audio": True}, **facts}
    take = make_take_row(status="completed", request=request)
    make_output(take, **values)
    return made.differences(take)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"width": 1280, "height": 704},
        {"width": 1248, "height": 704},
        {"duration_s": 5.04},
        {"width": None, "height": None, "duration_s": None, "facts": {}},
    ],
)
def test_rounding_is_not_told(facts: dict[str, Any]) -> None:
    assert clip_of(ASKED, **facts) == []


@pytest.mark.parametrize(
    ("request_", "facts", "sentence"),
    [
        ({}, {"width": 854, "height": 480}, "Asked for 720p 16:9; the clip has 854 × 480."),
        ({}, {"width": 720, "height": 1280}, "Asked for 16:9; the clip has 720 × 1280."),
        ({"resolution": "4k"}, {}, "Asked for 4k 16:9; the clip has 1280 × 720."),
        ({"duration_s": 10.0}, {}, "Asked for 10 s; the clip has 5.0 s."),
        ({}, {"facts": {"has_audio": False}}, "Asked for sound; the clip has none."),
        ({"generate_audio": False}, {}, "Asked for a silent clip; it has sound."),
    ],
)
def test_what_a_person_would_notice_is_told(
    request_: dict[str, Any], facts: dict[str, Any], sentence: str
) -> None:
    assert clip_of({**ASKED, **request_}, **facts) == [sentence]


def test_what_nobody_asked_for_is_not_compared() -> None:
    odd = {"width": 500, "height": 500, "duration_s": 9.0, "facts": {"has_audio": True}}
    assert clip_of({"prompt": "x"}, **odd) == []
    assert clip_of({"prompt": "x", "resolution": "best", "aspect_ratio": "adaptive"}, **odd) == []


def accepted(take: Any, **makes: Any) -> None:
    record(take.pk, take.project_id, "accepted", to_status="running", detail={"makes": makes})


def test_before_the_file_the_answer_to_the_submit_is_compared() -> None:
    take = make_take_row(status="running", request=ASKED)
    label = take.account.adapter.label
    assert made.differences(take) == []
    accepted(take, resolution="480p", duration_s=8.0, generate_audio=False)
    assert made.differences(take) == [
        f"Asked for 720p; {label} makes 480p.",
        f"Asked for 5 s; {label} makes 8 s.",
        "Asked for sound; the clip has none.",
    ]
    accepted(take, resolution="1280x720", duration_s=5.0, generate_audio=True)
    assert made.differences(take) == []


def test_a_new_attempt_forgets_what_the_last_one_was_told() -> None:
    take = make_take_row(status="submitting", request=ASKED)
    accepted(take, resolution="480p")
    record(take.pk, take.project_id, "sending", to_status="submitting", detail={"attempt": 2})
    assert made.differences(take) == []


@pytest.mark.parametrize("word", ["72²p", "9" * 5000, "²x³", "16:²", "0:0", "٣:٤"])
def test_odd_digits_break_no_page(word: str) -> None:
    assert clip_of({**ASKED, "resolution": word, "aspect_ratio": word}) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"video_codec": "h264"}, "H.264"),
        ({"video_codec": "vp9"}, "VP9"),
        ({"video_codec": "hevc"}, "HEVC; not every browser plays it"),
        ({"video_codec": "prores"}, "PRORES; not every browser plays it"),
        ({}, ""),
    ],
)
def test_how_a_clip_is_stored(facts: dict[str, Any], words: str) -> None:
    assert made.stored_as(make_output(make_take_row(status="completed"), facts=facts)) == words


def test_no_clip_is_stored_in_no_way() -> None:
    assert made.stored_as(None) == ""
