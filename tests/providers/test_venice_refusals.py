"""What never reaches Venice, and what its answers say of lengths, of a model's end and of our copy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from providers.gateways.check import check
from providers.gateways.client import GatewayClient
from providers.gateways.errors import FetchRefused, Refused, Unsupported
from providers.gateways.registry import get_gateway
from providers.gateways.values import Input, Job, Mode, Role
from providers.gateways.wire import advised_text

from .battery import KEY, Wire, answer
from .inputs import clip, item_for, sound
from .venice_requests import ID, KLING, SEEDANCE, SHARE, UPSCALE, caps_of, sent, wish

# -- what stays here -----------------------------------------------------------------------------------

P, V, A = Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO
E, W, S = Role.ELEMENT, Role.ELEMENT_REFERENCE, Role.SCENE_IMAGE
PAPER = Role.REFERENCE_DOCUMENT
VOICE, WAN27 = Role.REFERENCE_VOICE, "wan-2-7-reference-to-video"
TRACK, FIRST, SOURCE = Role.AUDIO_TRACK, Role.FIRST_FRAME, Role.SOURCE_VIDEO
IMAGE = Mode.IMAGE_TO_VIDEO
REFER = Mode.REFERENCE_TO_VIDEO
SEEDANCE25 = "seedance-2-5-reference-to-video-basic"
WAN3, H3 = "wan-3-0-reference-to-video", "minimax-h3-reference-to-video"
HORSE = "happyhorse-{}-{}-to-video"


def sized(role: Role, width: int, height: int) -> Input:
    return Input(role, replace(item_for(role).media, width=width, height=height))


def paper(**facts: Any) -> Input:
    return Input(PAPER, replace(item_for(PAPER).media, **facts))


REFUSED: list[tuple[str, Mode, list[Input], Role | str, str]] = [
    # how many
    (SEEDANCE, REFER, [item_for(P)] * 10, P, "10 given; this model takes 9"),
    (SEEDANCE, REFER, [clip(V, duration_s=2.0)] * 4, V, "4 given; this model takes 3"),
    (SEEDANCE, REFER, [item_for(P), *[sound(A, duration_s=2.0)] * 4], A, "4 given; this model takes 3"),
    (SEEDANCE25, REFER, [item_for(P)] * 31, P, "takes 30"),
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
    (SEEDANCE25, REFER, [clip(V, duration_s=31.0)], V, "at most 30 s"),
    # a driving sound beside references is one of their sounds
    (SEEDANCE, REFER, [item_for(P), sound(duration_s=1.9)], TRACK, "at least 2 s"),
    (SEEDANCE, REFER, [item_for(P), sound(duration_s=15.5)], TRACK, "at most 15 s"),
    (SEEDANCE25, REFER, [item_for(P), sound(duration_s=30.5)], TRACK, "at most 30 s"),
    (H3, REFER, [item_for(P), sound(duration_s=15.5)], TRACK, "at most 15 s"),
    (SEEDANCE, REFER, [item_for(P), sound(A, duration_s=8.0), sound(duration_s=8.0)], TRACK, "16.0 s of"),
    (SEEDANCE25, REFER, [item_for(P), sound(A, duration_s=16.0), sound(duration_s=16.0)], TRACK, "32.0 s of"),
    (H3, REFER, [item_for(P), sound(A, duration_s=8.0), sound(duration_s=8.0)], TRACK, "16.0 s of"),
    ("wan-2-7-text-to-video", Mode.TEXT_TO_VIDEO, [sound(duration_s=2.0)], TRACK, "at least 3"),
    ("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO, [sound(duration_s=31.0)], TRACK, "at most 30"),
    (UPSCALE, Mode.UPSCALE, [clip(duration_s=301.0)], Role.SOURCE_VIDEO, "at most 300 s"),
    # formats and pixels
    (SEEDANCE, REFER, [clip(V, mime="video/webm")], V, "WEBM is not taken"),
    (SEEDANCE, REFER, [item_for(P), sound(A, mime="audio/mp4")], A, "M4A is not taken"),
    (UPSCALE, Mode.UPSCALE, [clip(mime="video/x-matroska")], Role.SOURCE_VIDEO, "is not taken"),
    (WAN3, REFER, [sized(P, 239, 239)], P, "240 px or more"),
    (
        "happyhorse-1-1-reference-to-video",
        REFER,
        [sized(P, 399, 399)],
        P,
        "400 px or more",
    ),
    (HORSE.format("1-1", "reference"), REFER, [item_for(P), item_for(A), item_for(A)], A, "2 "),
    (HORSE.format("1-1", "reference"), REFER, [item_for(P), sound(A, duration_s=15.5)], A, "at most 15 s"),
    (HORSE.format("1-1", "reference"), REFER, [item_for(A)], P, "needs a reference"),
    (HORSE.format("1-0", "reference"), REFER, [item_for(P), item_for(A)], A, "takes no reference sound"),
    (HORSE.format("1-0", "image"), IMAGE, [sized(FIRST, 299, 400)], FIRST, "300 px or more"),
    (HORSE.format("1-1", "image"), IMAGE, [sized(FIRST, 400, 299)], FIRST, "300 px or more"),
    (HORSE.format("1-0", "video"), Mode.VIDEO_TO_VIDEO, [clip(width=299, height=400)], SOURCE, "300 px"),
    (SEEDANCE, REFER, [sized(P, 2600, 1000)], P, "strictly between 0.4 and 2.5"),
    # the bounds themselves
    (SEEDANCE, REFER, [sized(P, 2500, 1000)], P, "strictly between"),
    (SEEDANCE, REFER, [sized(P, 400, 1000)], P, "strictly between"),
    (SEEDANCE25, REFER, [sized(P, 400, 1000)], P, "strictly between"),
    ("seedance-2-0-image-to-video-basic", IMAGE, [sized(FIRST, 1000, 400)], FIRST, "strictly between"),
    # never alone, at least one
    (SEEDANCE, REFER, [sound(A)], A, "needs a reference or a reference clip beside it"),
    ("minimax-h3-enhanced-reference-to-video", REFER, [sound(A)], P, "needs a reference"),
    (KLING, REFER, [item_for(P)], Role.FIRST_FRAME, "needs a first frame or an element or a scene"),
    # together
    (SEEDANCE, REFER, [item_for(P), *[sound(A, duration_s=2.0)] * 3, sound()], TRACK, "4 "),
    (KLING, REFER, [*[item_for(E)] * 4, *[item_for(S)] * 4], S, "8 "),
    (KLING, REFER, [*[item_for(E)] * 4, item_for(Role.FIRST_FRAME)], Role.FIRST_FRAME, "5 "),
    (KLING, REFER, [*[item_for(E)] * 4, item_for(Role.LAST_FRAME)], Role.LAST_FRAME, "5 "),
    (KLING, REFER, [item_for(E), *[item_for(W)] * 4], W, "three more pictures and one clip"),
    (KLING, REFER, [item_for(E), *[clip(W)] * 2], W, "three more pictures and one clip"),
    (KLING, REFER, [item_for(W), item_for(E)], W, "follows the element"),
    ("kling-v3-4k-reference-to-video", REFER, [item_for(E)], Role.FIRST_FRAME, "needs a first frame"),
    # a voice of a reference
    (WAN27, REFER, [item_for(P), sound(VOICE, duration_s=2.0)], VOICE, "at least 3 s"),
    (WAN27, REFER, [item_for(P), sound(VOICE, duration_s=30.5)], VOICE, "at most 30 s"),
    (WAN27, REFER, [item_for(P), sound(VOICE, size_bytes=15_000_001)], VOICE, "15.0 MB"),
    (WAN27, REFER, [item_for(P), sound(VOICE, mime="audio/mp4")], VOICE, "M4A is not taken"),
    (WAN27, REFER, [item_for(P), item_for(VOICE), item_for(VOICE)], VOICE, "has one voice"),
    (WAN27, REFER, [item_for(VOICE), item_for(P)], VOICE, "follows the reference"),
    (WAN27, REFER, [item_for(VOICE)], P, "needs a reference"),
    (SEEDANCE, REFER, [item_for(P), item_for(VOICE)], VOICE, "takes no voice of a reference"),
    # a document
    (WAN3, REFER, [item_for(P), item_for(PAPER), item_for(PAPER)], PAPER, "takes 1"),
    (WAN3, REFER, [item_for(P), paper(size_bytes=100_000_001)], PAPER, "100.0 MB"),
    (WAN3, REFER, [item_for(P), paper(mime="application/zip")], PAPER, "use PDF, TXT"),
    (WAN3, REFER, [item_for(PAPER)], P, "needs a reference"),
    ("wan-3-0-pro-reference-to-video", REFER, [item_for(P), item_for(PAPER)], PAPER, "takes no document"),
    # what a model or a workflow has no room for
    (H3, REFER, [item_for(P), item_for(Role.FIRST_FRAME)], Role.FIRST_FRAME, "takes no first frame"),
    (WAN3, REFER, [item_for(P), item_for(Role.LAST_FRAME)], Role.LAST_FRAME, "takes no last frame"),
    (KLING, REFER, [item_for(E), clip(V)], V, "takes no reference clip"),
    ("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO, [item_for(Role.FIRST_FRAME)], Role.FIRST_FRAME, "no place"),
    ("kling-2.6-pro-text-to-video", Mode.TEXT_TO_VIDEO, [sound()], TRACK, "takes no sound track"),
    (SEEDANCE, Mode.EDIT, [clip(duration_s=2.0)] * 2, Role.SOURCE_VIDEO, "takes 1 in edit"),
    (SEEDANCE, Mode.EXTEND, [clip(), item_for(P)], P, "takes none in extend"),
    (SEEDANCE, Mode.VIDEO_TO_VIDEO, [clip()], Role.SOURCE_VIDEO, "needs 2 source clips"),
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


@pytest.mark.parametrize(
    ("wire_id", "role", "width", "height"),
    [
        (SEEDANCE, P, 2499, 1000),
        (SEEDANCE, P, 401, 1000),
        ("minimax-h3-image-to-video", FIRST, 1000, 400),
        (HORSE.format("1-1", "image"), FIRST, 300, 300),
    ],
)
def test_a_picture_within_the_bounds_passes(wire_id: str, role: Role, width: int, height: int) -> None:
    mode = REFER if role == P else IMAGE
    assert check(wish(wire_id, mode, sized(role, width, height)), caps_of(wire_id)) == []


def test_sounds_within_their_shared_seconds_pass() -> None:
    fifteen = [item_for(P), sound(A, duration_s=8.0), sound(duration_s=7.0)]
    thirty = [item_for(P), sound(A, duration_s=15.0), sound(duration_s=15.0)]
    for wire_id, inputs in ((SEEDANCE, fifteen), (H3, fifteen), (SEEDANCE25, thirty)):
        assert check(wish(wire_id, REFER, *inputs), caps_of(wire_id)) == []


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


@pytest.mark.parametrize(
    ("status", "field", "seconds", "told", "sent_times"),
    [
        (400, "duration", 12.5, False, 2),
        (400, "duration", 12.5, True, 1),
        (400, "duration", None, False, 1),
        (400, "video_url", 12.5, False, 1),
        (422, "duration", 12.5, False, 1),
    ],
)
def test_a_length_that_is_asked_for_is_sent_once_more_and_no_more(
    status: int, field: str, seconds: float | None, told: bool, sent_times: int
) -> None:
    """Only a 400 for the length of a known clip, which was not told before."""
    report = {"issues": [{"path": [field], "message": "Required", "code": "invalid_type"}]}
    wire = Wire(answer(status, report))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    caps = replace(caps_of(UPSCALE), source_length=told)
    with pytest.raises(Refused) as caught:
        client.submit(wish(UPSCALE, Mode.UPSCALE, clip(duration_s=seconds)), caps)
    assert len(wire.sent) == sent_times
    assert client.sent_again == ({"duration": "12.50"} if sent_times == 2 else {})
    if (status, field) == (400, "duration"):
        assert caught.value.field == "duration" and "source_length" in caught.value.hint


def test_no_other_mode_is_sent_again_for_its_length() -> None:
    restyle = "wan-2-7-video-to-video"
    report = {"issues": [{"path": ["duration"], "message": "Required", "code": "invalid_type"}]}
    wire = Wire(answer(400, report))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    with pytest.raises(Refused):
        client.submit(wish(restyle, Mode.VIDEO_TO_VIDEO, clip(duration_s=4.0)), caps_of(restyle))
    assert len(wire.sent) == 1


def test_a_suggested_prompt_is_told() -> None:
    wire = Wire(answer(422, {"error": "Refused by policy", "suggested_prompt": "A calm sea"}))
    client = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=wire)
    with pytest.raises(Refused) as caught:
        client.submit(wish("wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO), caps_of("wan-2.6-text-to-video"))
    assert "A calm sea" in caught.value.hint and caught.value.mend == {"prompt": "A calm sea"}


def test_what_is_advised_is_kept_as_a_text_of_a_length() -> None:
    told = {"a\x00b\n c ": "ab\n c", ("a",): "", "x" * 30_000: "x" * 20_000}
    assert [advised_text(given) for given in told] == list(told.values())


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
