"""A sixth gateway is one new file: with it the whole line works, and every page knows the gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import providers.gateways
from generations.models import Generation, Output
from generations.services import projects
from generations.storage import media_store
from providers import discovery
from providers.gateways.registry import all_gateways
from tests.factories import make_account, model_of, save_asset
from tests.generations.pipeline import Line
from tests.generations.sixth.server import AcmeServer, serving
from tests.media_files import make_jpeg, make_mp4

FOLDER = Path(__file__).parent / "sixth"


@pytest.fixture
def acme(
    studio: Line, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AcmeServer]:
    (tmp_path / "gateways").mkdir()
    (tmp_path / "gateways" / "acme.py").symlink_to(FOLDER / "acme.py")
    monkeypatch.setattr(
        providers.gateways, "__path__", [*providers.gateways.__path__, str(tmp_path / "gateways")]
    )
    all_gateways.cache_clear()
    with serving(make_mp4(tmp_path / "film.mp4", seconds=2.0).read_bytes()) as server:
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{server.server_port}"]
        yield server
    all_gateways.cache_clear()


def test_one_file_is_enough(
    acme: AcmeServer, studio: Line, signed_in: Any, admin: Any, tmp_path: Path
) -> None:
    client = signed_in(admin)
    assert "Acme Motion" in client.get("/admin/providers/provideraccount/add/").content.decode()

    account = make_account("acme", base_url=acme.url, key="acme-key")
    assert discovery.discover(account).new == ["acme-1"]
    model = model_of(account, "acme-1")
    project = projects.create_project(admin, "Sixth")
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert "Acme One" in page and "6 s" in page

    frame = save_asset(admin, project, make_jpeg(tmp_path / "a.jpg"))
    values = {"prompt": "A crane turns", "duration_s": "6", "model": str(model.pk), "count": "1"}
    values |= {"first_frame": str(frame.pk), "shown_usd": "unknown", "idempotency_key": "one"}
    assert client.post(f"/p/{project.slug}/generate", values).status_code == 302
    take = studio.finish(Generation.objects.get())

    assert take.status == "completed", take.failure_message
    clip = take.outputs.get(kind=Output.Kind.VIDEO)
    assert media_store().path(clip.file).read_bytes() == acme.film
    (shot,) = acme.shots
    assert shot["key"] == "Bearer acme-key" and shot["opening"].startswith("data:image/jpeg;base64,")
    assert (shot["engine"], shot["script"], shot["length"]) == ("acme-1", "A crane turns", 6)
    assert "Acme Motion" in client.get(f"/t/{take.pk}").content.decode()
    assert "Acme Motion" in client.get(f"/p/{project.slug}/gallery").content.decode()
