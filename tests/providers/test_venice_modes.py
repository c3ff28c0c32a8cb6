"""Venice's page example by example, and every mode beyond text and frames."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from providers.gateways.capabilities import Capabilities, from_plain, laid_over, to_plain
from providers.gateways.check import check
from providers.gateways.client import GatewayClient
from providers.gateways.errors import FetchRefused, Refused, Unsupported
from providers.gateways.registry import get_gateway
from providers.gateways.values import Input, Job, Media, Mode, Role, VideoRequest

from .battery import KEY, Wire, answer
from .inputs import clip, item_for, sound
from .test_adapters_on_sandbox import model_of
from .test_venice import ID, SHARE, TICKS

# as the page writes them
PNG = "data:image/png;base64,iVBORw0K..."
MP4 = "data:video/mp4;base64,AAAAFGZ0eXA..."
MP3 = "data:audio/mpeg;base64,SUQzBAA..."
CLIP = "https://example.com/reference-clip.mp4"
PROMPT = "Commerce being conducted in the city of Venice, Italy."
NEGATIVE = "low resolution, error, worst quality, low quality, defects"
SEEDANCE = "seedance-2-0-reference-to-video-basic"
KLING = "kling-o3-pro-reference-to-video"
UPSCALE = "topaz-video-upscale"


def caps_of(wire_id: str) -> Capabilities:
    return model_of("venice", wire_id).capabilities


def at(item: Input, address: str) -> Input:
    return Input(item.role, item.media.at(address))


def png(role: Role) -> Input:
    return at(item_for(role), PNG)


def wish(wire_id: str, mode: Mode, *inputs: Input, **more: Any) -> VideoRequest:
    caps = caps_of(wire_id)
    fields: dict[str, Any] = {
        "prompt": PROMPT if caps.prompt_max_chars else "",
        "duration_s": caps.default_duration(),
        "resolution": caps.default_resolution(),
        "aspect_ratio": caps.default_ratio(mode),
        **more,
    }
    return VideoRequest(wire_id, mode, inputs=inputs, **fields)


def sent(request: VideoRequest, caps: Capabilities | None = None) -> Any:
    """What goes on the wire, as text that keeps the order of its fields."""
    wire = Wire(answer(200, {"model": request.model, "queue_id": ID}))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    client.submit(request, caps or caps_of(request.model))
    return json.loads(wire.sent[0].content)


def written(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


# -- the examples of the page, field by field and in its order ---------------------------------------


def test_the_examples_of_a_text_request() -> None:
    caps = replace(caps_of("seedance-2-0-text-to-video"), negative_prompt=True)
    request = wish(
        "seedance-2-0-text-to-video",
        Mode.TEXT_TO_VIDEO,
        duration_s=10.0,
        negative_prompt=NEGATIVE,
        generate_audio=True,
    )
    assert written(sent(request, caps)) == written(
        {
            "model": "seedance-2-0-text-to-video",
            "prompt": "Commerce being conducted in the city of Venice, Italy.",
            "duration": "10s",
            "negative_prompt": "low resolution, error, worst quality, low quality, defects",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "audio": True,
        }
    )


def test_the_examples_of_both_frames() -> None:
    request = wish(
        "seedance-2-0-image-to-video",
        Mode.FIRST_LAST_FRAME,
        png(Role.FIRST_FRAME),
        png(Role.LAST_FRAME),
        duration_s=10.0,
        generate_audio=True,
        consents={"seedance": TICKS},
    )
    assert written(sent(request)) == written(
        {
            "model": "seedance-2-0-image-to-video",
            "prompt": "Commerce being conducted in the city of Venice, Italy.",
            "duration": "10s",
            "consents": {"seedance": TICKS},
            "resolution": "720p",
            "audio": True,
            "image_url": "data:image/png;base64,iVBORw0K...",
            "end_image_url": "data:image/png;base64,iVBORw0K...",
        }
    )


def test_the_example_of_background_music() -> None:
    track = at(sound(), MP3)
    body = sent(wish("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO, track))
    assert body["audio_url"] == "data:audio/mpeg;base64,SUQzBAA..."


def test_the_examples_of_an_upscale() -> None:
    request = wish(UPSCALE, Mode.UPSCALE, at(clip(), MP4), upscale_factor=2)
    assert written(sent(request)) == written(
        {
            "model": "topaz-video-upscale",
            "upscale_factor": 2,
            "video_url": "data:video/mp4;base64,AAAAFGZ0eXA...",
        }
    )


def test_the_examples_of_references() -> None:
    request = wish(
        SEEDANCE,
        Mode.REFERENCE_TO_VIDEO,
        png(Role.REFERENCE_IMAGE),
        at(clip(Role.REFERENCE_VIDEO), CLIP),
        at(sound(Role.REFERENCE_AUDIO), MP3),
        generate_audio=True,
    )
    assert written(sent(request)) == written(
        {
            "model": SEEDANCE,
            "prompt": f"Refer to <Image 1>, <Video 1>, <Audio 1> to generate: {PROMPT}",
            "duration": "5s",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "audio": True,
            "reference_image_urls": ["data:image/png;base64,iVBORw0K..."],
            "reference_video_urls": ["https://example.com/reference-clip.mp4"],
            "reference_audio_urls": ["data:audio/mpeg;base64,SUQzBAA..."],
        }
    )


def test_the_examples_of_elements_and_scenes() -> None:
    request = wish(
        KLING,
        Mode.REFERENCE_TO_VIDEO,
        png(Role.ELEMENT),
        png(Role.ELEMENT_REFERENCE),
        png(Role.SCENE_IMAGE),
        prompt="@Element1 walks through @Image1",
        generate_audio=True,
    )
    assert written(sent(request)) == written(
        {
            "model": KLING,
            "prompt": "@Element1 walks through @Image1",
            "duration": "5s",
            "aspect_ratio": "16:9",
            "audio": True,
            "elements": [
                {
                    "frontal_image_url": "data:image/png;base64,iVBORw0K...",
                    "reference_image_urls": ["data:image/png;base64,iVBORw0K..."],
                }
            ],
            "scene_image_urls": ["data:image/png;base64,iVBORw0K..."],
        }
    )


def test_the_example_of_a_source_clip() -> None:
    body = sent(wish("wan-2-7-video-to-video", Mode.VIDEO_TO_VIDEO, at(clip(), MP4)))
    assert body == {
        "model": "wan-2-7-video-to-video",
        "prompt": PROMPT,
        "resolution": "720p",
        "video_url": "data:video/mp4;base64,AAAAFGZ0eXA...",
    }


def quoted(request: VideoRequest) -> Any:
    wire = Wire(answer(200, {"quote": 0.55}))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    assert client.quote(request, caps_of(request.model)) == Decimal("0.55")
    return wire.body


def test_the_example_of_a_quote() -> None:
    request = wish("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO, generate_audio=True)
    assert written(quoted(request)) == written(
        {
            "model": "wan-2.6-text-to-video",
            "duration": "5s",
            "resolution": "720p",
            "aspect_ratio": "16:9",
            "audio": True,
        }
    )


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


# -- what stays here -----------------------------------------------------------------------------------

P, V, A = Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO
E, W, S = Role.ELEMENT, Role.ELEMENT_REFERENCE, Role.SCENE_IMAGE
REFER = Mode.REFERENCE_TO_VIDEO
WAN3, H3 = "wan-3-0-reference-to-video", "minimax-h3-reference-to-video"
REFUSED: list[tuple[str, Mode, list[Input], Role | str, str]] = [
    # how many
    (SEEDANCE, REFER, [item_for(P)] * 10, P, "10 given; this model takes 9"),
    (SEEDANCE, REFER, [clip(V, duration_s=2.0)] * 4, V, "4 given; this model takes 3"),
    (SEEDANCE, REFER, [item_for(P), *[sound(A, duration_s=2.0)] * 4], A, "4 given; this model takes 3"),
    ("seedance-2-5-reference-to-video-basic", REFER, [item_for(P)] * 31, P, "takes 30"),
    (WAN3, REFER, [item_for(P)] * 11, P, "takes 10"),
    (WAN3, REFER, [clip(V, duration_s=1.0)] * 6, V, "takes 5"),
    (H3, REFER, [item_for(P)] * 10, P, "takes 9"),
    ("grok-imagine-reference-to-video-private", REFER, [item_for(P)] * 8, P, "takes 7"),
    ("pixverse-c1-reference-to-video", REFER, [item_for(P)] * 8, P, "takes 7"),
    ("kling-o3-4k-reference-to-video", REFER, [item_for(E), *[item_for(P)] * 8], P, "takes 7"),
    ("gemini-omni-flash-reference-to-video", REFER, [item_for(P)] * 4, P, "takes 3"),
    # bytes, seconds each and in sum
    (SEEDANCE, REFER, [clip(V, size_bytes=50_000_001)], V, "50.0 MB"),
    (SEEDANCE, REFER, [clip(V, duration_s=1.9)], V, "at least 2 s"),
    (SEEDANCE, REFER, [clip(V, duration_s=15.5)], V, "at most 15 s"),
    (SEEDANCE, REFER, [clip(V, duration_s=8.0)] * 2, V, "16.0 s in all"),
    (SEEDANCE, REFER, [item_for(P), sound(A, size_bytes=15_000_001)], A, "15.0 MB"),
    (SEEDANCE, REFER, [item_for(P), sound(A, duration_s=1.0)], A, "at least 2 s"),
    (SEEDANCE, REFER, [item_for(P), *[sound(A, duration_s=8.0)] * 2], A, "16.0 s in all"),
    ("seedance-2-5-reference-to-video-basic", REFER, [clip(V, duration_s=31.0)], V, "at most 30 s"),
    ("wan-2-7-text-to-video", Mode.TEXT_TO_VIDEO, [sound(duration_s=2.0)], Role.AUDIO_TRACK, "at least 3"),
    ("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO, [sound(duration_s=31.0)], Role.AUDIO_TRACK, "at most 30"),
    (UPSCALE, Mode.UPSCALE, [clip(duration_s=301.0)], Role.SOURCE_VIDEO, "at most 300 s"),
    # formats and pixels
    (SEEDANCE, REFER, [clip(V, mime="video/webm")], V, "WEBM is not taken"),
    (SEEDANCE, REFER, [item_for(P), sound(A, mime="audio/mp4")], A, "MP4 is not taken"),
    (UPSCALE, Mode.UPSCALE, [clip(mime="video/x-matroska")], Role.SOURCE_VIDEO, "is not taken"),
    (WAN3, REFER, [Input(P, replace(item_for(P).media, width=239, height=239))], P, "240 px or more"),
    (
        "happyhorse-1-1-reference-to-video",
        REFER,
        [Input(P, replace(item_for(P).media, width=399, height=399))],
        P,
        "400 px or more",
    ),
    (SEEDANCE, REFER, [Input(P, replace(item_for(P).media, width=2600, height=1000))], P, "0.4 and 2.5"),
    # never alone, at least one
    (SEEDANCE, REFER, [sound(A)], A, "needs a reference image or a reference video beside it"),
    ("minimax-h3-enhanced-reference-to-video", REFER, [sound(A)], P, "needs a reference image"),
    (KLING, REFER, [item_for(P)], Role.FIRST_FRAME, "needs a first frame or an element or a scene image"),
    # together
    (SEEDANCE, REFER, [item_for(P), *[sound(A, duration_s=2.0)] * 3, sound()], Role.AUDIO_TRACK, "4 "),
    (KLING, REFER, [*[item_for(E)] * 4, *[item_for(S)] * 4], S, "8 "),
    (KLING, REFER, [*[item_for(E)] * 4, item_for(Role.FIRST_FRAME)], Role.FIRST_FRAME, "5 "),
    (KLING, REFER, [*[item_for(E)] * 4, item_for(Role.LAST_FRAME)], Role.LAST_FRAME, "5 "),
    (KLING, REFER, [item_for(E), *[item_for(W)] * 4], W, "three more pictures and one clip"),
    (KLING, REFER, [item_for(E), *[clip(W)] * 2], W, "three more pictures and one clip"),
    (KLING, REFER, [item_for(W), item_for(E)], W, "follows the element"),
    ("kling-v3-4k-reference-to-video", REFER, [item_for(E)], Role.FIRST_FRAME, "needs a first frame"),
    # what a model or a workflow has no room for
    (H3, REFER, [item_for(P), item_for(Role.FIRST_FRAME)], Role.FIRST_FRAME, "takes no first frame"),
    (WAN3, REFER, [item_for(P), item_for(Role.LAST_FRAME)], Role.LAST_FRAME, "takes no last frame"),
    (KLING, REFER, [item_for(E), clip(V)], V, "takes no reference video"),
    ("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO, [item_for(Role.FIRST_FRAME)], Role.FIRST_FRAME, "no place"),
    ("kling-2.6-pro-text-to-video", Mode.TEXT_TO_VIDEO, [sound()], Role.AUDIO_TRACK, "takes no audio track"),
    (SEEDANCE, Mode.EDIT, [clip(duration_s=2.0)] * 2, Role.SOURCE_VIDEO, "takes 1 in edit"),
    (SEEDANCE, Mode.EXTEND, [clip(), item_for(P)], P, "takes none in extend"),
    (SEEDANCE, Mode.VIDEO_TO_VIDEO, [clip()], Role.SOURCE_VIDEO, "needs 2 source videos"),
    (SEEDANCE, Mode.VIDEO_TO_VIDEO, [clip(duration_s=2.0)] * 4, Role.SOURCE_VIDEO, "takes 3 in video"),
    (SEEDANCE, Mode.EDIT, [clip(), sound(A)], A, "takes none in edit"),
    (SEEDANCE, Mode.UPSCALE, [clip()], "mode", "does not do upscale"),
    ("wan-2-7-video-to-video", Mode.EDIT, [clip()], "mode", "does not do edit"),
]


@pytest.mark.parametrize(("wire_id", "mode", "inputs", "field", "told"), REFUSED)
def test_refused_by_name_before_anything_is_sent(
    wire_id: str, mode: Mode, inputs: list[Input], field: str, told: str
) -> None:
    problems = check(wish(wire_id, mode, *inputs), caps_of(wire_id), public_urls=True)
    assert [problem for problem in problems if problem.field == field and told in problem.message], problems
    with pytest.raises(Unsupported):
        sent(wish(wire_id, mode, *inputs))


def test_reference_and_clip_share_thirty_seconds() -> None:
    cases: list[tuple[Any, list[str]]] = [(20.0, []), (25.0, [V]), ("soon", ["duration_s"])]
    for seconds, fields in cases:
        request = wish(WAN3, REFER, clip(V, duration_s=10.0), duration_s=seconds)
        assert [problem.field for problem in check(request, caps_of(WAN3))] == fields


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"prompt": "sharper"}, "prompt"),
        ({"resolution": "2x"}, "resolution"),
        ({"duration_s": 4.0}, "duration_s"),
        ({"aspect_ratio": "16:9"}, "aspect_ratio"),
        ({"upscale_factor": 3}, "upscale_factor"),
        ({"generate_audio": True}, "generate_audio"),
    ],
)
def test_an_upscale_takes_a_factor_and_nothing_else(more: dict[str, Any], field: str) -> None:
    problems = check(wish(UPSCALE, Mode.UPSCALE, clip(), **more), caps_of(UPSCALE))
    assert [problem.field for problem in problems] == [field]


def test_a_clip_too_big_for_the_request_needs_an_address() -> None:
    heavy = clip(V, size_bytes=40_000_000)
    request = wish(SEEDANCE, REFER, heavy)
    assert [problem.field for problem in check(request, caps_of(SEEDANCE))] == [V]
    assert check(request, caps_of(SEEDANCE), public_urls=True) == []


# -- lengths, ends and errors ----------------------------------------------------------------------------


def test_the_length_of_a_source_goes_out_as_seconds_where_the_model_says_so() -> None:
    caps = replace(caps_of(UPSCALE), source_length=True)
    request = wish(UPSCALE, Mode.UPSCALE, clip(duration_s=12.5))
    assert sent(request, caps)["duration"] == "12.50"
    assert "duration" not in sent(request)
    unknown = wish(UPSCALE, Mode.UPSCALE, clip(duration_s=None))
    assert "duration" not in sent(unknown, caps)


def test_a_refused_length_says_what_an_administrator_can_do() -> None:
    report = {"issues": [{"path": ["duration"], "message": "Required", "code": "invalid_type"}]}
    wire = Wire(answer(400, report))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    with pytest.raises(Refused) as caught:
        client.submit(wish(UPSCALE, Mode.UPSCALE, clip()), caps_of(UPSCALE))
    assert caught.value.field == "duration" and "source_length" in caught.value.hint


def test_a_suggested_prompt_is_told() -> None:
    wire = Wire(answer(422, {"error": "Refused by policy", "suggested_prompt": "A calm sea"}))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    with pytest.raises(Refused) as caught:
        client.submit(wish("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO), caps_of("wan-2.6-text-to-video"))
    assert "A calm sea" in caught.value.hint


def test_an_answer_tells_of_the_models_end() -> None:
    headers = {
        "x-venice-model-deprecation-warning": "Use another model",
        "x-venice-model-deprecation-date": "2026-12-31",
    }
    wire = Wire(answer(200, {"model": "m", "queue_id": ID}, **headers))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    job = client.submit(wish("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO), caps_of("wan-2.6-text-to-video"))
    assert isinstance(job, Job)
    assert job.deprecation == {"warning": "Use another model", "date": "2026-12-31"}


def after_store(url: str) -> list[httpx.Request]:
    wire = Wire(answer(404))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    client.after_store(Job(ID, "m", handle={"download_url": url} if url else {}))
    return wire.sent


def test_a_private_file_is_deleted_at_its_address_without_the_key() -> None:
    (request,) = after_store(SHARE)
    assert (request.method, str(request.url)) == ("DELETE", SHARE)
    assert "authorization" not in request.headers and not request.content


@pytest.mark.parametrize("url", ["https://evil.example.com/v1/share/read/t", "http://10.0.0.1/x.mp4"])
def test_nothing_is_deleted_at_an_address_elsewhere(url: str) -> None:
    with pytest.raises(FetchRefused):
        after_store(url)


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
