"""The curl examples of the gateways' own pages, each from the request of the studio that stands for it:
composed for a real row of its model, and written by its adapter byte for byte.

The bodies lie in ``tests/providers/examples`` as the pages have them: of ElkAPI
(https://docs.elkapi.com/en/docs/api/ai-model/videos/seedance/createvideo), SilkDock
(https://silkdock.ai/docs/api/video) and SiliconFlow (its page of ``/video/submit``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
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
EXAMPLES = Path(__file__).parents[1] / "providers" / "examples"

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


def _facts(url: str) -> dict[str, Any]:
    return FACTS.get(url.rpartition(".")[2], FACTS["jpg"])


# -- bodies of JSON --------------------------------------------------------------------------------------

ELKAPI = ("elkapi", "doubao-seedance-2-0-260128")
SEEDANCE, WAN, VEO = (("silkdock", name) for name in ("seedance-2.0", "wan-2.7", "veo-3.1-generate"))
AT = "https://example.com/"
WIDE = {"resolution": "1080p", "aspect_ratio": "16:9", "generate_audio": None}
LEFT = {"execution_expires_after": None}  # the studio has a default of its own, which the page knows not
FRUIT_TEA: dict[str, Any] = {
    "aspect_ratio": "16:9",
    "generate_audio": True,
    "watermark": False,
    "extra": LEFT,
}
REFERENCES = (Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO)
# what is asked of the studio: gateway and model, files, values
ASKED: dict[str, tuple[tuple[str, str], list[tuple[Role, str]], dict[str, Any]]] = {
    "elkapi-words": (
        ELKAPI,
        [],
        {
            **FRUIT_TEA,
            "prompt": "A first-person fruit tea ad, picking apples by hand, freshly cut and shaken, close-up "
            "product shots, cinematic, highly detailed",
            "duration_s": 8.0,
            "resolution": "720p",
        },
    ),
    "elkapi-references": (  # names no resolution
        ELKAPI,
        list(zip(REFERENCES, (f"{AT}first-frame.jpg", f"{AT}reference.mp4", f"{AT}music.mp3"), strict=True)),
        {
            **FRUIT_TEA,
            "prompt": "Use the first-person composition of the reference video throughout, use the reference "
            "audio as background music, and generate a fruit tea advertisement",
            "duration_s": 11.0,
            "resolution": None,
        },
    ),
    "silkdock-words": (
        SEEDANCE,
        [],
        {
            **WIDE,
            "prompt": "Ocean waves crashing on rocks, sunlight refracting into rainbows",
            "duration_s": 10.0,
        },
    ),
    "silkdock-picture": (
        WAN,
        [(Role.FIRST_FRAME, f"{AT}reference.jpg")],
        {
            **WIDE,
            "prompt": "The subject starts running as the camera slowly pulls back",
            "duration_s": 10.0,
            "aspect_ratio": "4:3",
        },
    ),
    "silkdock-frames": (
        SEEDANCE,
        [(Role.FIRST_FRAME, f"{AT}first.png"), (Role.LAST_FRAME, f"{AT}last.png")],
        {
            **WIDE,
            "prompt": "The camera slowly pushes in from the front and ends on a night city silhouette",
            "duration_s": 6.0,
        },
    ),
    "silkdock-sound-track": (
        SEEDANCE,
        [(Role.AUDIO_TRACK, f"{AT}music.mp3")],
        {
            "prompt": "A dancer spins to the beat",
            "duration_s": 10.0,
            "resolution": "720p",
            "aspect_ratio": "1:1",
        },
    ),
    "silkdock-size": (VEO, [], {**WIDE, "prompt": "Birdsong echoes through a forest", "duration_s": 8.0}),
    "siliconflow-picture": (
        ("siliconflow", "Wan-AI/Wan2.2-I2V-A14B"),
        [
            (
                Role.FIRST_FRAME,
                "https://inews.gtimg.com/om_bt/Os3eJ8u3SgB3Kd-zrRRhgfR5hUvdwcVPKUTNO6O7sZfUwAA/641",
            )
        ],
        {"prompt": "<string>", "negative_prompt": "<string>", "aspect_ratio": "16:9", "seed": 123},
    ),
}
PART = "elkapi-content"  # the page shows this list by itself


def example(name: str) -> bytes:
    """The page's body, its fields in their order; the blanks between them, which every client sets as it
    likes, are left out."""
    return compact(json.loads((EXAMPLES / f"{name}.json").read_bytes()))


def compact(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("name", sorted({path.stem for path in EXAMPLES.iterdir()} - {PART}))
def test_the_wire_has_the_bytes_of_the_pages_example(posted: Sent, name: str) -> None:
    whose, files, values = ASKED[name]
    assert posted(*whose, files, **values).content == example(name)


def test_elkapis_list_of_content_is_the_one_that_goes_out(posted: Sent) -> None:
    files = list(
        zip(REFERENCES, (f"{AT}reference.{ending}" for ending in ("png", "mp4", "mp3")), strict=True)
    )
    body = json.loads(posted(*ELKAPI, files, prompt="A fruit tea ad").content)
    assert compact(body["metadata"]["content"]) == example(PART)


def test_no_example_is_asked_for_that_no_page_has() -> None:
    assert {*ASKED, PART} == {path.stem for path in EXAMPLES.iterdir()}


# -- SilkDock's form with a file -------------------------------------------------------------------------


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
    assert form_of(request) == [
        ("model", b"wan-2.7", None, "text/plain"),
        ("prompt", b"She slowly turns around", None, "text/plain"),
        ("seconds", b"5", None, "text/plain"),
        ("extra_body", b'{"resolution":"1080p","aspect_ratio":"16:9"}', None, "text/plain"),
        ("input_reference", b"\xff\xd8\xff\xe0\x00\x10", "input.jpg", "image/jpeg"),
    ]


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
