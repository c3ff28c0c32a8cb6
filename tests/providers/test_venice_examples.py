"""Venice's page example by example, field by field and in its order."""

from __future__ import annotations

from dataclasses import replace

from providers.gateways.values import Mode, Role

from .inputs import clip, sound
from .venice_requests import (
    CLIP,
    KLING,
    MP3,
    MP4,
    NEGATIVE,
    PROMPT,
    SEEDANCE,
    TICKS,
    UPSCALE,
    at,
    caps_of,
    png,
    quoted,
    sent,
    wish,
    written,
)


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
