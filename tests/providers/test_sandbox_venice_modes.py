"""The sandbox's Venice beyond text and frames: references, elements, source clips, upscaling."""

from __future__ import annotations

import io
import wave
from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.sandbox.dialects._venice_references import workflow_of
from providers.sandbox.lengths import find_seconds
from providers.sandbox.media import AUDIO, VIDEO, Media
from tests.media_files import make_mp4, make_webm
from tests.providers.inputs import Role, real_item
from tests.providers.sandbox_server import SandboxServer

DIALECT = "venice"
PICTURE, CLIP = "https://example.com/a.png", "https://example.com/a.mp4"
SOUND = "https://example.com/a.mp3"
SEEDANCE = {
    "model": "seedance-2-0-reference-to-video-basic", "prompt": "a fox", "duration": "5s",
    "aspect_ratio": "16:9",
}  # fmt: skip
KLING = {
    "model": "kling-o3-pro-reference-to-video", "prompt": "@Element1 runs", "duration": "5s",
    "aspect_ratio": "16:9",
}  # fmt: skip
WAN3 = {
    "model": "wan-3-0-reference-to-video", "prompt": "a fox", "duration": "25s", "aspect_ratio": "adaptive",
}  # fmt: skip
RESTYLE = {"model": "wan-2-7-video-to-video", "prompt": "as a woodcut", "video_url": CLIP}
UPSCALE = {"model": "topaz-video-upscale", "video_url": CLIP}
ELEMENT = {"frontal_image_url": PICTURE}
PAPER = "https://example.com/script.pdf"
SPEAKING = {"model": "wan-2-7-reference-to-video", "prompt": "a fox", "duration": "5s"}
VOICED = {"image_url": PICTURE, "audio_url": SOUND}
STAGED = {
    "model": "pixverse-c1-reference-to-video", "prompt": "a fox in @Image2", "duration": "5s",
    "aspect_ratio": "16:9",
}  # fmt: skip
PLACE = {"image_url": PICTURE, "type": "background"}


def queue(api: httpx.Client, body: dict[str, Any], **changes: Any) -> httpx.Response:
    wanted = {name: value for name, value in (body | changes).items() if value is not None}
    return api.post("/video/queue", json=wanted)


ACCEPTED = {
    "references of each kind": SEEDANCE | {
        "reference_image_urls": [PICTURE], "reference_video_urls": [CLIP], "reference_audio_urls": [SOUND],
    },
    "music beside references": SEEDANCE | {"reference_image_urls": [PICTURE], "audio_url": SOUND},
    "as wide as the clip": SEEDANCE | {"reference_video_urls": [CLIP], "aspect_ratio": "adaptive"},
    "elements and scenes": KLING | {
        "elements": [ELEMENT | {"reference_image_urls": [PICTURE] * 3, "video_url": CLIP}, ELEMENT],
        "scene_image_urls": [PICTURE], "image_url": PICTURE, "reference_image_urls": [PICTURE] * 4,
    },
    "references that speak": SPEAKING | {
        "image_references": [VOICED | {"type": "subject", "ref_name": "fox"}, {"image_url": PICTURE}],
        "video_references": [{"video_url": CLIP, "ref_name": "walk", "audio_url": SOUND}],
    },
    "a background": STAGED | {"image_references": [{"image_url": PICTURE, "type": "subject"}, PLACE]},
    "a background beside a list": STAGED | {"reference_image_urls": [PICTURE], "image_references": [PLACE]},
    "a document": WAN3 | {"reference_image_urls": [PICTURE], "reference_document_urls": [PAPER]},
    "a document inside": WAN3 | {
        "reference_image_urls": [PICTURE], "reference_document_urls": ["data:text/plain;base64,U2NlbmUgMQo="],
    },
    "references that do not": SPEAKING | {"reference_image_urls": [PICTURE]},
    "a frame alone": KLING | {"image_url": PICTURE},
    "a source clip": RESTYLE,
    "an upscale": UPSCALE,
    "an upscale with factor and length": UPSCALE | {"upscale_factor": 4, "duration": "12.50"},
}  # fmt: skip


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepts(api: httpx.Client, case: str) -> None:
    reply = queue(api, ACCEPTED[case])
    assert (reply.status_code, set(reply.json())) == (200, {"model", "queue_id"}), reply.text


