"""The adapters against the sandbox over real HTTP: both were written from the same pages, apart."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from providers.catalogue import CatalogueModel, load
from providers.fetcher import open_guarded, raise_for_link
from providers.gateways._silkdock_models import read_model
from providers.gateways.capabilities import Capabilities, Travel, from_plain, laid_over, to_plain
from providers.gateways.check import check
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Ambiguous, Refused, Unsupported
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
from providers.prices import estimate

from .battery import MP4_HEAD, picture
from .sandbox_server import SandboxServer
from .swept import swept

KEY = "sandbox-adapters"
TAKES = [
    ("silkdock", "seedance-2.0", Mode.TEXT_TO_VIDEO),
    ("silkdock", "seedance-2.0", Mode.FIRST_LAST_FRAME),
    ("silkdock", "seedance-2.0", Mode.REFERENCE_TO_VIDEO),
    ("silkdock", "wan-2.7", Mode.IMAGE_TO_VIDEO),
    ("silkdock", "gen4_turbo", Mode.IMAGE_TO_VIDEO),
    ("silkdock", "veo-3.1-generate", Mode.TEXT_TO_VIDEO),
    ("elkapi", "doubao-seedance-2-0-260128", Mode.TEXT_TO_VIDEO),
    ("elkapi", "doubao-seedance-2-0-fast-260128", Mode.IMAGE_TO_VIDEO),
    ("elkapi", "doubao-seedance-2-0-260128", Mode.FIRST_LAST_FRAME),
    ("elkapi", "doubao-seedance-2-5-260628", Mode.REFERENCE_TO_VIDEO),
    ("elkapi", "doubao-seedance-1-0-lite-i2v-250428", Mode.IMAGE_TO_VIDEO),
    ("siliconflow", "Wan-AI/Wan2.2-T2V-A14B", Mode.TEXT_TO_VIDEO),
    ("siliconflow", "Wan-AI/Wan2.2-I2V-A14B", Mode.IMAGE_TO_VIDEO),
    ("siliconflow", "Wan-AI/Wan2.1-T2V-14B-720P", Mode.TEXT_TO_VIDEO),
    ("token360", "seedance-2.0", Mode.TEXT_TO_VIDEO),
    ("token360", "seedance-2.0", Mode.FIRST_LAST_FRAME),
    ("token360", "seedance-2.0-mini", Mode.REFERENCE_TO_VIDEO),
    ("venice", "wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO),
    ("venice", "seedance-2-0-reference-to-video-basic", Mode.REFERENCE_TO_VIDEO),
    ("venice", "seedance-2-5-reference-to-video-basic", Mode.REFERENCE_TO_VIDEO),
    ("venice", "kling-2.6-pro-image-to-video", Mode.FIRST_LAST_FRAME),
    ("venice", "grok-imagine-text-to-video-private", Mode.TEXT_TO_VIDEO),
]
FRAMES = {
    Mode.IMAGE_TO_VIDEO: [Role.FIRST_FRAME],
    Mode.FIRST_LAST_FRAME: [Role.FIRST_FRAME, Role.LAST_FRAME],
    Mode.REFERENCE_TO_VIDEO: [Role.REFERENCE_IMAGE, Role.REFERENCE_IMAGE],
}


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer().start(job_s=0.3, no_render=True) as server:
        yield server


def model_of(gateway: str, wire_id: str) -> CatalogueModel:
    return next(model for model in load(gateway) if model.wire_id == wire_id)


def frame(role: Role) -> Input:
    png = io.BytesIO()
    Image.new("RGB", (640, 360), "red" if role == Role.FIRST_FRAME else "blue").save(png, "PNG")
    address = "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()
    return picture(role, width=640, height=360, size_bytes=len(png.getvalue()), address=address)


def request_for(model: CatalogueModel, mode: Mode, prompt: str = "A lighthouse", **more: Any) -> VideoRequest:
    caps = model.capabilities
    return VideoRequest(
        model=model.wire_id,
        mode=mode,
        prompt=prompt,
        duration_s=caps.default_duration(),
        resolution=caps.default_resolution(),
        aspect_ratio=caps.default_ratio(mode),
        inputs=tuple(placed(frame(role), mode, caps) for role in FRAMES.get(mode, [])),
        **more,
    )


def placed(item: Input, mode: Mode, caps: Capabilities) -> Input:
    """At an address of its own where that is the only way it may travel."""
    if caps.ways(item.role, VideoRequest("", mode, "")) != (Travel.PUBLIC_URL,):
        return item
    return replace(item, media=item.media.at(f"https://example.com/{item.role}.png"))


def client_for(server: SandboxServer, gateway: str) -> GatewayClient:
    return GatewayClient(get_gateway(gateway), server.url_for(gateway), KEY)


def finish(client: GatewayClient, job: Job) -> Job:
    until = time.monotonic() + 20
    while job.state in (JobState.QUEUED, JobState.RUNNING) and time.monotonic() < until:
        time.sleep(0.1)
        job = client.poll(job)
    return job


def fetch(server: SandboxServer, client: GatewayClient, job: Job) -> bytes:
    result = job.result
    assert result is not None
    if result.kind == ResultKind.BYTES:
        with client.result_bytes(job) as response:
            client.raise_for_result(response)
            return response.read()
    if result.kind == ResultKind.ASK:
        result = client.fresh_link(job)
        assert result is not None
        if result.kind == ResultKind.BYTES:
            return fetch(server, client, replace(job, result=result))
    allow = frozenset({f"127.0.0.1:{server.port}"})
    with open_guarded(client.checked_url(result.url), allow=allow) as response:
        raise_for_link(response)
        return response.read()


@pytest.mark.parametrize(("gateway", "wire_id", "mode"), TAKES)
def test_a_take_comes_back_as_a_file(server: SandboxServer, gateway: str, wire_id: str, mode: Mode) -> None:
    client, model = client_for(server, gateway), model_of(gateway, wire_id)
    job = client.submit(request_for(model, mode), model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.state == JobState.FINISHED
    assert fetch(server, client, done)[4:8] == b"ftyp"
    client.after_store(done)


@pytest.mark.parametrize("gateway", ["elkapi", "siliconflow", "silkdock", "token360", "venice"])
def test_a_key_is_checked_for_free(server: SandboxServer, gateway: str) -> None:
    assert client_for(server, gateway).check_key().ok
    with pytest.raises(Refused) as caught:
        GatewayClient(get_gateway(gateway), server.url_for(gateway), "wrong").check_key()
    assert caught.value.failure_class == FailureClass.KEY_REJECTED


@pytest.mark.parametrize("wire_id", ["seedance-2.0", "seedance-2.0-fast"])
def test_a_lost_answer_is_found_in_the_list(server: SandboxServer, wire_id: str) -> None:
    client, model = client_for(server, "token360"), model_of("token360", wire_id)
    wish = request_for(model, Mode.TEXT_TO_VIDEO, f"A {wire_id} boat [lost answer]")
    began = datetime.now(UTC)
    with pytest.raises(Ambiguous):
        client.submit(wish, model.capabilities)
    listed = swept(client.gateway, client.base_url, KEY, lambda here: here.find(began))
    found = [c for c in listed if (c.model, c.prompt) == (wire_id, wish.prompt)]
    assert len(found) == 1 and abs((found[0].created_at - began).total_seconds()) < 5


@pytest.mark.parametrize(
    ("gateway", "wire_id", "mode", "billed"),
    [
        ("elkapi", "doubao-seedance-2-0-260128", Mode.TEXT_TO_VIDEO, False),
        ("silkdock", "seedance-2.0", Mode.TEXT_TO_VIDEO, None),
        ("token360", "seedance-2.0", Mode.TEXT_TO_VIDEO, False),
        ("venice", "wan-2.6-text-to-video", Mode.TEXT_TO_VIDEO, False),
    ],
)
def test_failures_are_told_apart(
    server: SandboxServer, gateway: str, wire_id: str, mode: Mode, billed: bool | None
) -> None:
    client, model = client_for(server, gateway), model_of(gateway, wire_id)
    for word, kind in (("failed", FailureClass.PROVIDER_DOWN), ("moderated", FailureClass.MODERATION)):
        job = client.submit(request_for(model, mode, f"A cat [{word}]"), model.capabilities)
        assert isinstance(job, Job)
        failure = finish(client, job).failure
        assert failure is not None and (failure.failure_class, failure.billed) == (kind, billed)
    with pytest.raises(Refused) as caught:
        client.submit(request_for(model, mode, "A cat [refused]"), model.capabilities)
    assert caught.value.failure_class == FailureClass.MODERATION


@pytest.mark.parametrize(
    ("gateway", "wire_id"), [("elkapi", "doubao-seedance-2-0-260128"), ("token360", "seedance-2.0")]
)
def test_a_completed_job_without_an_address_is_asked_for_one(
    server: SandboxServer, gateway: str, wire_id: str
) -> None:
    client, model = client_for(server, gateway), model_of(gateway, wire_id)
    job = client.submit(request_for(model, Mode.TEXT_TO_VIDEO, "A kite [no url]"), model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.result is not None and done.result.kind == ResultKind.ASK
    assert fetch(server, client, done)[4:8] == b"ftyp"


def test_consent_is_asked_and_accepted(server: SandboxServer) -> None:
    client, model = client_for(server, "venice"), model_of("venice", "seedance-2-0-image-to-video")
    wish = request_for(model, Mode.IMAGE_TO_VIDEO, "A portrait [face]")
    asked = client.submit(wish, model.capabilities)
    assert isinstance(asked, ConsentNeeded) and asked.roles == ("image",) and asked.policy_text
    ticked = replace(wish, consents={asked.flow: dict.fromkeys(asked.statements, True)})
    assert isinstance(client.submit(ticked, model.capabilities), Job)


def test_consent_is_asked_for_references_too(server: SandboxServer) -> None:
    client, model = client_for(server, "venice"), model_of("venice", "seedance-2-0-reference-to-video")
    asked = client.submit(
        request_for(model, Mode.REFERENCE_TO_VIDEO, "A portrait [face]"), model.capabilities
    )
    assert isinstance(asked, ConsentNeeded) and asked.roles == ("reference_image",)


def test_what_the_sandbox_lists_agrees_with_the_catalogue(server: SandboxServer) -> None:
    known = {model.wire_id: model.capabilities for model in load("venice")}
    for found in client_for(server, "venice").discover():
        if found.wire_id in known:
            caps = known[found.wire_id]
            lengths = tuple(seconds for seconds in caps.durations_s if seconds != AUTO_S)  # never listed
            assert tuple(found.capabilities["durations_s"]) == lengths, found.wire_id
            assert found.capabilities["audio"] == caps.audio, found.wire_id
            for name in ("resolutions", "aspect_ratios"):
                theirs = {choice["wire"] for choice in found.capabilities[name]}
                ours = {choice.wire for choice in getattr(caps, name) if not choice.beside}
                assert theirs == ours, found.wire_id


@pytest.mark.parametrize("key", ["sandbox-strict", "sandbox-lax"])
def test_every_model_of_silkdock_takes_what_the_catalogue_offers(server: SandboxServer, key: str) -> None:
    """A strict key refuses whatever its page does not say."""
    client = GatewayClient(get_gateway("silkdock"), server.url_for("silkdock"), key)
    for model in load("silkdock"):
        for mode in model.capabilities.modes:
            wish = request_for(model, mode, generate_audio=model.capabilities.audio == "optional" or None)
            job = client.submit(wish, model.capabilities)
            assert isinstance(job, Job), (model.wire_id, mode)
            assert job.makes["generate_audio"] is bool(wish.generate_audio) or model.wire_id.startswith(
                "veo-3"
            )


@pytest.mark.parametrize(
    "roles",
    [
        [Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO],
        [Role.FIRST_FRAME, Role.REFERENCE_IMAGE],
        [Role.AUDIO_TRACK],
    ],
)
def test_other_inputs_of_silkdock(server: SandboxServer, roles: list[Role]) -> None:
    client, model = client_for(server, "silkdock"), model_of("silkdock", "seedance-2.0")
    kinds = {"video": ("video/mp4", "mp4"), "audio": ("audio/mpeg", "mp3"), "image": ("image/png", "png")}
    items = []
    for role in roles:
        word = "audio" if "audio" in role else "video" if "video" in role else "image"
        mime, suffix = kinds[word]
        made = frame(role) if role == Role.FIRST_FRAME else picture(role, mime=mime, width=None, height=None)
        away = (
            made
            if role == Role.FIRST_FRAME
            else replace(made, media=made.media.at(f"https://a.example/x.{suffix}"))
        )
        items.append(away)
    mode = Mode.TEXT_TO_VIDEO if roles == [Role.AUDIO_TRACK] else Mode.REFERENCE_TO_VIDEO
    wish = replace(request_for(model, mode), inputs=tuple(items))
    assert isinstance(client.submit(wish, model.capabilities), Job)


def test_the_flags_of_silkdock_agree_with_the_catalogue(server: SandboxServer) -> None:
    known = {model.wire_id: model.capabilities for model in load("silkdock")}
    found = {model.wire_id: model for model in client_for(server, "silkdock").discover()}
    assert set(found) == set(known)
    for wire_id, model in found.items():
        for mode, open_ in model.gates.items():
            assert (mode in known[wire_id].modes) == open_, (wire_id, mode)


@pytest.mark.parametrize("mode", FRAMES | {Mode.TEXT_TO_VIDEO: []})
def test_a_model_that_only_silkdocks_list_knows_makes_what_its_flags_open(
    server: SandboxServer, mode: Mode
) -> None:
    """Frames and references go by address, one picture as a form part; what is not told is left out."""
    client = GatewayClient(get_gateway("silkdock"), server.url_for("silkdock"), "sandbox-strict-found")
    found = next(model for model in client.discover() if model.wire_id == "seedance-2.0")
    caps = from_plain(
        laid_over(found.if_new, {"gates": {m.value: is_open for m, is_open in found.gates.items()}})
    )
    wish = request_for(replace(model_of("silkdock", "seedance-2.0"), capabilities=caps), mode)
    assert (wish.duration_s, wish.resolution, wish.aspect_ratio) == (None, None, None)
    assert [item.media.address[:5] == "data:" for item in wish.inputs] == [mode == Mode.IMAGE_TO_VIDEO] * len(
        wish.inputs
    )
    assert isinstance(client.submit(wish, caps), Job)
    local = replace(wish, inputs=tuple(frame(item.role) for item in wish.inputs))
    if mode in (Mode.FIRST_LAST_FRAME, Mode.REFERENCE_TO_VIDEO):
        assert any("PUBLIC_URL" in problem.message for problem in check(local, caps, public_urls=False))


@pytest.mark.parametrize(("ratio", "resolution"), [("21:9", "4k"), ("adaptive", "1080p")])
def test_token360_makes_what_its_page_has_beyond_the_usual(
    server: SandboxServer, ratio: str, resolution: str
) -> None:
    client, model = client_for(server, "token360"), model_of("token360", "seedance-2.0")
    wish = replace(request_for(model, Mode.TEXT_TO_VIDEO), aspect_ratio=ratio, resolution=resolution)
    assert isinstance(client.submit(wish, model.capabilities), Job)
    fast = model_of("token360", "seedance-2.0-fast")
    with pytest.raises(Unsupported, match="not offered"):
        client.submit(replace(wish, model=fast.wire_id), fast.capabilities)


def test_silkdock_is_told_not_to_rewrite_a_prompt(server: SandboxServer) -> None:
    """A strict key refuses what the page does not name, and every key what is no boolean."""
    client = GatewayClient(get_gateway("silkdock"), server.url_for("silkdock"), "sandbox-strict-words")
    model = model_of("silkdock", "wan-2.7")
    listed = {"model_group": "wan-2.7", "mode": "video_generation", "providers": ["pixwith"]}
    caps = from_plain(laid_over(to_plain(model.capabilities), read_model(listed).capabilities))
    wish = request_for(model, Mode.TEXT_TO_VIDEO, extra={"prompt_optimization": False})
    assert isinstance(client.submit(wish, caps), Job)
    with pytest.raises(Unsupported, match="no such option"):
        client.submit(wish, model.capabilities)


def test_silkdock_says_what_it_makes_instead(server: SandboxServer) -> None:
    client, model = client_for(server, "silkdock"), model_of("silkdock", "seedance-2.0")
    wish = replace(request_for(model, Mode.TEXT_TO_VIDEO), resolution="1080p", aspect_ratio="21:9")
    job = client.submit(wish, model.capabilities)
    assert isinstance(job, Job) and job.makes["resolution"] == "720p"


ELKAPI = ("elkapi", "doubao-seedance-2-0-260128")


@pytest.mark.parametrize("word", ["v2", "v3", "v4", "v5", "v6", "v7", "old build", "flat only", "odd status"])
def test_elkapi_is_read_in_every_shape(server: SandboxServer, word: str) -> None:
    client, model = client_for(server, "elkapi"), model_of(*ELKAPI)
    job = client.submit(request_for(model, Mode.TEXT_TO_VIDEO, f"A kite [{word}]"), model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert done.state == JobState.FINISHED and fetch(server, client, done)[4:8] == b"ftyp"
    for end, kind in (("failed", FailureClass.PROVIDER_DOWN), ("moderated", FailureClass.MODERATION)):
        wish = request_for(model, Mode.TEXT_TO_VIDEO, f"A kite [{end}] [{word}]")
        job = client.submit(wish, model.capabilities)
        assert isinstance(job, Job)
        failure = finish(client, job).failure
        assert failure is not None
        # the oldest builds name no reason at all
        assert failure.failure_class == (FailureClass.PROVIDER_DOWN if word == "old build" else kind)


def test_elkapi_lets_the_model_choose(server: SandboxServer) -> None:
    client, model = client_for(server, "elkapi"), model_of(*ELKAPI)
    wish = replace(request_for(model, Mode.FIRST_LAST_FRAME), duration_s=AUTO_S, aspect_ratio="adaptive")
    job = client.submit(wish, model.capabilities)
    assert isinstance(job, Job)
    done = finish(client, job)
    assert (done.state, done.duration_s, done.tokens) == (JobState.FINISHED, 5, 108_900)


def test_elkapi_explains_a_refused_face(server: SandboxServer) -> None:
    client, model = client_for(server, "elkapi"), model_of(*ELKAPI)
    for word in ("[face]", "[face] [masked]"):
        with pytest.raises(Refused, match="real person") as caught:
            client.submit(request_for(model, Mode.IMAGE_TO_VIDEO, f"A portrait {word}"), model.capabilities)
        assert caught.value.failure_class == FailureClass.MODERATION and caught.value.hint


def test_elkapi_says_when_a_balance_or_a_route_is_missing(server: SandboxServer) -> None:
    model = model_of(*ELKAPI)
    wish = request_for(model, Mode.TEXT_TO_VIDEO)
    poor = GatewayClient(get_gateway("elkapi"), server.url_for("elkapi"), "sandbox-empty-1")
    with pytest.raises(Refused) as caught:
        poor.submit(wish, model.capabilities)
    assert caught.value.failure_class == FailureClass.NO_BALANCE
    with pytest.raises(Refused, match="no route") as caught:
        client_for(server, "elkapi").submit(replace(wish, model="doubao-seedance-9"), model.capabilities)
    assert caught.value.failure_class == FailureClass.PROVIDER_DOWN


@pytest.mark.parametrize("wire_id", ["seedance-2.0", "seedance-2.0-fast", "seedance-2.0-mini"])
@pytest.mark.parametrize(
    ("mode", "roles"),
    [
        (Mode.REFERENCE_TO_VIDEO, [Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO, Role.REFERENCE_IMAGE]),
        (Mode.EDIT, [Role.SOURCE_VIDEO, Role.REFERENCE_IMAGE]),
        (Mode.EXTEND, [Role.SOURCE_VIDEO]),
    ],
)
def test_token360_takes_clips_and_sounds(
    server: SandboxServer, wire_id: str, mode: Mode, roles: list[Role]
) -> None:
    client, model = client_for(server, "token360"), model_of("token360", wire_id)
    wish = replace(
        request_for(model, mode, f"A heron, {wire_id} {mode}", extra={"execution_expires_after": 3600}),
        inputs=tuple(MEDIA[role] if role in MEDIA else frame(role) for role in roles),
        return_last_frame=True,
    )
    job = client.submit(wish, model.capabilities)
    assert isinstance(job, Job) and job.deadline_s == 3600
    done = finish(client, job)
    assert fetch(server, client, done)[4:8] == b"ftyp"
    assert done.last_frame_url.startswith(server.origin)
    line = next(line for line in server.bill() if line["job_id"] == job.id)
    assert line["mode"] == mode
    assert is_to_the_cent(estimate(model.price, wish).amount_usd, line["amount_usd"])


@pytest.mark.parametrize(
    ("wire_id", "resolution", "duration_s"),
    [
        ("seedance-2.0", "480p", 5),
        ("seedance-2.0", "720p", 10),
        ("seedance-2.0", "1080p", 15),
        ("seedance-2.0-fast", "720p", 4),
        ("seedance-1.5-pro", "1080p", 12),
        ("seedance-2.0-mini", "480p", 7),
        ("seedance-2.5", "720p", 30),
    ],
)
def test_token360s_bill_by_tokens_is_what_was_estimated(
    server: SandboxServer, wire_id: str, resolution: str, duration_s: int
) -> None:
    model = model_of("token360", wire_id)
    wish = request_for(model, Mode.TEXT_TO_VIDEO, f"A heron on the bill, {wire_id} {resolution}")
    wish = replace(wish, resolution=resolution, duration_s=float(duration_s))
    job = client_for(server, "token360").submit(wish, model.capabilities)
    assert isinstance(job, Job)
    line = next(line for line in server.bill() if line["job_id"] == job.id)
    assert is_to_the_cent(estimate(model.price, wish).amount_usd, line["amount_usd"])


def is_to_the_cent(estimated: Decimal | None, billed: float) -> bool:
    """An estimate is rounded up; the price of a token is kept to five decimals."""
    assert estimated is not None
    return -0.0002 <= float(estimated) - billed < 0.01


def sample(role: Role, mime: str, head: bytes) -> Input:
    address = f"data:{mime};base64,{base64.b64encode(head).decode()}"
    return picture(role, mime=mime, duration_s=4.0, width=None, height=None, address=address)


MEDIA = {
    Role.SOURCE_VIDEO: sample(Role.SOURCE_VIDEO, "video/mp4", MP4_HEAD),
    Role.REFERENCE_VIDEO: sample(Role.REFERENCE_VIDEO, "video/mp4", MP4_HEAD),
    Role.REFERENCE_AUDIO: sample(Role.REFERENCE_AUDIO, "audio/wav", b"RIFF\0\0\0\0WAVEfmt "),
}
SILICONFLOW = "Wan-AI/Wan2.2-T2V-A14B"


def test_siliconflow_keys_tell_what_is_wrong(server: SandboxServer) -> None:
    model = model_of("siliconflow", SILICONFLOW)
    wish = request_for(model, Mode.TEXT_TO_VIDEO)
    for key, failure_class in (
        ("sandbox-com-1", FailureClass.KEY_REJECTED),
        ("sandbox-empty-1", FailureClass.NO_BALANCE),
        ("sandbox-empty-402", FailureClass.NO_BALANCE),
    ):
        client = GatewayClient(get_gateway("siliconflow"), server.url_for("siliconflow"), key)
        with pytest.raises(Refused) as caught:
            client.submit(wish, model.capabilities)
        assert caught.value.failure_class == failure_class, key
        assert "x-siliconcloud-trace-id: ti_" in caught.value.raw


def test_siliconflow_discovers_what_the_catalogue_knows(server: SandboxServer) -> None:
    found = {model.wire_id: model for model in client_for(server, "siliconflow").discover()}
    for model in load("siliconflow"):
        assert list(found[model.wire_id].if_new["modes"]) == [mode.value for mode in model.capabilities.modes]
        theirs = from_plain(found[model.wire_id].if_new)
        assert theirs.aspect_ratios == model.capabilities.aspect_ratios
