"""Clips and sounds in the composer: what to do with a source, and what waits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generations.models import Asset, Generation
from tests.factories import CAPABILITIES, make_asset, make_model
from tests.generations.composer.page import slots_in
from tests.media_files import make_image, make_mp4

pytestmark = pytest.mark.django_db


# --- clips and sounds -----------------------------------------------------------------------------

EVERYTHING: dict[str, Any] = {
    **CAPABILITIES,
    "modes": ["text_to_video", "reference_to_video", "edit", "extend", "upscale"],
    "inputs": {
        "source_video": {"mimes": ["video/mp4"]},
        "reference_video": {"mimes": ["video/mp4"], "max_count": 2},
        "reference_audio": {"mimes": ["audio/wav"], "max_count": 2},
    },
    "upscale_factors": [2, 4],
}


@pytest.fixture
def clip(project: Any) -> str:
    return str(make_asset(project=project, kind=Asset.Kind.CLIP, name="clip.mp4", mime="video/mp4").pk)


@pytest.fixture
def busy(model: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """It does more than its gateway has words for."""
    monkeypatch.setattr("generations.services.compose._inexpressible", lambda *_: [])
    model.capabilities = EVERYTHING
    model.save()
    return model


def test_a_source_clip_asks_what_to_do_with_it(send: Any, busy: Any, clip: str):
    assert 'name="mode"' not in send("composer").content.decode()
    page = send("composer", source_video=clip).content.decode()
    assert re.findall(r'<option value="(\w+)"( selected)?>(?:edit|extend|upscale)<', page) == [
        ("edit", " selected"),
        ("extend", ""),
        ("upscale", ""),
    ]
    assert 'name="upscale_factor"' not in page
    page = send("composer", source_video=clip, mode="upscale").content.decode()
    assert 'name="upscale_factor"' in page and ">4×<" in page


@pytest.mark.parametrize(("mode", "made"), [("", "edit"), ("extend", "extend"), ("nonsense", "edit")])
def test_a_source_clip_makes_a_take_of_the_chosen_mode(send: Any, busy: Any, clip: str, mode: str, made: str):
    assert send(source_video=clip, mode=mode).status_code == 200
    take = Generation.objects.get()
    assert take.mode == made and [use.role for use in take.inputs.all()] == ["source_video"]


def test_an_upscaled_clip_keeps_its_factor(send: Any, busy: Any, clip: str):
    reply = send(source_video=clip, mode="upscale", upscale_factor="4")
    assert reply.status_code == 200 and Generation.objects.get().request["upscale_factor"] == 4
    reply = send(source_video=clip, mode="upscale", upscale_factor="3")
    assert reply.status_code == 422 and "Upscale" in reply.content.decode()


def test_clips_and_sounds_are_references_in_their_order(send: Any, busy: Any, project: Any, clip: str):
    sound = str(make_asset(project=project, kind=Asset.Kind.SOUND, name="a.wav", mime="audio/wav").pk)
    page = send("composer", reference_video=[clip], reference_audio=[sound]).content.decode()
    assert "Reference clip 1" in page and slots_in(page, "reference_audio") == [sound, ""]
    assert send(reference_video=[clip], reference_audio=[sound]).status_code == 200
    uses = Generation.objects.get().inputs.order_by("position")
    assert [(use.role, str(use.asset_id)) for use in uses] == [
        ("reference_video", clip),
        ("reference_audio", sound),
    ]


def test_what_a_model_has_no_row_for_waits(send: Any, busy: Any, clip: str):
    plain = make_model(account=busy.account)
    page = send("composer", model=str(plain.pk), reference_video=[clip]).content.decode()
    assert slots_in(page, "reference_video_aside") == [clip] and "Reference clip" in page
    page = send("composer", model=str(plain.pk), source_video=clip).content.decode()
    assert slots_in(page, "source_video_aside") == [clip]
    reply = send(model=str(plain.pk), source_video=clip)
    assert reply.status_code == 422 and "takes no source clip" in reply.content.decode()


def test_the_number_of_source_clips_says_what_is_done_first(send: Any, busy: Any, project: Any, clip: str):
    counts = {"video_to_video": [2, 3], "edit": [1, 1]}
    inputs = {"source_video": {"mimes": ["video/mp4"], "max_count": 3, "counts": counts}}
    busy.capabilities = {**EVERYTHING, "modes": ["video_to_video", "edit"], "inputs": inputs}
    busy.save()
    other = str(make_asset(project=project, kind=Asset.Kind.CLIP, name="b.mp4", mime="video/mp4").pk)
    assert send(source_video=[clip]).status_code == send(source_video=[other, clip]).status_code == 200
    joined, edited = Generation.objects.order_by("-id")
    assert (edited.mode, joined.mode) == ("edit", "video_to_video")
    assert [str(use.asset_id) for use in joined.inputs.order_by("position")] == [other, clip]


def test_a_slot_takes_its_kind_of_file(send: Any, busy: Any, tmp_path: Path):
    picture = make_image(tmp_path / "a.png", (400, 300), format="PNG").read_bytes()
    reply = send("upload", slot="source_video", file=SimpleUploadedFile("a.png", picture))
    assert reply.status_code == 422 and "Only clips" in reply.json()["error"]
    clip = make_mp4(tmp_path / "a.mp4").read_bytes()
    reply = send("upload", slot="source_video", file=SimpleUploadedFile("a.mp4", clip))
    assert reply.status_code == 200 and reply.json()["light"] == "fits"
    reply = send("upload", slot="reference_image", file=SimpleUploadedFile("a.mp4", clip))
    assert reply.status_code == 422 and "Only pictures" in reply.json()["error"]
