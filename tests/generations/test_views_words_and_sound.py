"""The composer where words, sound or a pairing have no place: set aside, not asked for, refused in time."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from generations.models import Generation
from providers.gateways.errors import Unsupported
from tests.factories import CAPABILITIES, make_model, save_asset
from tests.media_files import make_wav

pytestmark = pytest.mark.django_db


@pytest.fixture
def model() -> Any:
    return make_model()


@pytest.fixture
def send(signed_in: Any, bob: Any, project: Any, model: Any) -> Any:
    client = signed_in(bob)

    def post(name: str = "generate", **values: Any) -> Any:
        body = {"prompt": "A quiet harbour", "model": str(model.pk), "duration_s": "5", "resolution": "720p"}
        body |= {"aspect_ratio": "16:9", "count": "1", "shown_usd": "100", "idempotency_key": uuid4().hex}
        return client.post(f"/p/{project.slug}/{name}", {**body, **values}, headers={"HX-Request": "true"})

    return post


def test_a_model_without_words_sets_the_prompt_aside_and_gives_it_back(send: Any, model: Any):
    quiet = make_model(
        account=model.account,
        capabilities={**CAPABILITIES, "prompt_max_chars": 0, "prompt_required": False},
    )
    page = send("composer", model=str(quiet.pk)).content.decode()
    assert "This model takes no words." in page and "Prompt: A quiet harbour" in page
    aside = html.unescape(re.search(r'name="aside" value="([^"]*)"', page)[1])
    assert ">A quiet harbour</textarea>" in send("composer", prompt="", aside=aside).content.decode()
    assert send(model=str(quiet.pk), prompt="").status_code == 200


def test_what_was_set_aside_can_be_forgotten(send: Any, model: Any):
    aside = '{"seed": [4, null]}'
    silent = make_model(account=model.account, capabilities={"modes": ["text_to_video"], "durations_s": [5]})
    assert "Seed 4" in send("composer", model=str(silent.pk), aside=aside).content.decode()
    values = {"model": str(silent.pk), "aside": aside, "resolution": "", "aspect_ratio": ""}
    page = send("composer", forget_aside="1", **values).content.decode()
    assert "Seed 4" not in page and "set aside" not in page


def test_with_a_sound_track_none_is_made(send: Any, project: Any, model: Any, bob: Any, tmp_path: Path):
    inputs = {**CAPABILITIES["inputs"], "audio_track": {"mimes": ["audio/x-wav", "audio/wav"]}}
    model.capabilities = {**CAPABILITIES, "audio": "optional", "inputs": inputs}
    model.save()
    track = save_asset(bob, project, make_wav(tmp_path / "a.wav", seconds=4.0))
    page = send("composer", audio_track=str(track.pk), generate_audio="on").content.decode()
    assert 'name="generate_audio"' not in page
    assert 'name="generate_audio"' in send("composer", generate_audio="on").content.decode()
    assert send(audio_track=str(track.pk), generate_audio="on").status_code == 200
    assert "generate_audio" not in Generation.objects.get().request


def test_what_only_the_adapter_knows_is_refused_before_anything_is_made(
    send: Any, project: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
):
    def unsaid(*_args: Any) -> Any:
        raise Unsupported("Not these two together.", field="resolution")

    monkeypatch.setattr("providers.gateways.token360.Token360.build_submit", unsaid)
    reply = send()
    assert reply.status_code == 422 and "Resolution: Not these two together." in reply.content.decode()
    assert not Generation.objects.exists()
