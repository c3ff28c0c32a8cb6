"""The curl examples of the gateways' own pages, each from the request of the studio that stands for it:
composed for a real row of its model, and written by its adapter byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx
import pytest

from generations.services.compose import Wish, compose
from providers.gateways.capabilities import from_plain
from providers.gateways.client import GatewayClient
from providers.gateways.values import Input, Role
from tests.factories import make_account, make_asset, model_of
from tests.providers.battery import Wire, answer

BASE = "https://gateway.example.com/v1"

FACTS: dict[str, dict[str, Any]] = {
    "jpg": {"mime": "image/jpeg"},
    "png": {},
    "mp4": {"kind": "clip", "mime": "video/mp4", "duration_s": 4.0, "fps": 24.0},
    "mp3": {"kind": "sound", "mime": "audio/mpeg", "duration_s": 5.0, "width": None, "height": None},
}
Sent = Callable[..., Any]


@pytest.fixture
def posted(settings: Any, alice: Any, project: Any) -> Sent:
    """``posted(gateway, model, files, **values)``: the request on the wire, files at the page's addresses."""
    settings.HTTPS, settings.PUBLIC_URL_IS_LOOPBACK = True, False

    def send(gateway: str, wire_id: str, files: Sequence[tuple[Role, str]] = (), **values: Any) -> Any:
        model = model_of(make_account(gateway), wire_id)
        inputs = [(role, make_asset(project=project, **_facts(url)).pk) for role, url in files]
        made = compose(alice, project, Wish(model, values, inputs))
        addressed = tuple(
            Input(item.role, item.media.at(url))
            for item, (_role, url) in zip(made.request.inputs, files, strict=True)
        )
        wire = Wire(answer(200, {"id": "1", "requestId": "1"}))
        client = GatewayClient(model.account.adapter, BASE, "key", transport=wire)
        client.submit(replace(made.request, inputs=addressed), from_plain(model.capabilities))
        assert [request.method for request in wire.sent] == ["POST"]
        return wire.sent[0]

    return send


@pytest.fixture
def sent(posted: Sent) -> Sent:
    """The same, for the JSON in it."""
    return lambda *args, **values: json.loads(posted(*args, **values).content)


def _facts(url: str) -> dict[str, Any]:
    return FACTS.get(url.rpartition(".")[2], FACTS["jpg"])


def same(body: Any, example: str) -> None:
    """Field by field and in the page's order; only the blanks between them may differ."""
    assert json.dumps(body) == json.dumps(json.loads(example))


# -- ElkAPI: https://docs.elkapi.com/en/docs/api/ai-model/videos/seedance/createvideo ------------------

ELKAPI = ("elkapi", "doubao-seedance-2-0-260128")
LEFT = {"execution_expires_after": None}  # the studio has a default of its own, which the page knows not


def test_elkapis_first_example(sent: Sent) -> None:
    body = sent(
        *ELKAPI,
        prompt="A first-person fruit tea ad, picking apples by hand, freshly cut and shaken, close-up "
        "product shots, cinematic, highly detailed",
        duration_s=8.0,
        aspect_ratio="16:9",
        resolution="720p",
        generate_audio=True,
        watermark=False,
        extra=LEFT,
    )
    assert json.dumps(body, indent=2) == ELKAPI_FIRST


def test_elkapis_multimodal_example_names_no_resolution(sent: Sent) -> None:
    body = sent(
        *ELKAPI,
        [
            (Role.REFERENCE_IMAGE, "https://example.com/first-frame.jpg"),
            (Role.REFERENCE_VIDEO, "https://example.com/reference.mp4"),
            (Role.REFERENCE_AUDIO, "https://example.com/music.mp3"),
        ],
        prompt="Use the first-person composition of the reference video throughout, use the reference audio "
        "as background music, and generate a fruit tea advertisement",
        duration_s=11.0,
        aspect_ratio="16:9",
        resolution=None,
        generate_audio=True,
        watermark=False,
        extra=LEFT,
    )
    assert json.dumps(body, indent=2) == ELKAPI_MULTIMODAL


