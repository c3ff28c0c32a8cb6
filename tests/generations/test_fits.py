"""How an input stands with a model: fits, can be fixed or cannot, with the reason in numbers."""

from __future__ import annotations

from typing import Any

import pytest

from generations.media import SUFFIXES
from generations.models import Asset
from generations.services.faults import Asked, ratio_words
from generations.services.fits import Fit, fit_of
from providers.gateways.capabilities import Capabilities, from_plain
from providers.gateways.file_words import KEPT
from providers.gateways.values import Role
from tests.factories import CAPABILITIES, make_asset, make_project

pytestmark = pytest.mark.django_db
WIDE = Asked(aspect_ratio="16:9", reachable=True)
CLIPS = {"mimes": ["video/mp4", "video/quicktime"], "max_count": 3, "min_s": 2, "max_s": 15, "total_s": 15}


def caps(**changes: Any) -> Capabilities:
    """Frames, and references of three kinds; ``first_frame={…}`` lays limits over that role."""
    inputs: dict[str, Any] = {
        "first_frame": {},
        "last_frame": {},
        "reference_image": {"max_count": 9, "min_ratio": 0.4, "max_ratio": 2.5},
        "reference_video": {**CLIPS, "video_codecs": ["h264"], "min_fps": 23.9, "max_fps": 60.1},
        "reference_audio": {"mimes": ["audio/wav", "audio/mpeg"], "max_count": 3, "max_s": 10, "total_s": 15},
    }
    limits = {role: {**inputs[role], **changes.pop(role)} for role in list(inputs) if role in changes}
    modes = ["text_to_video", "image_to_video", "first_last_frame", "reference_to_video"]
    return from_plain({**CAPABILITIES, "modes": modes, "inputs": {**inputs, **limits}, **changes})


def picture(width: int = 1280, height: int = 720, **fields: Any) -> Asset:
    return make_asset(width=width, height=height, **{"mime": "image/jpeg", **fields})


def clip(seconds: float = 5.0, **fields: Any) -> Asset:
    made: dict[str, Any] = {"mime": "video/mp4", "fps": 24.0, "facts": {"video_codec": "h264"}, **fields}
    return make_asset(kind="clip", duration_s=seconds, **made)


def sound(seconds: float = 5.0, **fields: Any) -> Asset:
    made = {"mime": "audio/wav", "width": None, "height": None, **fields}
    return make_asset(kind="sound", duration_s=seconds, **made)


def judge(role: Role, asset: Asset, limits: Capabilities | None = None, asked: Asked = WIDE) -> Fit:
    return fit_of([(role, asset)], 0, limits or caps(), asked)


@pytest.mark.parametrize(
    ("size", "light"),
    [
        ((1920, 1080), "fits"),
        ((1930, 1080), "fits"),  # half a hundredth: nobody sees it
        ((1950, 1080), "fix"),
        ((864, 496), "fits"),  # what a model paints for 16:9
        ((4032, 3024), "fix"),
        ((2600, 1000), "fix"),
    ],
)
def test_a_frame_of_another_ratio_than_the_clip_can_be_fixed(size: tuple[int, int], light: str) -> None:
    assert judge(Role.FIRST_FRAME, picture(*size)).light == light


def test_the_reason_says_both_ratios_and_the_fix_is_a_crop_from_the_centre() -> None:
    fit = judge(Role.FIRST_FRAME, picture(4032, 3024))
    assert fit.why == "4032 × 3024 is 4:3; the clip will be 16:9"
    assert fit.edit is not None and fit.edit.plain() == {"op": "crop", "ratio": "16:9"}


def test_where_the_clip_follows_the_picture_any_ratio_fits() -> None:
    tall = picture(1080, 1920)
    follows = caps(ratio_from_input=["image_to_video"])
    adaptive = caps(aspect_ratios=["16:9", "adaptive"])
    assert judge(Role.FIRST_FRAME, tall, follows).light == "fits"
    assert judge(Role.FIRST_FRAME, tall, adaptive, Asked(aspect_ratio="adaptive")).light == "fits"
    assert judge(Role.FIRST_FRAME, tall, adaptive).light == "fix"


