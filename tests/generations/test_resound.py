"""The sound of an upscale's source, put beside what the gateway delivered silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest
from django.urls import reverse

from generations.models import Generation, Output, Status
from generations.services.derive import derive_outputs
from generations.storage import media_store
from providers.gateways.values import Mode, Role
from tests.generations.pipeline import Line
from tests.generations.test_pipeline_venice_modes import RESTYLE, UPSCALE, ModesDesk
from tests.media_files import make_mp4, make_webm
from tests.providers.sandbox_server import SandboxServer

pytestmark = [pytest.mark.django_db(transaction=True)]


class LoudDesk(ModesDesk):
    source: Path

    def file(self, role: Role) -> Path:
        return self.source

    def upscale(self, source: Path) -> Generation:
        self.source = source
        return self.take_in(UPSCALE, [Role.SOURCE_VIDEO], Mode.UPSCALE, upscale_factor=1)


@pytest.fixture
def desk(studio: Line, sandbox: SandboxServer, tmp_path: Path) -> LoudDesk:
    return LoudDesk(sandbox, tmp_path)


def streams(output: Output) -> tuple[list[str], float]:
    with av.open(str(media_store().path(output.file)), "r") as film:
        return [track.codec_context.name for track in film.streams], (film.duration or 0) / 1e6


def packets(output: Output) -> list[bytes]:
    with av.open(str(media_store().path(output.file)), "r") as film:
        return [bytes(packet) for packet in film.demux(video=0)]


@pytest.mark.parametrize("make", [make_mp4, make_webm])
def test_an_upscale_gets_the_sound_of_its_source(
    studio: Line, desk: LoudDesk, tmp_path: Path, make: Any
) -> None:
    source = make(tmp_path / ("a.webm" if make is make_webm else "a.mp4"), 3.0, (640, 360), audio=True)
    take = studio.finish(desk.upscale(source), derived=True)
    assert take.status == Status.COMPLETED, take.failure_message
    clip, sounded = (take.outputs.get(kind=kind) for kind in ("video", "sounded"))
    assert streams(clip)[0] == ["h264"] and streams(sounded)[0] == ["h264", "aac"]
    assert streams(sounded)[1] == pytest.approx(streams(clip)[1], abs=0.1)
    assert packets(sounded) == packets(clip)  # the pictures are copied as they came
    told = [event.detail["kinds"] for event in take.events.filter(kind="derived")]
    assert ["sounded"] in told and len(told) == 2
    assert take.events.get(kind="stored").detail["sha256"] == clip.sha256


def test_a_second_derivation_makes_nothing_twice(studio: Line, desk: LoudDesk, tmp_path: Path) -> None:
    take = studio.finish(desk.upscale(make_mp4(tmp_path / "a.mp4", 3.0, audio=True)), derived=True)
    before = take.events.count()
    derive_outputs(take.pk)
    assert take.events.count() == before


def test_a_silent_source_gives_nothing_back(studio: Line, desk: LoudDesk, tmp_path: Path) -> None:
    take = studio.finish(desk.upscale(make_mp4(tmp_path / "a.mp4", 3.0)), derived=True)
    assert not take.outputs.filter(kind="sounded").exists()
    assert take.outputs.filter(kind="poster").exists()


def test_only_an_upscale_gets_it(studio: Line, desk: LoudDesk, tmp_path: Path) -> None:
    desk.source = make_mp4(tmp_path / "a.mp4", 3.0, audio=True)
    take = studio.finish(desk.take_in(RESTYLE, [Role.SOURCE_VIDEO], prompt="As a woodcut"), derived=True)
    assert not take.outputs.filter(kind="sounded").exists()


def test_a_source_that_is_gone_is_written_down_and_the_pictures_are_made(
    studio: Line, desk: LoudDesk, tmp_path: Path
) -> None:
    take = desk.upscale(make_mp4(tmp_path / "a.mp4", 3.0, audio=True))
    studio.send()
    media_store().path(take.inputs.get().asset.file).unlink()
    take = studio.finish(take, derived=True)
    assert take.status == Status.COMPLETED
    assert take.events.filter(kind="sound not put back").count() == 1
    assert {output.kind for output in take.outputs.all()} == {
        "video",
        "poster",
        "small",
        "strip",
        "last_frame",
    }
    derive_outputs(take.pk)
    assert take.events.filter(kind="sound not put back").count() == 1


def test_the_page_plays_it_and_the_api_serves_it(
    studio: Line, desk: LoudDesk, tmp_path: Path, signed_in: Any
) -> None:
    take = studio.finish(desk.upscale(make_mp4(tmp_path / "a.mp4", 3.0, audio=True)), derived=True)
    client, address = signed_in(desk.user), reverse("media-output", args=[take.pk, "sounded"])
    page = client.get(take.get_absolute_url()).content.decode()
    assert f'src="{address}"' in page and reverse("take-download", args=[take.pk, "sounded"]) in page
    assert reverse("take-download", args=[take.pk, "video"]) in page
    outputs = {item["kind"]: item for item in client.get(f"/api/v1/generations/{take.pk}").json()["outputs"]}
    body = b"".join(client.get(outputs["sounded"]["link"]).streaming_content)
    assert len(body) == outputs["sounded"]["size_bytes"] != outputs["video"]["size_bytes"]