def test_elkapis_example_of_content(sent: Sent) -> None:
    names = ("reference_image", "png"), ("reference_video", "mp4"), ("reference_audio", "mp3")
    files = [(Role(role), f"https://example.com/reference.{ending}") for role, ending in names]
    content = sent(*ELKAPI, files, prompt="A fruit tea ad")["metadata"]["content"]
    assert json.dumps(content, indent=2) == ELKAPI_CONTENT


# -- SilkDock: https://silkdock.ai/docs/api/video ------------------------------------------------------


def test_silkdocks_example_of_words(sent: Sent) -> None:
    body = sent(
        "silkdock",
        "seedance-2.0",
        prompt="Ocean waves crashing on rocks, sunlight refracting into rainbows",
        duration_s=10.0,
        resolution="1080p",
        aspect_ratio="16:9",
        generate_audio=None,
    )
    same(
        body,
        '{ "model": "seedance-2.0", "prompt": "Ocean waves crashing on rocks, sunlight refracting into'
        ' rainbows", "seconds": 10, "extra_body": { "resolution": "1080p", "aspect_ratio": "16:9" }}',
    )


def test_silkdocks_example_of_one_picture(sent: Sent) -> None:
    body = sent(
        "silkdock",
        "wan-2.7",
        [(Role.FIRST_FRAME, "https://example.com/reference.jpg")],
        prompt="The subject starts running as the camera slowly pulls back",
        duration_s=10.0,
        resolution="1080p",
        aspect_ratio="4:3",
        generate_audio=None,
    )
    same(
        body,
        '{ "model": "wan-2.7", "prompt": "The subject starts running as the camera slowly pulls back",'
        ' "input_reference": "https://example.com/reference.jpg", "seconds": 10,'
        ' "extra_body": { "resolution": "1080p", "aspect_ratio": "4:3" }}',
    )


def test_silkdocks_example_of_start_and_end_frame(sent: Sent) -> None:
    body = sent(
        "silkdock",
        "seedance-2.0",
        [
            (Role.FIRST_FRAME, "https://example.com/first.png"),
            (Role.LAST_FRAME, "https://example.com/last.png"),
        ],
        prompt="The camera slowly pushes in from the front and ends on a night city silhouette",
        duration_s=6.0,
        resolution="1080p",
        aspect_ratio="16:9",
        generate_audio=None,
    )
    same(
        body,
        '{ "model": "seedance-2.0", "prompt": "The camera slowly pushes in from the front and ends on a'
        ' night city silhouette", "seconds": 6, "extra_body": { "resolution": "1080p", "aspect_ratio":'
        ' "16:9", "first_frame_url": "https://example.com/first.png",'
        ' "last_frame_url": "https://example.com/last.png" }}',
    )


def test_silkdocks_example_of_a_sound_track(sent: Sent) -> None:
    body = sent(
        "silkdock",
        "seedance-2.0",
        [(Role.AUDIO_TRACK, "https://example.com/music.mp3")],
        prompt="A dancer spins to the beat",
        duration_s=10.0,
        resolution="720p",
        aspect_ratio="1:1",
    )
    same(
        body,
        '{ "model": "seedance-2.0", "prompt": "A dancer spins to the beat", "seconds": 10, "extra_body":'
        ' { "resolution": "720p", "aspect_ratio": "1:1", "audio_url": "https://example.com/music.mp3" }}',
    )


def test_silkdocks_example_of_a_size(sent: Sent) -> None:
    body = sent(
        "silkdock",
        "veo-3.1-generate",
        prompt="Birdsong echoes through a forest",
        duration_s=8.0,
        resolution="1080p",
        aspect_ratio="16:9",
        generate_audio=None,
    )
    same(
        body,
        '{ "model": "veo-3.1-generate", "prompt": "Birdsong echoes through a forest", "seconds": 8,'
        ' "size": "1920x1080"}',
    )