PICTURES = {"reference_image_urls": [PICTURE]}
REFUSALS: dict[str, tuple[dict[str, Any], str, list[Any]]] = {
    "sound alone": (SEEDANCE | {"reference_audio_urls": [SOUND]}, "custom", ["reference_image_urls"]),
    "too many clips": (SEEDANCE | {"reference_video_urls": [CLIP] * 4}, "custom", ["reference_video_urls"]),
    "too many pictures": (
        SEEDANCE | {"reference_image_urls": [PICTURE] * 10}, "custom", ["reference_image_urls"],
    ),
    "too many sounds": (
        SEEDANCE | PICTURES | {"reference_audio_urls": [SOUND] * 4}, "custom", ["reference_audio_urls"],
    ),
    "music counts as a sound": (
        SEEDANCE | PICTURES | {"reference_audio_urls": [SOUND] * 3, "audio_url": SOUND},
        "custom",
        ["audio_url"],
    ),
    "no list": (SEEDANCE | {"reference_video_urls": CLIP}, "invalid_type", ["reference_video_urls"]),
    "no address": (SEEDANCE | {"reference_video_urls": [5]}, "invalid_type", ["reference_video_urls", 0]),
    "adaptive without a clip": (
        SEEDANCE | PICTURES | {"aspect_ratio": "adaptive"}, "invalid_enum_value", ["aspect_ratio"],
    ),
    "an edit of nothing": (
        SEEDANCE | PICTURES | {"prompt": "Strictly edit <Video 1>, x"}, "custom", ["reference_video_urls"],
    ),
    "a join of one": (
        SEEDANCE | {"prompt": "<Video 1> + cut", "reference_video_urls": [CLIP]},
        "custom",
        ["reference_video_urls"],
    ),
    "task of 2.5": (
        SEEDANCE | PICTURES | {"omni_reference_task_type": "edit"}, "custom", ["omni_reference_task_type"],
    ),
    "elements elsewhere": (SEEDANCE | PICTURES | {"elements": [ELEMENT]}, "custom", ["elements"]),
    "clips for elements": (KLING | {"elements": [ELEMENT], "reference_video_urls": [CLIP]}, "custom",
                           ["reference_video_urls"]),
    "references alone": (KLING | PICTURES, "custom", ["image_url"]),
    "five elements": (KLING | {"elements": [ELEMENT] * 5}, "too_big", ["elements"]),
    "five scenes": (KLING | {"scene_image_urls": [PICTURE] * 5}, "too_big", ["scene_image_urls"]),
    "eight visuals": (
        KLING | {"elements": [ELEMENT] * 4, "scene_image_urls": [PICTURE] * 4}, "custom", ["elements"],
    ),
    "four elements with a frame": (
        KLING | {"elements": [ELEMENT] * 4, "image_url": PICTURE}, "custom", ["elements"],
    ),
    "element without its front": (
        KLING | {"elements": [{"reference_image_urls": [PICTURE]}]},
        "invalid_type",
        ["elements", 0, "frontal_image_url"],
    ),
    "element with another key": (
        KLING | {"elements": [ELEMENT | {"name": "fox"}]}, "unrecognized_keys", ["elements", 0],
    ),
    "element with four views": (
        KLING | {"elements": [ELEMENT | {"reference_image_urls": [PICTURE] * 4}]},
        "too_big",
        ["elements", 0, "reference_image_urls"],
    ),
    "a voice elsewhere": (
        SEEDANCE | PICTURES | {"image_references": [VOICED]}, "custom", ["image_references"],
    ),
    "too many that speak": (
        SPEAKING | PICTURES | {"image_references": [VOICED] * 4}, "custom", ["image_references"],
    ),
    "a voice of nobody": (
        SPEAKING | {"image_references": [{"audio_url": SOUND}]},
        "invalid_type",
        ["image_references", 0, "image_url"],
    ),
    "a picture among clips": (
        SPEAKING | {"video_references": [VOICED | {"video_url": CLIP}]},
        "unrecognized_keys",
        ["video_references", 0],
    ),
    "a voice that is none": (
        SPEAKING | {"image_references": [{"image_url": PICTURE, "audio_url": 5}]},
        "invalid_type",
        ["image_references", 0, "audio_url"],
    ),
    "another type": (
        SPEAKING | {"image_references": [VOICED | {"type": "voice"}]},
        "invalid_enum_value",
        ["image_references", 0, "type"],
    ),
    "a background elsewhere": (
        SEEDANCE | {"image_references": [PLACE]}, "custom", ["image_references"],
    ),
    "a voice for a background": (
        STAGED | {"image_references": [PLACE | {"audio_url": SOUND}]},
        "custom",
        ["image_references", 0, "audio_url"],
    ),
    "eight of both": (STAGED | PICTURES | {"image_references": [PLACE] * 7}, "custom", ["image_references"]),
    "a clip told apart": (
        STAGED | {"video_references": [{"video_url": CLIP}]}, "custom", ["video_references"],
    ),
    "nothing that speaks": (SPEAKING | {"image_references": []}, "custom", ["reference_image_urls"]),
    "two documents": (
        WAN3 | PICTURES | {"reference_document_urls": [PAPER] * 2}, "custom", ["reference_document_urls"],
    ),
    "a document elsewhere": (
        SEEDANCE | PICTURES | {"reference_document_urls": [PAPER]}, "custom", ["reference_document_urls"],
    ),
    "a document alone": (
        WAN3 | {"reference_document_urls": [PAPER]}, "custom", ["reference_image_urls"],
    ),
    "no source": (RESTYLE | {"video_url": None}, "invalid_type", ["video_url"]),
    "length of a source": (RESTYLE | {"duration": "5s"}, "custom", ["duration"]),
    "picture to a source": (RESTYLE | {"image_url": PICTURE}, "custom", ["image_url"]),
    "source elsewhere": (SEEDANCE | PICTURES | {"video_url": CLIP}, "custom", ["video_url"]),
    "factor elsewhere": (RESTYLE | {"upscale_factor": 2}, "custom", ["upscale_factor"]),
    "factor of three": (UPSCALE | {"upscale_factor": 3}, "custom", ["upscale_factor"]),
    "factor as text": (UPSCALE | {"upscale_factor": "2"}, "invalid_type", ["upscale_factor"]),
    "prompt for an upscale": (UPSCALE | {"prompt": "sharper"}, "custom", ["prompt"]),
    "resolution of an upscale": (UPSCALE | {"resolution": "2x"}, "custom", ["resolution"]),
    "Auto as a length": (UPSCALE | {"duration": "Auto"}, "custom", ["duration"]),
    "music where none goes": (KLING | {"image_url": PICTURE, "audio_url": SOUND}, "custom", ["audio_url"]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses_with_a_report(api: httpx.Client, case: str) -> None:
    body, code, path = REFUSALS[case]
    reply = queue(api, body)
    assert reply.status_code == 400
    assert [(issue["code"], issue["path"]) for issue in reply.json()["issues"]] == [(code, path)]


def clip_of(folder: Path, seconds: float) -> str:
    data = make_mp4(folder / f"{seconds}.mp4", seconds, size=(64, 36), fps=12).read_bytes()
    return f"data:video/mp4;base64,{b64encode(data).decode()}"


def sound_of(seconds: float) -> str:
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(1000)
        out.writeframes(bytes(round(1000 * seconds)))
    return f"data:audio/wav;base64,{b64encode(target.getvalue()).decode()}"


def test_clips_are_measured(api: httpx.Client, tmp_path: Path) -> None:
    short, middle, long = (clip_of(tmp_path, seconds) for seconds in (1.0, 8.0, 16.0))
    for clips, told in (
        ([short], "between 2 and 15"),
        ([long], "between 2 and 15"),
        ([middle, middle], "at most 15"),
    ):
        reply = queue(api, SEEDANCE, reference_video_urls=clips)
        assert reply.status_code == 422 and told in reply.json()["error"]
    assert queue(api, SEEDANCE, reference_video_urls=[middle]).status_code == 200
    assert "together" in queue(api, WAN3, reference_video_urls=[middle]).json()["error"]
    assert queue(api, WAN3, reference_video_urls=[middle], duration="20s").status_code == 200


def test_sounds_are_measured(api: httpx.Client) -> None:
    wan = {"model": "wan-2-7-text-to-video", "prompt": "a fox", "duration": "5s", "aspect_ratio": "16:9"}
    for seconds, status in ((2, 422), (4, 200), (30, 200), (31, 422)):
        assert queue(api, wan, audio_url=sound_of(seconds)).status_code == status, seconds
    for seconds, status in ((2, 422), (4, 200), (31, 422)):
        voiced = VOICED | {"audio_url": sound_of(seconds)}
        assert queue(api, SPEAKING, image_references=[voiced]).status_code == status, seconds
    for seconds, status in ((1, 422), (3, 200), (16, 422)):
        body = SEEDANCE | PICTURES | {"reference_audio_urls": [sound_of(seconds)]}
        assert queue(api, body).status_code == status, seconds
        driven = SEEDANCE | PICTURES | {"audio_url": sound_of(seconds)}
        assert queue(api, driven).status_code == status, seconds
    both = SEEDANCE | PICTURES | {"reference_audio_urls": [sound_of(8)], "audio_url": sound_of(8)}
    assert "at most 15 seconds" in queue(api, both).json()["error"]


def test_only_seedance_2_5_with_a_clip_may_be_as_long_as_it(api: httpx.Client) -> None:
    long = SEEDANCE | {"model": "seedance-2-5-reference-to-video-basic", "duration": "auto"}
    clip = real_item(Role.REFERENCE_VIDEO).media.address  # 3 s
    assert queue(api, long, reference_video_urls=[clip] * 2).status_code == 200
    short = queue(api, long, reference_video_urls=[clip])
    assert (short.status_code, "4 to 30 seconds" in short.json()["error"]) == (422, True)
    assert queue(api, long, reference_image_urls=[PICTURE]).status_code == 400
    assert queue(api, SEEDANCE | {"duration": "auto"}, reference_video_urls=[clip] * 2).status_code == 400


def test_a_source_may_be_webm_and_a_reference_may_not(api: httpx.Client, tmp_path: Path) -> None:
    url = f"data:video/webm;base64,{b64encode(make_webm(tmp_path / 'a.webm').read_bytes()).decode()}"
    assert queue(api, RESTYLE, video_url=url).status_code == 200
    refused = queue(api, SEEDANCE, reference_video_urls=[url])
    assert (refused.status_code, "reference_video_urls" in refused.json()["error"]) == (400, True)


@pytest.mark.parametrize("url", ["data:application/zip;base64,UEsDBAAA/w==", "data:image/png;base64,AAAA"])
def test_a_document_that_is_none_is_named(api: httpx.Client, url: str) -> None:
    reply = queue(api, WAN3 | PICTURES, reference_document_urls=[url])
    assert (reply.status_code, "reference_document_urls" in reply.json()["error"]) == (400, True)


@pytest.mark.parametrize("url", ["data:video/mp4;base64,AAAA", "http://127.0.0.1:9/a.mp4", "ftp://a.org/b"])
def test_a_clip_that_cannot_be_read_is_named(api: httpx.Client, url: str) -> None:
    for body in (RESTYLE | {"video_url": url}, KLING | {"elements": [ELEMENT | {"video_url": url}]}):
        assert queue(api, body).status_code == 400


def quote(sandbox: SandboxServer, key: str | None, **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = f"{sandbox.url_for('venice')}/video/quote"
    return httpx.post(url, json=body, headers=headers, trust_env=False)


def test_a_source_is_quoted_by_its_length(sandbox: SandboxServer) -> None:
    clip = real_item(Role.SOURCE_VIDEO).media.address
    assert quote(sandbox, None, model="wan-2-7-video-to-video", video_url=clip, resolution="720p").json() == {
        "quote": 0.33
    }
    asked = quote(sandbox, None, model="wan-2-7-video-to-video")
    assert asked.json()["issues"][0]["message"] == "video_url is required for quotes on this model"


def test_an_upscale_is_quoted_for_keys_only(sandbox: SandboxServer) -> None:
    clip = real_item(Role.SOURCE_VIDEO).media.address
    wanted = {"model": "topaz-video-upscale", "video_url": clip, "upscale_factor": 4, "resolution": "4x"}
    assert quote(sandbox, None, **wanted).status_code == 403
    assert quote(sandbox, "sandbox-quotes", **wanted).json() == {"quote": 0.3}


def test_reference_seconds_are_quoted(sandbox: SandboxServer) -> None:
    wanted = {key: value for key, value in SEEDANCE.items() if key != "prompt"}
    assert quote(sandbox, None, **wanted, reference_video_total_duration=5).json() == {"quote": 1.9}
    assert quote(sandbox, None, **wanted, reference_video_total_duration="5").status_code == 400


def test_models_of_a_source_are_listed_as_the_page_says(sandbox: SandboxServer) -> None:
    url = f"{sandbox.url_for('venice')}/models?type=video"
    rows = {row["id"]: row["model_spec"] for row in httpx.get(url, trust_env=False).json()["data"]}
    limits = rows["topaz-video-upscale"]["constraints"]
    assert (limits["model_type"], limits["durations"], limits["resolutions"]) == (
        "video",
        ["Auto"],
        ["2x", "4x"],
    )
    assert rows["wan-2-7-video-to-video"]["constraints"]["video_input"] is True
    assert rows["kling-o3-pro-reference-to-video"]["constraints"]["model_type"] == "image-to-video"


def test_the_word_deprecated_warns_in_headers(api: httpx.Client) -> None:
    reply = queue(api, RESTYLE, prompt="x [deprecated]")
    assert reply.headers["x-venice-model-deprecation-date"] == "2026-12-31"
    assert "x-venice-model-deprecation-date" not in queue(api, RESTYLE).headers


@pytest.mark.parametrize(
    ("prompt", "ran"),
    [
        ("Strictly edit <Video 1>, changing its hat to a cap", "edit"),
        ("Remove the hat from <Video 1>", "edit"),
        ("Replace the hat in <Video 1> with a cap", "edit"),
        ("Extend <Video 1> backward, rain", "extend"),
        ("<Video 1> + a cut + followed by <Video 2>", "stitch"),
        ("Refer to the hat in <Image 1> to generate a fox", "reference_to_video"),
        ("Please extend <Video 1>", "reference_to_video"),
    ],
)
def test_the_first_words_choose_the_workflow(prompt: str, ran: str) -> None:
    assert workflow_of(prompt) == ran


def test_lengths_are_read_or_left_unknown(tmp_path: Path) -> None:
    clip = make_mp4(tmp_path / "a.mp4", 2.5).read_bytes()
    assert find_seconds(Media("", VIDEO, clip)) == pytest.approx(2.5, abs=0.1)
    mp3 = b"\xff\xfb\x90\x00" + bytes(16000 - 4)  # 128 kbit/s
    assert find_seconds(Media("", AUDIO, mp3)) == pytest.approx(1.0)
    tagged = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + mp3
    assert find_seconds(Media("", AUDIO, tagged)) == pytest.approx(1.0)
    for media in (Media("", VIDEO, b"\x1a\x45"), Media("", AUDIO, b"\xff\xfb"), Media(CLIP, VIDEO)):
        assert find_seconds(media) is None
