"""SilkDock's adapter against the sandbox over real HTTP: flags, inputs and what is made instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.catalogue import load
from providers.gateways._silkdock_models import read_model
from providers.gateways.capabilities import from_plain, to_plain
from providers.gateways.check import check
from providers.gateways.client import GatewayClient
from providers.gateways.errors import Unsupported
from providers.gateways.listing import laid_over
from providers.gateways.registry import get_gateway
from providers.gateways.values import Job, Mode, Role

from .battery import picture
from .on_sandbox import FRAMES, client_for, frame, model_of, request_for
from .sandbox_server import SandboxServer


@pytest.mark.parametrize("key", ["sandbox-strict", "sandbox-lax"])
def test_every_model_of_silkdock_takes_what_the_catalogue_offers(sandbox: SandboxServer, key: str) -> None:
    """A strict key refuses whatever its page does not say."""
    client = GatewayClient(get_gateway("silkdock"), sandbox.url_for("silkdock"), key)
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
def test_other_inputs_of_silkdock(sandbox: SandboxServer, roles: list[Role]) -> None:
    client, model = client_for(sandbox, "silkdock"), model_of("silkdock", "seedance-2.0")
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


def test_the_flags_of_silkdock_agree_with_the_catalogue(sandbox: SandboxServer) -> None:
    known = {model.wire_id: model.capabilities for model in load("silkdock")}
    found = {model.wire_id: model for model in client_for(sandbox, "silkdock").discover()}
    assert set(found) == set(known)
    for wire_id, model in found.items():
        for mode, open_ in model.gates.items():
            assert (mode in known[wire_id].modes) == open_, (wire_id, mode)


@pytest.mark.parametrize("mode", FRAMES | {Mode.TEXT_TO_VIDEO: []})
@pytest.mark.parametrize("known", [False, True])
def test_a_model_makes_what_silkdocks_flags_open(sandbox: SandboxServer, mode: Mode, known: bool) -> None:
    """Frames and references go by address, one picture as a form part; of a model that only the list knows
    the rest is left out."""
    client = GatewayClient(get_gateway("silkdock"), sandbox.url_for("silkdock"), "sandbox-strict-found")
    found = next(model for model in client.discover() if model.wire_id == "seedance-2.0")
    base = to_plain(model_of("silkdock", "wan-2.7").capabilities) if known else found.if_new
    caps = from_plain(laid_over(base, {"gates": found.gates, "opens": found.opens}))
    wish = request_for(replace(model_of("silkdock", "seedance-2.0"), capabilities=caps), mode)
    assert known or (wish.duration_s, wish.resolution, wish.aspect_ratio) == (None, None, None)
    assert [item.media.address[:5] == "data:" for item in wish.inputs] == [mode == Mode.IMAGE_TO_VIDEO] * len(
        wish.inputs
    )
    assert isinstance(client.submit(wish, caps), Job)
    local = replace(wish, inputs=tuple(frame(item.role) for item in wish.inputs))
    if mode in (Mode.FIRST_LAST_FRAME, Mode.REFERENCE_TO_VIDEO):
        assert any("PUBLIC_URL" in problem.message for problem in check(local, caps, public_urls=False))


def test_silkdock_is_told_not_to_rewrite_a_prompt(sandbox: SandboxServer) -> None:
    """A strict key refuses what the page does not name, and every key what is no boolean."""
    client = GatewayClient(get_gateway("silkdock"), sandbox.url_for("silkdock"), "sandbox-strict-words")
    model = model_of("silkdock", "wan-2.7")
    listed = {"model_group": "wan-2.7", "mode": "video_generation", "providers": ["pixwith"]}
    caps = from_plain(laid_over(to_plain(model.capabilities), read_model(listed).capabilities))
    wish = request_for(model, Mode.TEXT_TO_VIDEO, extra={"prompt_optimization": False})
    assert isinstance(client.submit(wish, caps), Job)
    with pytest.raises(Unsupported, match="no such option"):
        client.submit(wish, model.capabilities)


def test_silkdock_says_what_it_makes_instead(sandbox: SandboxServer) -> None:
    client, model = client_for(sandbox, "silkdock"), model_of("silkdock", "seedance-2.0")
    wish = replace(request_for(model, Mode.TEXT_TO_VIDEO), resolution="1080p", aspect_ratio="21:9")
    job = client.submit(wish, model.capabilities)
    assert isinstance(job, Job) and job.makes["resolution"] == "720p"