def test_a_last_frame_then_follows_the_first() -> None:
    uses = [(Role.FIRST_FRAME, picture(1536, 1024)), (Role.LAST_FRAME, picture(1280, 720))]
    fit = fit_of(uses, 1, caps(aspect_ratios=["adaptive"]), Asked(aspect_ratio="adaptive"))
    assert (fit.light, fit.why) == ("fix", "1280 × 720 is 16:9; the first frame is 3:2")
    assert fit.edit is not None and fit.edit.ratio == "1536:1024"


def test_references_are_cut_only_where_the_model_asks_for_it() -> None:
    assert judge(Role.REFERENCE_IMAGE, picture(1000, 1000)).light == "fits"
    fit = judge(Role.REFERENCE_IMAGE, picture(2600, 1000))
    assert (fit.light, fit.edit and fit.edit.ratio) == ("fix", "21:9")
    fit = judge(Role.REFERENCE_IMAGE, picture(300, 1000))
    assert (fit.light, fit.edit and fit.edit.ratio) == ("fix", "9:21")


def test_one_fix_mends_everything() -> None:
    limits = caps(first_frame={"max_bytes": 10_000_000, "max_side_px": 2000})
    big = picture(4032, 3024, size_bytes=22_000_000, mime="image/gif")
    fit = judge(Role.FIRST_FRAME, big, limits)
    assert fit.light == "fix" and "22.0 MB; 10.0 MB at most" in fit.why and "GIF is not taken" in fit.why
    wanted = {"op": "crop", "ratio": "16:9", "max_bytes": 10_000_000, "max_side_px": 2000}
    assert fit.edit is not None and fit.edit.plain() == wanted


def test_a_picture_that_a_fix_would_only_blur_cannot_be_fixed() -> None:
    limits = caps(first_frame={"min_side_px": 300})
    assert judge(Role.FIRST_FRAME, picture(320, 180), limits).edit.op == "enlarge"
    fit = judge(Role.FIRST_FRAME, picture(192, 108), limits)
    assert fit.light == "no" and "192 × 108 is too small" in fit.why


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"animated": True}, "only its first picture would be used"),
        ({"colours": "CMYK"}, "CMYK colours; RGB wanted"),
        ({"turned": True}, "Lies on its side"),
    ],
)
def test_what_stands_out_in_a_picture_can_be_fixed(facts: dict[str, Any], word: str) -> None:
    fit = judge(Role.FIRST_FRAME, picture(facts=facts))
    assert (fit.light, fit.edit and fit.edit.op) == ("fix", "convert") and word in fit.why


@pytest.mark.parametrize(
    ("fields", "word", "wish"),
    [
        (
            {"facts": {"video_codec": "hevc"}, "mime": "video/quicktime"},
            "HEVC; H.264 wanted",
            {"op": "convert"},
        ),
        ({"mime": "video/webm"}, "WEBM is not taken; use MP4, MOV", {"op": "convert"}),
        ({"fps": 12.0}, "12 frames a second", {"op": "convert", "fps": 24.0}),
        ({"facts": {"variable_fps": True}}, "frame rate varies", {"op": "convert"}),
        ({"seconds": 18.2}, "18.2 s; at most 15 s", {"op": "trim", "end_s": 15.0}),
    ],
)
def test_a_clip_is_judged_by_what_is_in_it(fields: dict[str, Any], word: str, wish: dict[str, Any]) -> None:
    fit = judge(Role.REFERENCE_VIDEO, clip(**fields))
    assert fit.light == "fix" and word in fit.why
    assert fit.edit is not None and fit.edit.plain() == wish


def test_a_clip_of_before_facts_were_kept_is_not_judged_by_its_codec() -> None:
    assert judge(Role.REFERENCE_VIDEO, clip(facts={})).light == "fits"


def test_a_clip_too_short_cannot_be_fixed() -> None:
    fit = judge(Role.REFERENCE_VIDEO, clip(1.2))
    assert (fit.light, fit.why) == ("no", "1.2 s; at least 2 s")


