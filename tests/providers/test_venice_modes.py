"""Venice beyond text and frames: quotes, workflows by a prompt's first words, elements, the model list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from providers.catalogue import load
from providers.gateways._venice_body import build_quote_body
from providers.gateways._venice_models import read_model
from providers.gateways.capabilities import from_plain, to_plain
from providers.gateways.check import check
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Unsupported
from providers.gateways.listing import laid_over
from providers.gateways.registry import get_gateway
from providers.gateways.tags import tags_of
from providers.gateways.values import AUTO_S, Input, Media, Mode, Role

from .battery import KEY, Wire, answer
from .inputs import clip, item_for, sound
from .venice_requests import CLIP, KLING, MP4, PNG, SEEDANCE, UPSCALE, at, caps_of, png, quoted, sent, wish

# -- quotes of what is more than a prompt --------------------------------------------------------------


def test_a_quote_tells_reference_seconds_and_pictures_but_sends_none() -> None:
    clips = [clip(Role.REFERENCE_VIDEO, duration_s=seconds) for seconds in (2.5, 4.0)]
    body = quoted(wish(SEEDANCE, Mode.REFERENCE_TO_VIDEO, png(Role.REFERENCE_IMAGE), *clips))
    assert (body["reference_video_total_duration"], body["reference_image_count"]) == (6.5, 1)
    assert not [name for name in body if name.endswith(("_url", "_urls")) or name == "prompt"]


@pytest.mark.parametrize(
    ("factor", "told"),
    [(None, (2, "2x")), (1, (1, None)), (2, (2, "2x")), (4, (4, "4x"))],
)
def test_an_upscale_is_quoted_by_factor_and_by_its_old_name(factor: int | None, told: Any) -> None:
    body = quoted(wish(UPSCALE, Mode.UPSCALE, at(clip(), MP4), upscale_factor=factor))
    assert (body["upscale_factor"], body.get("resolution")) == told
    assert body["video_url"] == MP4


# -- workflows by the prompt's first words -------------------------------------------------------------

WORKFLOWS = [
    (Mode.EDIT, 1, "changing its sky to dusk", "Strictly edit <Video 1>, changing its sky to dusk"),
    (Mode.EDIT, 1, "strictly edit <video 1>: no hat", "strictly edit <video 1>: no hat"),
    (Mode.EXTEND, 1, "the boat lands", "Extend <Video 1>, generate the boat lands"),
    (Mode.EXTEND, 1, "Extend the pier", "Extend <Video 1>, generate Extend the pier"),
    (Mode.EXTEND, 1, "Extend <Video 1> backward, rain", "Extend <Video 1> backward, rain"),
    (Mode.VIDEO_TO_VIDEO, 2, "a whip pan", "<Video 1> + a whip pan + followed by <Video 2>"),
    (
        Mode.VIDEO_TO_VIDEO,
        3,
        "a cut {prompt}",
        "<Video 1> + a cut {prompt} + followed by <Video 2> + followed by <Video 3>",
    ),
]


@pytest.mark.parametrize(("mode", "clips", "typed", "said"), WORKFLOWS)
def test_the_mode_puts_the_first_words(mode: Mode, clips: int, typed: str, said: str) -> None:
    items = [at(clip(), f"https://example.com/{number}.mp4") for number in range(clips)]
    body = sent(wish(SEEDANCE, mode, *items, prompt=typed))
    assert body["prompt"] == said
    assert body["reference_video_urls"] == [item.media.address for item in items]
    assert body["aspect_ratio"] == "adaptive" and "video_url" not in body


def test_a_clip_of_references_may_have_the_shape_of_a_clip() -> None:
    films, stills = at(clip(Role.REFERENCE_VIDEO), CLIP), png(Role.REFERENCE_IMAGE)
    request = replace(wish(SEEDANCE, Mode.REFERENCE_TO_VIDEO, films), aspect_ratio="adaptive")
    assert sent(request)["aspect_ratio"] == "adaptive"
    found = check(replace(request, inputs=(stills,)), caps_of(SEEDANCE))
    assert [(item.field, item.message) for item in found] == [
        ("aspect_ratio", "“adaptive” needs a reference clip: add one, or choose a ratio.")
    ]
    for other in ("seedance-2-0-reference-to-video", "seedance-2-5-us-reference-to-video-private"):
        assert "adaptive" not in caps_of(other).ratios(Mode.REFERENCE_TO_VIDEO)


def test_a_list_of_ratios_says_nothing_of_the_one_that_follows_a_clip() -> None:
    base = to_plain(caps_of(SEEDANCE))
    assert laid_over(base, {"aspect_ratios": base["aspect_ratios"][:-1]}) == base
    narrow = from_plain(laid_over(base, {"aspect_ratios": ["1:1"]}))
    assert narrow.ratios(Mode.REFERENCE_TO_VIDEO) == ("1:1", "adaptive")
    assert from_plain(laid_over(base, {"aspect_ratios": ["adaptive"]})).aspect_ratios[0].beside == ()


def test_the_old_ids_are_told_a_ratio_for_an_edit() -> None:
    request = wish("seedance-2-0-reference-to-video", Mode.EDIT, at(clip(), CLIP))
    assert sent(request)["aspect_ratio"] == "16:9"


def test_an_edit_may_show_pictures_and_numbers_them() -> None:
    body = sent(wish(SEEDANCE, Mode.EDIT, at(clip(), CLIP), png(Role.REFERENCE_IMAGE)))
    assert body["reference_image_urls"] == [PNG]


@pytest.mark.parametrize(
    ("mode", "item", "task"),
    [
        (Mode.EDIT, at(clip(), CLIP), "edit"),
        (Mode.EXTEND, at(clip(), CLIP), "extend"),
        (Mode.REFERENCE_TO_VIDEO, png(Role.REFERENCE_IMAGE), "reference"),
    ],
)
def test_seedance_2_5_hears_the_workflow_twice(mode: Mode, item: Input, task: str) -> None:
    request = wish("seedance-2-5-reference-to-video-basic", mode, item)
    assert sent(request)["omni_reference_task_type"] == task
    chosen = replace(request, extra={"omni_reference_task_type": "auto"})
    assert sent(chosen)["omni_reference_task_type"] == "auto"
    assert "omni_reference_task_type" not in sent(wish(SEEDANCE, mode, item))


def test_the_first_words_count_against_the_limit() -> None:
    most = caps_of(SEEDANCE).prompt_max_chars
    fits = most - len("Extend <Video 1>, generate ")
    for length, told in ((fits, []), (fits + 1, ["prompt"])):
        request = wish(SEEDANCE, Mode.EXTEND, clip(), prompt="x" * length)
        assert [problem.field for problem in check(request, caps_of(SEEDANCE))] == told


# -- elements ------------------------------------------------------------------------------------------


def test_views_belong_to_the_element_before_them() -> None:
    def picture(role: Role, name: str) -> Input:
        return at(item_for(role), f"https://example.com/{name}.png")

    body = sent(
        wish(
            KLING,
            Mode.REFERENCE_TO_VIDEO,
            picture(Role.ELEMENT, "cat"),
            picture(Role.ELEMENT_REFERENCE, "cat-left"),
            at(clip(Role.ELEMENT_REFERENCE), CLIP),
            picture(Role.ELEMENT, "dog"),
            picture(Role.FIRST_FRAME, "first"),
            picture(Role.LAST_FRAME, "last"),
            picture(Role.REFERENCE_IMAGE, "style"),
        )
    )
    assert body["elements"] == [
        {
            "frontal_image_url": "https://example.com/cat.png",
            "reference_image_urls": ["https://example.com/cat-left.png"],
            "video_url": CLIP,
        },
        {"frontal_image_url": "https://example.com/dog.png"},
    ]
    assert body["image_url"].endswith("first.png") and body["end_image_url"].endswith("last.png")
    assert body["reference_image_urls"] == ["https://example.com/style.png"]


# -- a voice for a reference ---------------------------------------------------------------------------

WAN27, STAGE = "wan-2-7-reference-to-video", Role.REFERENCE_BACKGROUND


def test_references_speak_with_the_voice_behind_them() -> None:
    cat, dog = (at(item_for(Role.REFERENCE_IMAGE), f"https://example.com/{n}.png") for n in ("cat", "dog"))
    purr, bark = (at(sound(Role.REFERENCE_VOICE), f"https://example.com/{n}.mp3") for n in ("purr", "bark"))
    walk = at(clip(Role.REFERENCE_VIDEO), CLIP)

    def body(*inputs: Input) -> dict[str, Any]:
        told = sent(wish(WAN27, Mode.REFERENCE_TO_VIDEO, *inputs))
        return {name: value for name, value in told.items() if "reference" in name}

    speaking = {"image_url": cat.media.address, "audio_url": purr.media.address}
    silent = {"image_url": dog.media.address}
    assert body(cat, purr, dog) == {"image_references": [speaking, silent]}
    assert body(cat, dog) == {"reference_image_urls": [cat.media.address, dog.media.address]}
    clips = [{"video_url": CLIP, "audio_url": bark.media.address}]
    flat = {"reference_image_urls": [dog.media.address]}
    assert body(dog, walk, bark) == {**flat, "video_references": clips}
    assert body(walk) == {"video_references": [{"video_url": CLIP}]}


def test_backgrounds_are_told_apart_and_named_with_the_other_pictures() -> None:
    cat, pond, dog = (
        at(item_for(role), f"https://example.com/{name}.png")
        for role, name in ((Role.REFERENCE_IMAGE, "cat"), (STAGE, "pond"), (Role.REFERENCE_IMAGE, "dog"))
    )
    for model in ("pixverse-c1-reference-to-video", "happyhorse-1-1-reference-to-video"):
        caps, request = caps_of(model), wish(model, Mode.REFERENCE_TO_VIDEO, cat, pond, dog)
        told = [
            {"image_url": item.media.address, "type": "background" if item is pond else "subject"}
            for item in (cat, pond, dog)
        ]
        body = sent(request)
        assert (body["image_references"], "reference_image_urls" in body) == (told, False)
        assert build_quote_body(request, caps)["reference_image_count"] == 3
        tags = tags_of([item.role for item in request.inputs], caps.prompt_tags)
        assert tags == ["@Image1", "@Image2", "@Image3"]
        flat = [item.media.address for item in (cat, dog)]
        assert sent(replace(request, inputs=(cat, dog)))["reference_image_urls"] == flat
        assert check(replace(request, inputs=(pond,)), caps) == []
        most = caps.inputs[STAGE].max_count
        (problem,) = check(replace(request, inputs=(*[cat] * most, pond)), caps)
        assert problem.message == f"{most + 1} references and backgrounds in all; this model takes {most}."
    (problem,) = check(wish(WAN27, Mode.REFERENCE_TO_VIDEO, cat, pond), caps_of(WAN27))
    assert problem.message == "This model takes no background."


def test_a_list_without_voices_closes_them() -> None:
    base = to_plain(caps_of(WAN27))
    limits = {"model_type": "image-to-video", "per_reference_audio": False}
    found = read_model({"id": WAN27, "model_spec": {"constraints": limits}})
    request = wish(WAN27, Mode.REFERENCE_TO_VIDEO, png(Role.REFERENCE_IMAGE), item_for(Role.REFERENCE_VOICE))
    assert check(request, caps_of(WAN27)) == []
    closed = from_plain(laid_over(base, found.capabilities))
    walk = replace(request, inputs=(at(clip(Role.REFERENCE_VIDEO), CLIP),))
    body = sent(walk, closed)
    assert body["reference_video_urls"] == [CLIP] and "video_references" not in body
    told = check(request, closed)
    assert [(problem.field, "takes none" in problem.message) for problem in told] == [
        (Role.REFERENCE_VOICE, True)
    ]


def test_a_document_goes_out_beside_the_references() -> None:
    script = at(item_for(Role.REFERENCE_DOCUMENT), "https://example.com/script.pdf")
    wan3 = "wan-3-0-reference-to-video"
    body = sent(wish(wan3, Mode.REFERENCE_TO_VIDEO, png(Role.REFERENCE_IMAGE), script, generate_audio=False))
    assert body["reference_document_urls"] == ["https://example.com/script.pdf"]
    assert body["reference_image_urls"] == [PNG]


# -- the model list ----------------------------------------------------------------------------------------


def test_the_list_lays_itself_over_an_upscale_without_making_its_factors_resolutions() -> None:
    limits = {"model_type": "video", "resolutions": ["2x", "4x"], "durations": ["Auto"], "aspect_ratios": []}
    item = {"id": UPSCALE, "model_spec": {"constraints": {**limits, "audio": False}}}
    client = GatewayClient(
        get_gateway("venice"),
        "https://api.venice.ai/api/v1",
        KEY,
        transport=Wire(answer(200, {"data": [item]})),
    )
    (found,) = client.discover()
    merged = from_plain(laid_over(to_plain(caps_of(UPSCALE)), found.capabilities))
    assert check(wish(UPSCALE, Mode.UPSCALE, clip(), upscale_factor=4), merged) == []
    assert merged == caps_of(UPSCALE)


def test_an_unknown_media_is_not_sent_without_an_address() -> None:
    bare = Input(Role.SOURCE_VIDEO, Media("1" * 64, "video/mp4", 10, duration_s=3.0))
    with pytest.raises(Unsupported):
        sent(wish("wan-2-7-video-to-video", Mode.VIDEO_TO_VIDEO, bare))


# -- a camera around a picture ---------------------------------------------------------------------------

ANGLES = "minimax-h3-max-multi-angle"
PATH = "0 0 0 1; 0.5, 90, 20, 1.5;1 -180 -90 2"


def test_a_cameras_path_goes_out_as_points() -> None:
    request = wish(ANGLES, Mode.IMAGE_TO_VIDEO, item_for(Role.FIRST_FRAME), prompt="")
    body = sent(request)
    assert "prompt" not in body and "camera_trajectory" not in body
    assert (body["duration"], body["resolution"]) == ("5s", "480P")
    along = sent(replace(request, extra={"camera_trajectory": PATH}))
    assert along["camera_trajectory"] == [
        {"time": 0, "azimuth": 0, "elevation": 0, "distance": 1},
        {"time": 0.5, "azimuth": 90, "elevation": 20, "distance": 1.5},
        {"time": 1, "azimuth": -180, "elevation": -90, "distance": 2},
    ]
    assert sent(replace(request, prompt="A slow turn"))["prompt"] == "A slow turn"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("0 0 0 1", "1 points"),
        ("; ".join(f"{at / 13} 0 0 1" for at in range(13)), "13 points"),
        ("0 0 0 1; 1 0 0", "four numbers"),
        ("0 0 0 1; 1 0 north 1", "four numbers"),
        ("0 0 0 1; 1 0 nan 1", "four numbers"),
        ("0 0 0 1; 1.1 0 0 1", "between 0 and 1"),
        ("0.5 0 0 1; 0.5 0 0 1", "later than"),
        ("0 0 91 1; 1 0 0 1", "elevation"),
        ("0 0 0 1; 1 0 0 0", "distance"),
    ],
)
def test_a_path_that_is_none_stays_here(path: str, told: str) -> None:
    request = wish(ANGLES, Mode.IMAGE_TO_VIDEO, item_for(Role.FIRST_FRAME))
    with pytest.raises(Unsupported, match=told) as caught:
        sent(replace(request, extra={"camera_trajectory": path}))
    assert caught.value.field == "extra.camera_trajectory"


# -- as long as the clip ---------------------------------------------------------------------------------

LONG = "seedance-2-5-reference-to-video-basic"


@pytest.mark.parametrize(
    ("mode", "role"), [(Mode.REFERENCE_TO_VIDEO, Role.REFERENCE_VIDEO), (Mode.EDIT, Role.SOURCE_VIDEO)]
)
def test_a_length_that_follows_the_clip_goes_out_as_a_word(mode: Mode, role: Role) -> None:
    request = wish(LONG, mode, at(clip(role, duration_s=7.2), CLIP), duration_s=AUTO_S)
    assert sent(request)["duration"] == "auto"
    quote = quoted(request)
    assert (quote["duration"], quote["reference_video_total_duration"]) == ("auto", 7.2)


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ([item_for(Role.REFERENCE_IMAGE)], "is the length of a clip: add one"),
        ([clip(Role.REFERENCE_VIDEO, duration_s=3.9)], "needs 4 to 30 s of clips; there are 3.9 s"),
        ([clip(Role.REFERENCE_VIDEO, duration_s=16.0)] * 2, "there are 32.0 s"),
    ],
)
def test_a_length_that_can_follow_no_clip_is_refused(inputs: list[Input], told: str) -> None:
    request = wish(LONG, Mode.REFERENCE_TO_VIDEO, *inputs, duration_s=AUTO_S)
    problems = check(request, caps_of(LONG), public_urls=True)
    assert [problem for problem in problems if problem.field == "duration_s" and told in problem.message]
    with pytest.raises(Unsupported):
        sent(request)


def test_no_other_model_of_venice_chooses_its_length() -> None:
    auto = [model.wire_id for model in load("venice") if AUTO_S in model.capabilities.durations_s]
    assert auto == [LONG]


def test_the_list_of_lengths_does_not_end_the_one_that_follows_a_clip() -> None:
    listed = laid_over(to_plain(caps_of(LONG)), {"durations_s": [4.0, 5.0]})
    assert listed["durations_s"] == [4.0, 5.0, AUTO_S]
    assert laid_over(to_plain(caps_of(SEEDANCE)), {"durations_s": [4.0]})["durations_s"] == [4.0]
