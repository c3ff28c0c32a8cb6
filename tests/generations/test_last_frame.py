"""The last frame as the gateway keeps it: fetched where asked for, never in the way of the take."""

from __future__ import annotations

from typing import Any

import pytest

from generations.models import Generation, Output
from generations.storage import media_store
from tests.factories import make_account, make_project, make_take, make_user, model_of
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer


@pytest.fixture
def take_of(studio: Line, sandbox: SandboxServer) -> Any:
    account = make_account("token360", base_url=sandbox.url_for("token360"))
    user = make_user()
    project, model = make_project(user), model_of(account, "seedance-2.0-fast")

    def make(prompt: str, **values: Any) -> Generation:
        values = {"duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9", **values}
        return make_take(user, project, model, prompt=prompt, **values)

    return make


def last_frame_of(take: Generation) -> Output:
    output = take.outputs.get(kind=Output.Kind.LAST_FRAME)
    assert media_store().path(output.file).stat().st_size == output.size_bytes
    return output


def test_the_gateways_own_is_kept(studio: Line, take_of: Any) -> None:
    take = studio.finish(take_of("A swing comes to rest", return_last_frame=True), derived=True)
    frame = last_frame_of(take)
    clip = take.outputs.get(kind=Output.Kind.VIDEO)
    assert "of_gateway" in frame.file and frame.mime == "image/png"
    assert (frame.width, frame.height) == (clip.width, clip.height)


def test_unasked_it_comes_out_of_the_clip(studio: Line, take_of: Any) -> None:
    take = studio.finish(take_of("A door falls shut"), derived=True)
    assert "of_gateway" not in last_frame_of(take).file


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/gone.png", "http://10.1.2.3/private.png", "no address"])
def test_a_dead_or_forbidden_address_costs_nothing(studio: Line, take_of: Any, url: str) -> None:
    take = take_of("A bell rings once", return_last_frame=True)
    studio.send()
    studio.run_until(lambda: bool(Generation.objects.filter(pk=take.pk, finished_at__isnull=False)))
    take.refresh_from_db()
    if not take.outputs.filter(kind=Output.Kind.LAST_FRAME).exists():  # stored, or about to be
        Generation.objects.filter(pk=take.pk).update(job_handle={**take.job_handle, "last_frame_url": url})
    take = studio.finish(take, derived=True)
    assert take.status == "completed" and "of_gateway" not in last_frame_of(take).file
