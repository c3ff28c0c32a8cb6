"""Venice's adapter against the sandbox over real HTTP: everything made from more than frames."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from PIL import Image

from providers.catalogue import load
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Refused, Unsupported
from providers.gateways.registry import get_gateway
from providers.gateways.values import (
    AUTO_S,
    ConsentNeeded,
    FailureClass,
    Input,
    Job,
    JobState,
    Mode,
    ResultKind,
    Role,
    VideoRequest,
)

from .battery import picture
from .inputs import least_roles, real_item
from .on_sandbox import client_for, fetch, finish, model_of
from .sandbox_server import SandboxServer

SEEDANCE = "seedance-2-0-reference-to-video-basic"
OFFERED = [
    pytest.param(model.wire_id, mode, id=f"{model.wire_id}-{mode}")
    for model in load("venice")
    for mode in model.capabilities.modes
    if mode not in (Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, Mode.FIRST_LAST_FRAME)
]
TAKES = [
    (SEEDANCE, Mode.EDIT, "changing its sky to dusk", "edit"),
    (SEEDANCE, Mode.EXTEND, "the boat reaches the pier", "extend"),
    (SEEDANCE, Mode.VIDEO_TO_VIDEO, "a whip pan", "stitch"),
    (SEEDANCE, Mode.REFERENCE_TO_VIDEO, "a boat in <Image 1>", "reference_to_video"),
    ("kling-o3-pro-reference-to-video", Mode.REFERENCE_TO_VIDEO, "@Element1 waves", "reference_to_video"),
    ("wan-2-7-video-to-video", Mode.VIDEO_TO_VIDEO, "As a woodcut", "video_to_video"),
    ("grok-imagine-video-to-video-private", Mode.VIDEO_TO_VIDEO, "As a woodcut", "video_to_video"),
    ("topaz-video-upscale", Mode.UPSCALE, "", "upscale"),
]


@pytest.fixture
def client(sandbox: SandboxServer) -> GatewayClient:
    return client_for(sandbox, "venice")


def wish_for(wire_id: str, mode: Mode, prompt: str = "A lighthouse", **more: Any) -> VideoRequest:
    caps = model_of("venice", wire_id).capabilities
    fields: dict[str, Any] = {
        "duration_s": caps.default_duration(),
        "resolution": caps.default_resolution(),
        "aspect_ratio": caps.default_ratio(mode),
        "inputs": tuple(real_item(role) for role in least_roles(caps, mode)),
        **more,
    }
    return VideoRequest(wire_id, mode, prompt if caps.prompt_max_chars else "", **fields)


def send(client: GatewayClient, wish: VideoRequest) -> Job | ConsentNeeded:
    return client.submit(wish, model_of("venice", wish.model).capabilities)


@pytest.mark.parametrize(("wire_id", "mode"), OFFERED)
def test_the_sandbox_takes_what_the_catalogue_offers(client: GatewayClient, wire_id: str, mode: Mode) -> None:
    assert isinstance(send(client, wish_for(wire_id, mode)), Job)


@pytest.mark.parametrize(("wire_id", "mode", "prompt", "ran"), TAKES)
def test_a_take_runs_as_the_workflow_that_was_chosen(
    sandbox: SandboxServer, client: GatewayClient, wire_id: str, mode: Mode, prompt: str, ran: str
) -> None:
    job = send(client, wish_for(wire_id, mode, prompt))
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.state == JobState.FINISHED
    assert fetch(sandbox, client, done)[4:8] == b"ftyp"
    assert [line["mode"] for line in sandbox.bill() if line["job_id"] == job.id] == [ran]


def test_clips_and_sounds_go_along_as_references(sandbox: SandboxServer, client: GatewayClient) -> None:
    roles = [Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO, Role.AUDIO_TRACK]
    wish = wish_for(SEEDANCE, Mode.REFERENCE_TO_VIDEO, inputs=tuple(map(real_item, roles)))
    job = send(client, wish)
    assert isinstance(job, Job) and finish(client, job).state == JobState.FINISHED
    line = next(line for line in sandbox.bill() if line["job_id"] == job.id)
    assert line["amount_usd"] == pytest.approx(0.19 * (5 + 3))


@pytest.mark.parametrize(
    ("wire_id", "role"),
    [
        ("seedance-2-0-image-to-video-basic", Role.FIRST_FRAME),
        (SEEDANCE, Role.REFERENCE_IMAGE),
        ("seedance-2-5-reference-to-video-basic", Role.REFERENCE_IMAGE),
    ],
)
def test_seedance_takes_a_gif(client: GatewayClient, wire_id: str, role: Role) -> None:
    data = io.BytesIO()
    Image.new("P", (640, 480)).save(data, "GIF")
    address = "data:image/gif;base64," + base64.b64encode(data.getvalue()).decode()
    gif = picture(role, mime="image/gif", width=640, height=480, address=address)
    mode = Mode.IMAGE_TO_VIDEO if role == Role.FIRST_FRAME else Mode.REFERENCE_TO_VIDEO
    assert isinstance(send(client, wish_for(wire_id, mode, inputs=(gif,))), Job)
    with pytest.raises(Unsupported, match="GIF is not taken"):
        other = wish_for("wan-2.6-image-to-video", Mode.IMAGE_TO_VIDEO)
        send(client, replace(other, inputs=(replace(gif, role=Role.FIRST_FRAME),)))


def test_a_clip_may_have_the_shape_of_its_references(client: GatewayClient) -> None:
    shaped = replace(wish_for(SEEDANCE, Mode.REFERENCE_TO_VIDEO), aspect_ratio="adaptive")
    wish = replace(shaped, inputs=(real_item(Role.REFERENCE_VIDEO),))
    assert isinstance(send(client, wish), Job)
    with pytest.raises(Unsupported, match="needs a reference clip"):
        send(client, replace(wish, inputs=(real_item(Role.REFERENCE_IMAGE),)))


def test_happyhorse_takes_a_sound_beside_its_pictures(client: GatewayClient) -> None:
    horse, sounding = "happyhorse-1-1-reference-to-video", real_item(Role.REFERENCE_AUDIO)
    wish = wish_for(horse, Mode.REFERENCE_TO_VIDEO, inputs=(real_item(Role.REFERENCE_IMAGE), sounding))
    body = client.gateway.build_submit(wish, model_of("venice", horse).capabilities).json
    assert body is not None and len(body["reference_audio_urls"]) == len(body["reference_image_urls"]) == 1
    assert isinstance(send(client, wish), Job)


def test_a_sound_drives_a_clip(client: GatewayClient) -> None:
    wish = wish_for("wan-2-7-text-to-video", Mode.TEXT_TO_VIDEO, inputs=(real_item(Role.AUDIO_TRACK),))
    assert isinstance(send(client, wish), Job)


def test_a_take_may_be_as_long_as_its_clips(sandbox: SandboxServer, client: GatewayClient) -> None:
    long, clips = "seedance-2-5-reference-to-video-basic", (real_item(Role.REFERENCE_VIDEO),) * 2
    wish = wish_for(long, Mode.REFERENCE_TO_VIDEO, inputs=clips, duration_s=AUTO_S)
    quote = client.quote(wish, model_of("venice", long).capabilities)
    job = send(client, wish)
    line = next(line for line in sandbox.bill() if isinstance(job, Job) and line["job_id"] == job.id)
    assert line["duration_s"] == 6 and Decimal(str(line["amount_usd"])) == quote > 0


@pytest.mark.parametrize("role", [None, Role.ELEMENT, Role.SCENE_IMAGE, Role.REFERENCE_IMAGE])
def test_kling_3_needs_a_first_frame_and_nothing_beside_it(client: GatewayClient, role: Role | None) -> None:
    model = "kling-v3-4k-reference-to-video"
    roles = [Role.FIRST_FRAME, *([role] if role else [])]
    mode = model_of("venice", model).capabilities.mode_for(roles)
    assert isinstance(send(client, wish_for(model, mode, inputs=tuple(map(real_item, roles)))), Job)


@pytest.mark.parametrize("extra", [{}, {"camera_trajectory": "0 0 0 1; 1 90 20 1.5"}])
def test_a_camera_goes_around_a_picture_without_words(client: GatewayClient, extra: dict[str, str]) -> None:
    wish = wish_for("minimax-h3-max-multi-angle", Mode.IMAGE_TO_VIDEO, "", extra=extra)
    job = send(client, wish)
    assert isinstance(job, Job) and finish(client, job).state == JobState.FINISHED


def test_an_upscale_has_the_length_of_its_source(sandbox: SandboxServer, client: GatewayClient) -> None:
    job = send(client, wish_for("topaz-video-upscale", Mode.UPSCALE, upscale_factor=4))
    line = next(line for line in sandbox.bill() if isinstance(job, Job) and line["job_id"] == job.id)
    assert line["duration_s"] == 3


@pytest.mark.parametrize("length", [False, True])
def test_an_upscale_may_send_the_length_too(client: GatewayClient, length: bool) -> None:
    caps = replace(model_of("venice", "topaz-video-upscale").capabilities, source_length=length)
    assert isinstance(client.submit(wish_for("topaz-video-upscale", Mode.UPSCALE), caps), Job)


def test_an_upscale_whose_length_is_asked_for_is_made_once(sandbox: SandboxServer) -> None:
    client = GatewayClient(get_gateway("venice"), sandbox.url_for("venice"), "sandbox-lengths-once")
    asked, billed = len(sandbox.requests()), len(sandbox.bill())
    job = send(client, wish_for("topaz-video-upscale", Mode.UPSCALE, upscale_factor=2))
    assert isinstance(job, Job) and client.sent_again == {"duration": "3.00"}
    queued = [row for row in sandbox.requests()[asked:] if row["path"].endswith("/video/queue")]
    assert len(queued) == 2
    assert [line["job_id"] for line in sandbox.bill()[billed:]] == [job.id]


@pytest.mark.parametrize("clips", [1, 2])
def test_a_quote_counts_reference_clips(client: GatewayClient, clips: int) -> None:
    items = tuple(real_item(Role.REFERENCE_VIDEO) for _ in range(clips))
    wish = wish_for(SEEDANCE, Mode.REFERENCE_TO_VIDEO, inputs=items)
    quote = client.quote(wish, model_of("venice", SEEDANCE).capabilities)
    assert quote == Decimal(str(round(0.19 * (5 + 3 * clips), 2)))


@pytest.mark.parametrize(
    ("wire_id", "mode"),
    [("wan-2-7-video-to-video", Mode.VIDEO_TO_VIDEO), ("topaz-video-upscale", Mode.UPSCALE)],
)
def test_a_source_clip_is_priced_by_itself(client: GatewayClient, wire_id: str, mode: Mode) -> None:
    wish, caps = wish_for(wire_id, mode), model_of("venice", wire_id).capabilities
    assert client.quote(wish, caps) > 0
    for address in ("", "sha256:" + "0" * 64):
        named = tuple(Input(item.role, item.media.at(address)) for item in wish.inputs)
        with pytest.raises(Unsupported):
            client.quote(replace(wish, inputs=named), caps)


def test_a_private_result_is_deleted_once_it_is_safe(sandbox: SandboxServer, client: GatewayClient) -> None:
    job = send(client, wish_for("grok-imagine-reference-to-video-private", Mode.REFERENCE_TO_VIDEO))
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.result is not None and done.result.kind == ResultKind.LINK
    assert fetch(sandbox, client, done)
    client.after_store(done)
    assert httpx.get(done.result.url, trust_env=False).status_code == 410
    client.after_store(done)  # a second time finds nothing, which is no error


def test_other_results_are_released_by_their_job(client: GatewayClient) -> None:
    job = send(client, wish_for("wan-2-7-video-to-video", Mode.VIDEO_TO_VIDEO))
    assert isinstance(job, Job)
    done = finish(client, job)
    client.after_store(done)
    with client.result_bytes(done) as response:
        assert response.status_code == 404


def test_a_models_end_comes_with_the_answer(client: GatewayClient) -> None:
    job = send(client, wish_for("wan-2-7-video-to-video", Mode.VIDEO_TO_VIDEO, "A mill [deprecated]"))
    assert isinstance(job, Job) and job.deprecation["date"] == "2026-12-31"
    plain = send(client, wish_for("wan-2-7-video-to-video", Mode.VIDEO_TO_VIDEO, "A mill"))
    assert isinstance(plain, Job) and plain.deprecation == {}


def test_a_face_in_a_source_clip_asks_for_consent(client: GatewayClient) -> None:
    wish = wish_for("seedance-2-0-reference-to-video", Mode.EDIT, "remove the hat [face]")
    asked = send(client, wish)
    assert isinstance(asked, ConsentNeeded) and asked.roles == ("reference_video",)
    ticked = replace(wish, consents={asked.flow: dict.fromkeys(asked.statements, True)})
    assert isinstance(send(client, ticked), Job)


@pytest.mark.parametrize(
    ("wire_id", "mode", "word", "kind"),
    [
        (SEEDANCE, Mode.EDIT, "failed", FailureClass.PROVIDER_DOWN),
        ("kling-o3-pro-reference-to-video", Mode.REFERENCE_TO_VIDEO, "moderated", FailureClass.MODERATION),
        ("wan-2-7-video-to-video", Mode.VIDEO_TO_VIDEO, "failed", FailureClass.PROVIDER_DOWN),
    ],
)
def test_failures_are_told_apart(
    client: GatewayClient, wire_id: str, mode: Mode, word: str, kind: FailureClass
) -> None:
    job = send(client, wish_for(wire_id, mode, f"A cat [{word}]"))
    assert isinstance(job, Job)
    failure = finish(client, job).failure
    assert failure is not None and (failure.failure_class, failure.billed) == (kind, False)
    with pytest.raises(Refused) as caught:
        send(client, wish_for(wire_id, mode, "A cat [refused]"))
    assert caught.value.failure_class == FailureClass.MODERATION