def test_seconds_count_together_with_the_files_before() -> None:
    uses = [(Role.REFERENCE_VIDEO, clip(11.0)), (Role.REFERENCE_VIDEO, clip(6.0))]
    assert fit_of(uses, 0, caps(), WIDE).light == "fits"
    second = fit_of(uses, 1, caps(), WIDE)
    assert (second.light, second.why) == ("fix", "6.0 s; 4.0 of 15 s are left")
    assert second.edit is not None and second.edit.end_s == 4.0
    third = fit_of([*uses[:1], (Role.REFERENCE_VIDEO, clip(3.5)), uses[1]], 2, caps(), WIDE)
    assert (third.light, third.why) == ("no", "6.0 s; 0.5 of 15 s are left")


def test_a_trim_never_ends_between_two_frames() -> None:
    uses = [(Role.REFERENCE_VIDEO, clip(10.71)), (Role.REFERENCE_VIDEO, clip(6.0))]
    edit = fit_of(uses, 1, caps(), WIDE).edit
    assert edit is not None and edit.end_s is not None
    assert edit.end_s <= 4.29 and abs(edit.end_s * 24 - round(edit.end_s * 24)) < 0.01


def test_sound_is_trimmed_and_converted() -> None:
    fit = judge(Role.REFERENCE_AUDIO, sound(14.2))
    assert fit.why == "14.2 s; at most 10 s"
    fit = judge(Role.REFERENCE_AUDIO, sound(5.0, mime="audio/mp4"))
    assert fit.edit is not None and fit.edit.plain() == {"op": "convert", "mime": "audio/wav"}


def test_out_of_a_clip_in_a_picture_slot_a_picture_is_taken() -> None:
    fit = judge(Role.FIRST_FRAME, clip(width=1440, height=1080))
    assert fit.edit is not None and fit.edit.plain() == {"op": "frame", "ratio": "16:9"}
    assert judge(Role.REFERENCE_VIDEO, picture()).light == "no"


def test_only_what_can_be_sent_here_is_named() -> None:
    odd = ["image/jpeg", "image/heic", "image/heif", "image/bmp", "image/tiff", "image/png"]
    fit = judge(Role.FIRST_FRAME, picture(mime="image/webp"), caps(first_frame={"mimes": odd}))
    assert fit.why == "WEBP is not taken; use JPEG, PNG"
    assert SUFFIXES.keys() == KEPT


def test_a_clip_in_a_sound_slot_says_what_to_do() -> None:
    fit = judge(Role.REFERENCE_AUDIO, clip())
    assert (fit.light, fit.why) == ("no", "MP4 is not taken; use WAV, MP3. Export its sound, and send that")
    assert "Export" not in judge(Role.REFERENCE_AUDIO, picture()).why


def test_a_clip_that_hardly_leaves_a_bit_a_pixel_is_not_promised() -> None:
    limits = caps(reference_video={"max_bytes": 300_000})
    fit = judge(Role.REFERENCE_VIDEO, clip(14.0, size_bytes=9_000_000), limits)
    assert fit.light == "no" and "9.0 MB; 0.3 MB at most" in fit.why


def test_a_fix_of_a_copy_begins_with_the_original() -> None:
    project = make_project()
    source = picture(4032, 3024, project=project)
    copy = picture(
        4032, 2268, project=project, derived_from=source, derivation={"op": "crop", "ratio": "16:9"}
    )
    fit = judge(Role.FIRST_FRAME, copy, asked=Asked(aspect_ratio="9:16", reachable=True))
    assert fit.source == source
    assert fit.edit is not None and fit.edit.plain() == {"op": "crop", "ratio": "9:16"}


def test_a_trimmed_clip_keeps_its_beginning_when_it_must_be_shorter() -> None:
    project = make_project()
    source = clip(30.0, project=project)
    derivation = {"op": "trim", "start_s": 8.0, "end_s": 23.0}
    copy = clip(15.0, project=project, derived_from=source, derivation=derivation)
    fit = judge(Role.REFERENCE_VIDEO, copy, caps(reference_video={"max_s": 10}))
    assert fit.edit is not None and (fit.edit.start_s, fit.edit.end_s) == (8.0, 18.0)


@pytest.mark.parametrize(
    ("size", "words"), [((4032, 3024), "4:3"), ((1000, 1000), "1:1"), ((2600, 1000), "2.60:1")]
)
def test_ratios_are_said_as_people_say_them(size: tuple[int, int], words: str) -> None:
    assert ratio_words(*size) == words
