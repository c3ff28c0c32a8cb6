"""Which way each input goes, and the signed address that serves one file to a gateway and to nobody later."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from generations.models import Asset, Status
from generations.services import travel
from generations.services.outgoing import prepare
from providers.gateways.capabilities import Capabilities, RoleLimits, Travel
from providers.gateways.values import Mode, Role, VideoRequest
from tests.factories import (
    make_account,
    make_asset,
    make_project,
    make_take,
    make_take_row,
    make_user,
    model_of,
    save_asset,
)
from tests.generations.pipeline import Line
from tests.media_files import make_noise_jpeg
from tests.providers.sandbox_server import SandboxServer

REQUEST = VideoRequest(model="m", mode=Mode.REFERENCE_TO_VIDEO, prompt="x")
INLINE, LINK, FORM = Travel.DATA_URL, Travel.PUBLIC_URL, Travel.MULTIPART


def caps(**inputs: tuple[Travel, ...]) -> Capabilities:
    limits = {Role(name): RoleLimits(max_count=9, travel=ways) for name, ways in inputs.items()}
    return Capabilities(modes=(Mode.REFERENCE_TO_VIDEO,), inputs=limits, max_body_bytes=100_000)


def sized(*sizes: int, role: Role = Role.REFERENCE_IMAGE) -> list[tuple[Role, Asset]]:
    return [(role, Asset(mime="image/png", size_bytes=size)) for size in sizes]


@pytest.mark.parametrize(
    ("sizes", "ways", "reachable", "planned"),
    [
        ((1000, 1000), (INLINE, LINK), True, [INLINE, INLINE]),
        ((60_000, 20_000, 30_000), (INLINE, LINK), True, [LINK, INLINE, INLINE]),
        ((60_000, 60_000), (INLINE, LINK), False, [INLINE, INLINE]),  # refused by the check
        ((1000,), (LINK,), True, [LINK]),
        ((1000,), (LINK,), False, [INLINE]),  # refused by the check
        ((5_000_000,), (FORM, LINK), True, [FORM]),
    ],
)
def test_the_first_way_that_both_sides_allow(
    sizes: tuple[int, ...], ways: tuple[Travel, ...], reachable: bool, planned: list[Travel]
) -> None:
    found = travel.plan(sized(*sizes), caps(reference_image=ways), REQUEST, reachable=reachable)
    assert found == planned


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sandbox", "public_url", "reachable"),
    [
        (True, "http://127.0.0.1:8000", True),
        (True, "https://studio.example.com", False),  # the sandbox fetches from loopback alone
        (False, "http://127.0.0.1:8000", False),
        (False, "http://studio.example.com", False),
        (False, "https://studio.example.com", True),
    ],
)
def test_who_can_fetch_from_the_studio(
    settings: Any, sandbox: bool, public_url: str, reachable: bool
) -> None:
    settings.PUBLIC_URL_IS_LOOPBACK = "127.0.0.1" in public_url
    settings.HTTPS = public_url.startswith("https")
    assert travel.is_reachable(make_account("token360", sandbox=sandbox)) is reachable


def path_of(take: Any, asset: Asset) -> str:
    return urlsplit(travel.address_of(take, asset)).path


@pytest.mark.django_db
def test_an_address_serves_its_file_while_the_take_is_at_the_gateway(client: Client) -> None:
    asset = make_asset(content=b"\x89PNG and more")
    other = make_asset(content=b"another", project=asset.project)
    take = make_take_row(
        project=asset.project,
        status=Status.RUNNING,
        inputs=[("first_frame", asset)],
        submitted_at=timezone.now(),
    )
    path = path_of(take, asset)
    answer = client.get(path)
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == b"\x89PNG and more"
    assert answer["Content-Type"] == "image/png" and "no-store" in answer["Cache-Control"]
    assert path.endswith("/input.png") and client.head(path)["Content-Length"] == "13"
    assert client.get(path_of(take, other)).status_code == 404  # signed, but no input of this take
    assert client.get(path.replace("/input", "x/input")).status_code == 404
    for ended in (Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.QUEUED, Status.NEEDS_CONSENT):
        type(take).objects.filter(pk=take.pk).update(status=ended)
        assert client.get(path).status_code == 404, ended
    late = timezone.now() - travel.LINK_LIVES
    type(take).objects.filter(pk=take.pk).update(status=Status.RUNNING, submitted_at=late)
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_addresses_are_the_same_at_every_submit() -> None:
    asset = make_asset()
    take = make_take_row(project=asset.project, inputs=[("first_frame", asset)])
    assert travel.address_of(take, asset) == travel.address_of(take, asset)


def test_a_photo_beyond_the_inline_room_goes_by_address(
    studio: Line, sandbox: SandboxServer, live_server: Any, settings: Any, tmp_path: Path
) -> None:
    """The sandbox fetches it from the running studio, as a gateway would."""
    settings.PUBLIC_URL = live_server.url
    user = make_user()
    project = make_project(user)
    account = make_account("token360", base_url=sandbox.url_for("token360"), sandbox=True)
    model = model_of(account, "seedance-2.0-fast")
    photo = save_asset(user, project, make_noise_jpeg(tmp_path / "photo.jpg"))
    assert photo.size_bytes > 700_000
    take = make_take(
        user,
        project,
        model,
        prompt="From a large photo",
        inputs=[(Role.FIRST_FRAME, photo.pk)],
        duration_s=4.0,
        resolution="480p",
    )
    address = prepare(take).request.inputs[0].media.address
    assert address.startswith(f"{live_server.url}/i/")
    assert take.recipe == {} and address not in str(prepare(take).recipe)
    assert studio.finish(take).status == Status.COMPLETED
    assert httpx.get(address).status_code == 404
