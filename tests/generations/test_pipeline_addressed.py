"""Modes whose files a gateway fetches from the studio itself: stored over real HTTP, with the inputs that the
gateway's own bill names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generations.models import Status
from generations.services.outgoing import prepare
from providers.gateways.capabilities import Travel
from providers.gateways.values import Role
from providers.models import ProviderAccount
from tests.generations.desk import SMALL, Desk
from tests.generations.pipeline import Line
from tests.media_files import make_jpeg, make_mp4, make_sound
from tests.providers.sandbox_server import SandboxServer

FIRST, LAST = Role.FIRST_FRAME, Role.LAST_FRAME
PICTURE, CLIP, SOUND = Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO
TRACK = Role.AUDIO_TRACK
SILKDOCK = ("silkdock", "seedance-2.0")
ELKAPI = ("elkapi", "doubao-seedance-2-0-fast-260128")
TOKEN360 = ("token360", "seedance-2.0-fast")
AS_FIRST_FRAME = {"extra": {"picture_is": "first frame"}}


@pytest.fixture(scope="module")
def files(tmp_path_factory: Any) -> dict[Role, Path]:
    """One small file a role, within the limits of all three gateways."""
    folder = tmp_path_factory.mktemp("inputs")
    pictures = {
        role: make_jpeg(folder / f"{role}.jpg", size)
        for role, size in ((FIRST, (640, 360)), (LAST, (656, 368)), (PICTURE, (672, 376)))
    }
    clip = make_mp4(folder / "clip.mp4", 2.5, (960, 540))
    return {**pictures, CLIP: clip, **{r: make_sound(folder / f"{r}.mp3", 2.5) for r in (SOUND, TRACK)}}


@pytest.mark.parametrize(
    ("whose", "roles", "asked", "mode"),
    [
        (SILKDOCK, (FIRST,), AS_FIRST_FRAME, "image_to_video"),
        (SILKDOCK, (FIRST, LAST), {}, "first_last_frame"),
        (SILKDOCK, (PICTURE,), {}, "reference_to_video"),
        (SILKDOCK, (PICTURE, CLIP, SOUND), {}, "reference_to_video"),
        (SILKDOCK, (TRACK,), {}, "text_to_video"),
        (TOKEN360, (FIRST, LAST), {}, "first_last_frame"),
        (ELKAPI, (FIRST,), {}, "image_to_video"),
        (ELKAPI, (CLIP,), {}, "reference_to_video"),
        (ELKAPI, (PICTURE, CLIP, SOUND), {}, "reference_to_video"),
    ],
)
def test_a_clip_is_stored_from_files_at_the_studios_address(
    studio: Line,
    sandbox: SandboxServer,
    live_server: Any,
    settings: Any,
    files: dict[Role, Path],
    whose: tuple[str, str],
    roles: tuple[Role, ...],
    asked: dict[str, Any],
    mode: str,
) -> None:
    settings.PUBLIC_URL = live_server.url
    desk = Desk(sandbox, *whose, SMALL)
    ProviderAccount.objects.update(sandbox=True)  # whose server may fetch from this machine
    prompt = desk.prompt(f"{whose[0]} {' '.join(roles)}")
    take = desk.take(prompt, files=[(role, files[role]) for role in roles], **asked)
    out = prepare(take)
    for item in out.request.inputs:
        if out.capabilities.ways(item.role, out.request) == (Travel.PUBLIC_URL,):
            assert item.media.address.startswith(f"{live_server.url}/i/"), item.role
    studio.finish(take)
    assert take.status == Status.COMPLETED, take.failure_message
    assert take.outputs.filter(kind="video").exists()
    assert [line["mode"] for line in desk.bills(take)] == [mode]
    sent = str(take.recipe["sent"]["body"])
    assert all(f"sha256:{use.asset.sha256}" in sent for use in take.inputs.select_related("asset"))
