"""A request held against capabilities: every refusal names its field."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.gateways.capabilities import Audio, Capabilities, Choice, ExtraField, RoleLimits, Travel
from providers.gateways.check import check, inline_room
from providers.gateways.values import Mode, Role, VideoRequest, mode_of

from .battery import picture

CAPS = Capabilities(
    modes=(Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME),
    durations_s=(4.0, 5.0),
    resolutions=(Choice("720p", "720P"), Choice("2k", "2K")),
    aspect_ratios=(Choice("16:9", "16:9"), Choice("adaptive", "auto")),
    ratio_from_input=(Mode.IMAGE_TO_VIDEO,),
    audio=Audio.OPTIONAL,
    seed=True,
    prompt_max_chars=20,
    inputs={
        Role.FIRST_FRAME: RoleLimits(
            max_bytes=5000, min_side_px=300, max_side_px=4000, min_ratio=0.4, max_ratio=2.5
        ),
        Role.LAST_FRAME: RoleLimits(),
    },
    extra={"mood": ExtraField("choice", choices=("calm", "wild")), "force": ExtraField("integer", maximum=9)},
)
GOOD = VideoRequest("m", Mode.TEXT_TO_VIDEO, "A cat", None, 5.0, "720p", "16:9")
FRAMED = replace(GOOD, mode=Mode.IMAGE_TO_VIDEO, aspect_ratio=None, inputs=(picture(),))


def fields(request: VideoRequest, caps: Capabilities = CAPS, **how: Any) -> list[str]:
    return [problem.field for problem in check(request, caps, **how)]


def test_good_requests_pass() -> None:
    both = (picture(), picture(Role.LAST_FRAME))
    assert fields(GOOD) == fields(FRAMED) == []
    assert fields(replace(GOOD, mode=Mode.FIRST_LAST_FRAME, inputs=both)) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prompt": " \n"}, "prompt"),
        ({"prompt": "x" * 21}, "prompt"),
        ({"negative_prompt": "rain"}, "negative_prompt"),
        ({"duration_s": None}, "duration_s"),
        ({"duration_s": 4.5}, "duration_s"),
        ({"resolution": "720P"}, "resolution"),
        ({"aspect_ratio": None}, "aspect_ratio"),
        ({"upscale_factor": 2}, "upscale_factor"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"watermark": True}, "watermark"),
        ({"return_last_frame": True}, "return_last_frame"),
        ({"extra": {"mood": "sad"}}, "extra.mood"),
        ({"extra": {"force": 10}}, "extra.force"),
        ({"extra": {"force": True}}, "extra.force"),
        ({"extra": {"url": "x"}}, "extra.url"),
        ({"mode": Mode.UPSCALE}, "mode"),
        ({"mode": Mode.IMAGE_TO_VIDEO, "aspect_ratio": None}, "first_frame"),
        ({"inputs": (picture(),)}, "first_frame"),
        ({"inputs": (picture(Role.LAST_FRAME),)}, "last_frame"),
        ({"inputs": (picture(Role.ELEMENT),)}, "element"),
    ],
)
def test_a_refusal_names_its_field(change: dict[str, Any], field: str) -> None:
    assert field in fields(replace(GOOD, **change))


@pytest.mark.parametrize(
    "media",
    [
        {"mime": "image/gif"},
        {"size_bytes": 5001},
        {"width": 299, "height": 600},
        {"width": 4001, "height": 4001},
        {"width": 1000, "height": 399},
        {"width": 399, "height": 1000},
    ],
)
def test_a_picture_outside_the_limits_is_refused(media: dict[str, Any]) -> None:
    assert fields(replace(FRAMED, inputs=(picture(**media),))) == ["first_frame"]


def test_two_first_frames_are_one_too_many() -> None:
    assert fields(replace(FRAMED, inputs=(picture(), picture()))) == ["first_frame"]


def test_a_ratio_is_refused_where_the_picture_decides() -> None:
    assert fields(replace(FRAMED, aspect_ratio="16:9")) == ["aspect_ratio"]


def test_sound_that_cannot_be_switched() -> None:
    fixed, silent = replace(CAPS, audio=Audio.FIXED), replace(CAPS, audio=Audio.NONE)
    loud, quiet = replace(GOOD, generate_audio=True), replace(GOOD, generate_audio=False)
    assert fields(loud, fixed) == fields(quiet, silent) == []
    assert fields(quiet, fixed) == fields(loud, silent) == ["generate_audio"]


def test_a_watermark_that_is_not_wanted_needs_no_switch() -> None:
    assert fields(replace(GOOD, watermark=False)) == []


def test_files_must_fit_into_the_request_unless_they_can_be_linked() -> None:
    small = replace(CAPS, max_body_bytes=3000)
    assert fields(FRAMED, small) == ["first_frame"]
    assert fields(FRAMED, small, public_urls=True) == []
    assert fields(FRAMED, replace(small, travel=(Travel.DATA_URL,)), public_urls=True) == ["first_frame"]
    assert fields(FRAMED, replace(small, travel=(Travel.MULTIPART,))) == []


@given(size=st.integers(1, 200_000), room=st.integers(3000, 200_000))
def test_what_passes_inline_really_fits(size: int, room: int) -> None:
    caps = replace(CAPS, max_body_bytes=room, inputs={Role.FIRST_FRAME: RoleLimits()})
    request = replace(FRAMED, inputs=(picture(size_bytes=size),))
    fits = request.inputs[0].media.inline_bytes <= inline_room(request, caps)
    assert (fields(request, caps) == []) == fits


@given(roles=st.lists(st.sampled_from(list(Role)), max_size=4), upscale=st.booleans())
def test_the_mode_that_follows_from_inputs_always_has_a_rule(roles: list[Role], upscale: bool) -> None:
    mode = Mode.UPSCALE if upscale else mode_of(roles)
    request = replace(GOOD, mode=mode, inputs=tuple(picture(role) for role in roles))
    for problem in check(request, CAPS):
        assert problem.field and problem.message


@given(seconds=st.floats(allow_nan=True), seed=st.integers())
def test_any_number_gets_an_answer(seconds: float, seed: int) -> None:
    problems = fields(replace(GOOD, duration_s=seconds, seed=seed))
    assert ("duration_s" in problems) == (seconds not in CAPS.durations_s)
    assert ("seed" in problems) == (not 0 <= seed <= CAPS.seed_max)


def test_a_mode_or_an_option_may_ask_for_an_address() -> None:
    form = replace(CAPS, travel=(Travel.MULTIPART, Travel.PUBLIC_URL), extra={"is": ExtraField("string")})
    away = replace(form, public_when=("image_to_video",))
    assert fields(FRAMED, form) == []
    assert fields(FRAMED, away) == ["first_frame"]
    assert fields(FRAMED, away, public_urls=True) == []
    asked = replace(FRAMED, extra={"is": "frame"})
    assert fields(asked, replace(form, public_when=("is=frame",))) == ["first_frame"]
    assert fields(asked, replace(form, public_when=("is=other",))) == []
