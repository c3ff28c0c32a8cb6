"""The sandbox's clip cache: what it drops comes back when it is asked for."""

from pathlib import Path

import httpx

from tests.providers import test_sandbox_token360 as token360
from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer

QUICK = {"job_s": 0.1, "rough": True}


def test_dropped_clip_is_rendered_again(tmp_path: Path) -> None:
    with (
        SandboxServer(tmp_path).start(job_s=0.1, rough=True) as server,
        connect(server, "token360") as client,
    ):
        row = token360.finish(client, duration=4)
        before = httpx.get(row["url"], trust_env=False).content
        for clip in (tmp_path / "clips").iterdir():
            clip.unlink()
        assert httpx.get(row["url"], trust_env=False, timeout=60).content == before


def test_equal_requests_share_one_clip(tmp_path: Path) -> None:
    with (
        SandboxServer(tmp_path).start(job_s=0.1, rough=True) as server,
        connect(server, "token360") as client,
    ):
        for _ in range(2):
            token360.finish(client, duration=4)
        token360.finish(client, duration=4, prompt="another")
        assert len(server.bill()) == 3
    assert len(list((tmp_path / "clips").glob("*.mp4"))) == 2