def test_silkdocks_example_of_a_form_with_a_file(posted: Sent) -> None:
    request = posted(
        "silkdock",
        "wan-2.7",
        [(Role.FIRST_FRAME, "data:image/jpeg;base64,/9j/4AAQ")],
        prompt="She slowly turns around",
        duration_s=5.0,
        resolution="1080p",
        aspect_ratio="16:9",
        generate_audio=None,
    )
    parts = form_of(request)
    assert [(name, text) for name, text, _file, _mime in parts[:4]] == [
        ("model", b"wan-2.7"),
        ("prompt", b"She slowly turns around"),
        ("seconds", b"5"),
        ("extra_body", b'{"resolution":"1080p","aspect_ratio":"16:9"}'),
    ]
    assert parts[4:] == [("input_reference", b"\xff\xd8\xff\xe0\x00\x10", "input.jpg", "image/jpeg")]
    assert [(file, mime) for _name, _text, file, mime in parts[:4]] == [(None, "text/plain")] * 4


def form_of(request: httpx.Request) -> list[tuple[str, bytes, str | None, str]]:
    """Name, content, file name and type of each part, read by another parser than the sandbox's."""
    head = b"Content-Type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + request.read())
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_payload(decode=True),
            part.get_filename(),
            part.get_content_type(),
        )
        for part in message.iter_parts()
    ]


# -- SiliconFlow: its page of /video/submit ------------------------------------------------------------


def test_siliconflows_example(sent: Sent) -> None:
    body = sent(
        "siliconflow",
        "Wan-AI/Wan2.2-I2V-A14B",
        [(Role.FIRST_FRAME, json.loads(SILICONFLOW)["image"])],
        prompt="<string>",
        negative_prompt="<string>",
        aspect_ratio="16:9",
        seed=123,
    )
    assert json.dumps(body, indent=2) == SILICONFLOW


SILICONFLOW = """{
  "model": "Wan-AI/Wan2.2-I2V-A14B",
  "prompt": "<string>",
  "negative_prompt": "<string>",
  "image_size": "1280x720",
  "image": "https://inews.gtimg.com/om_bt/Os3eJ8u3SgB3Kd-zrRRhgfR5hUvdwcVPKUTNO6O7sZfUwAA/641",
  "seed": 123
}"""
ELKAPI_FIRST = """{
  "model": "doubao-seedance-2-0-260128",
  "prompt": "A first-person fruit tea ad, picking apples by hand, freshly cut and shaken, \
close-up product shots, cinematic, highly detailed",
  "metadata": {
    "duration": 8,
    "ratio": "16:9",
    "resolution": "720p",
    "generate_audio": true,
    "watermark": false
  }
}"""
ELKAPI_CONTENT = """[
  {
    "type": "image_url",
    "image_url": {
      "url": "https://example.com/reference.png"
    },
    "role": "reference_image"
  },
  {
    "type": "video_url",
    "video_url": {
      "url": "https://example.com/reference.mp4"
    },
    "role": "reference_video"
  },
  {
    "type": "audio_url",
    "audio_url": {
      "url": "https://example.com/reference.mp3"
    },
    "role": "reference_audio"
  }
]"""
ELKAPI_MULTIMODAL = """{
  "model": "doubao-seedance-2-0-260128",
  "prompt": "Use the first-person composition of the reference video throughout, use the reference audio \
as background music, and generate a fruit tea advertisement",
  "metadata": {
    "duration": 11,
    "ratio": "16:9",
    "generate_audio": true,
    "watermark": false,
    "content": [
      {
        "type": "image_url",
        "image_url": {
          "url": "https://example.com/first-frame.jpg"
        },
        "role": "reference_image"
      },
      {
        "type": "video_url",
        "video_url": {
          "url": "https://example.com/reference.mp4"
        },
        "role": "reference_video"
      },
      {
        "type": "audio_url",
        "audio_url": {
          "url": "https://example.com/music.mp3"
        },
        "role": "reference_audio"
      }
    ]
  }
}"""
