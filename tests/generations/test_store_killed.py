"""A worker that dies between any two steps of storing: the next one goes on from what lies there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.core.management import call_command

from bench.store import serving
from generations.models import Generation, Output, Status
from generations.services import derive
from generations.storage import media_store
from providers import ledger
from tests.crash.studio import database_url, disagreements
from tests.factories import make_account, make_project, make_take, make_user, model_of
from tests.generations.dying import POINTS
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer
from tests.studio_process import INHERITED, ROOT, free_port

pytestmark = [pytest.mark.processes, pytest.mark.both_databases]
MB = 1_000_000
SIZE = 200 * MB  # make bench stores a gigabyte


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    """One tiny clip for every job: what it shows is of no matter here."""
    with SandboxServer().start(job_s=0.1, no_render=True) as server:
        yield server


@pytest.fixture
def take(studio: Line, sandbox: SandboxServer) -> Generation:
    """Finished at the gateway and not yet fetched; nobody has answered the bell."""
    account = make_account("token360", base_url=sandbox.url_for("token360"))
    user = make_user()
    model = model_of(account, "seedance-2.0-fast")
    small = {"duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9"}
    take = make_take(user, make_project(user), model, prompt=f"A lock gate opens, {user.username}", **small)
    studio.send()
    while take.status != Status.STORING:
        studio.tick()
        take.refresh_from_db()
    studio.rung.clear()
    return take


def environment(sandbox_port: int) -> dict[str, str]:
    """A worker's surroundings, on the database and the media of this test."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "videostudio.settings",
        "DATA_DIR": str(Path(product.MEDIA_ROOT).parent),
        "DATABASE_URL": database_url(),
        "SECRET_KEY": product.SECRET_KEY,
        "FIELD_KEYS": ",".join(product.FIELD_KEYS),
        "OUTBOUND_ALLOW": f"127.0.0.1:{sandbox_port}",
        "SANDBOX": "0",
        "VS_STORE_LEASE_S": "0.3",
        "VS_INPUT_LEASE_S": "0.3",
        "VS_MIN_FREE_BYTES": "0",
    }


def die_at(point: str, task: str, row: Any, port: int) -> None:
    command = [sys.executable, "-m", "tests.generations.dying", point, task, str(row.pk)]
    done = subprocess.run(command, cwd=ROOT, env=environment(port), capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def clip_of(take: Generation) -> Path:
    store = media_store()
    return store.path(store.name_for("takes", take.pk, "clip.mp4"))


@pytest.mark.parametrize("point", [name for name in POINTS if name != "pictures made"])
def test_the_next_worker_goes_on(studio: Line, sandbox: SandboxServer, take: Generation, point: str) -> None:
    die_at(point, "store", take, sandbox.port)
    kept = clip_of(take).stat().st_ino if clip_of(take).exists() else None
    assert (kept is not None) == (point in ("renamed", "row written", "settled", "saved"))
    studio.finish(take)
    assert take.status == Status.COMPLETED
    assert kept in (None, clip_of(take).stat().st_ino), "a file that is safe is not fetched again"
    assert not list(clip_of(take).parent.glob("*.part*"))
    assert not ledger.open_holds().exists()
    assert not disagreements([take], sandbox.bill(), Path(product.MEDIA_ROOT))


def test_pictures_that_were_not_saved_are_made_again(
    studio: Line, sandbox: SandboxServer, take: Generation, settings: Any
) -> None:
    die_at("saved", "store", take, sandbox.port)
    die_at("pictures made", "derive", take, sandbox.port)
    assert take.outputs.count() == 1
    settings.STUDIO = {**settings.STUDIO, "DERIVE_AGAIN_S": 0}
    assert derive.ring_missing() == 1
    studio.answer(only="derive")
    copies = {Output.Kind.SOUNDED, Output.Kind.PROXY}
    assert set(take.outputs.values_list("kind", flat=True)) == set(Output.Kind.values) - copies
    assert derive.ring_missing() == 0


def test_a_large_clip_takes_little_memory(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    port = free_port()
    with serving(tmp_path / "www", port, SIZE) as address:
        asked = {"small": f"{address}/small.mp4", "large": f"{address}/large.mp4", "size": SIZE}
        done = subprocess.run(
            [sys.executable, "-m", "bench.storing"],
            cwd=ROOT,
            env=environment(port),
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=120,
        )
    call_command("flush", interactive=False, verbosity=0)
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["grown_bytes"] < 64 * MB, told
