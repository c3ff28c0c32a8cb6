"""Token360's reference assets on the wire, and what their envelope says."""

from __future__ import annotations

from typing import Any

import pytest

from providers.gateways._token360_assets import ReferenceAssets
from providers.gateways.capabilities import from_plain
from providers.gateways.check import check
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Ambiguous, Busy, Lost, Refused
from providers.gateways.registering import Registering
from providers.gateways.registry import get_gateway
from providers.gateways.values import Input as In
from providers.gateways.values import Media, Mode, Registered, RegisteredState, Role, VideoRequest
from providers.gateways.wire import FilePart

from .battery import KEY, Wire, answer

ID = f"ta_{'0' * 32}"
GATEWAY = get_gateway("token360")
PART = FilePart("picture.png", "image/png", b"\x89PNG")


def client(reply: Any) -> tuple[Registering, Wire]:
    wire = Wire(reply)
    return Registering(GatewayClient(GATEWAY, "https://api.token360.ai/v1", KEY, transport=wire)), wire


def told(status: int = 200, code: Any = 0, data: Any = None, **more: Any) -> Any:
    return answer(status, {"code": code, "msg": "because", "data": data, "traceId": "t", **more})


def test_a_group_a_picture_and_a_look_go_out_as_the_page_says() -> None:
    here, wire = client(told(data={"groupId": "ag_1"}))
    assert here.make_group("studio-1") == "ag_1"
    wire.reply = told(code=200, data={"assetId": ID, "status": "Processing"})
    assert here.register("studio-1", "ag_1", PART) == Registered(ID, RegisteredState.PROCESSING)
    wire.reply = told(data={"status": "Active"})
    assert here.look(ID) == Registered(ID, RegisteredState.ACTIVE)
    group, picture, look = wire.sent
    assert (group.method, group.url.path) == ("POST", "/v1/asset-groups")
    assert group.read() == b'{"name":"studio-1","groupKind":"VIRTUAL_PORTRAIT"}'
    assert (picture.method, picture.url.path) == ("POST", "/v1/assets")
    body = picture.read()
    assert b'name="name"\r\n\r\nstudio-1' in body and b'name="groupId"\r\n\r\nag_1' in body
    assert b'name="file"; filename="picture.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG' in body
    assert (look.method, look.url.path) == ("GET", f"/v1/assets/{ID}")
    assert {request.headers["authorization"] for request in wire.sent} == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (told(code=400), Refused),  # HTTP 200 with a failing code
        (told(code="40013"), Refused),
        (told(code=True), Refused),
        (told(success=False), Refused),
        (told(code=429), Busy),
        (told(code=500), Ambiguous),
        (told(data={}), Ambiguous),  # made, and not named
        (told(data={"assetId": "../videos/1"}), Ambiguous),
        (answer(200, text="<html>"), Ambiguous),
        (told(500, code=500), Ambiguous),
        (told(400, code=400), Refused),
        (told(429, code=429), Busy),
    ],
)
def test_what_became_of_a_picture_is_told_by_the_envelope(reply: Any, kind: type[Exception]) -> None:
    here, _wire = client(reply)
    with pytest.raises(kind) as error:
        here.register("a", "ag_1", PART)
    if kind is Refused:
        assert error.value.message == "because"


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (told(data={"status": "processing"}), RegisteredState.PROCESSING),
        (told(data={"assetStatus": "REJECTED", "reason": "no face"}), RegisteredState.REJECTED),
        (told(data={"state": "failed"}), RegisteredState.FAILED),
        (told(data={"status": "inactive"}), RegisteredState.INACTIVE),
        (told(data={"status": "pondering"}), RegisteredState.PROCESSING),
        (told(data={}), RegisteredState.PROCESSING),
    ],
)
def test_every_state_is_read(reply: Any, state: RegisteredState) -> None:
    found = client(reply)[0].look(ID)
    assert found.state == state and found.reason in ("", "no face")


def test_a_gateway_that_keeps_no_files_says_so_before_anything_is_sent() -> None:
    venice = GatewayClient(get_gateway("venice"), "https://api.venice.ai/api/v1", KEY, transport=Wire(told()))
    with pytest.raises(Refused, match="Venice keeps no files"):
        Registering(venice)


@pytest.mark.parametrize("code", [429, 503])
def test_a_look_at_a_busy_gateway_waits_as_long_as_it_asks(code: int) -> None:
    reply = told(code=code)
    reply.headers["Retry-After"] = "40"
    with pytest.raises(Busy) as caught:
        client(reply)[0].look(ID)
    assert caught.value.retry_after_s == 40


def test_an_unknown_picture_is_lost() -> None:
    for reply in (told(code=404), told(404, code=404)):
        with pytest.raises(Lost):
            client(reply)[0].look(ID)


def test_a_registered_picture_stands_in_the_place_of_an_address_and_needs_no_room() -> None:
    caps = from_plain(
        {
            "modes": ["reference_to_video"],
            "inputs": {"reference_image": {"mimes": ["image/png"]}},
            "max_body_bytes": 10_000,
        }
    )
    media = Media("0" * 64, "image/png", 5_000_000, address=ReferenceAssets().address_of(ID))
    inputs = (In(Role.REFERENCE_IMAGE, media),)
    request = VideoRequest("seedance-2.0", Mode.REFERENCE_TO_VIDEO, "A", inputs=inputs)
    assert check(request, caps) == []
    (item,) = GATEWAY.build_submit(request, caps).json["input_references"]
    assert item == {"type": "image_url", "image_url": {"url": f"asset://{ID}"}}
