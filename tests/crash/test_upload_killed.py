"""kill -9 of the web process in the middle of a part: the upload goes on from what is on the disk."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.media_files import make_mp4
from tests.studio_process import DIRECT, ROOT, StudioProcess, wait_until

pytestmark = pytest.mark.processes
MB = 1024 * 1024
PEOPLE = """
from django.contrib.auth import get_user_model
from generations.services.projects import create_project
from videostudio.models import ApiToken
person = get_user_model().objects.create_user("ada", password="correct horse 9", role="administrator")
create_project(person, "Harbour")
print("TOKEN", ApiToken.issue(person, "test")[1])
"""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[StudioProcess]:
    with StudioProcess(tmp_path, MIN_FREE_BYTES=0) as studio:
        studio.wait_healthy()
        yield studio


def token_of(studio: StudioProcess) -> str:
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", PEOPLE]
    done = subprocess.run(command, cwd=ROOT, env=studio.env, capture_output=True, text=True, check=True)
    return done.stdout.split("TOKEN ")[1].split()[0]


def ask(studio: StudioProcess, token: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    told = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    told |= {name.replace("_", "-"): text for name, text in headers.items()}
    request = urllib.request.Request(f"{studio.url}{path}", body, told, method=method)
    return DIRECT.open(request, timeout=60)


def offset(studio: StudioProcess, token: str, path: str) -> int:
    try:
        return int(ask(studio, token, "HEAD", path).headers["Upload-Offset"])
    except (OSError, urllib.error.HTTPError):
        return -1


def web_pids(studio: StudioProcess) -> list[int]:
    return [pid for pid in studio.pids() if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def send_and_hang(studio: StudioProcess, token: str, path: str, body: bytes, announced: int) -> socket.socket:
    """A part whose connection stays open after ``body``, with more announced."""
    lines = [
        f"PATCH {path} HTTP/1.1",
        f"Host: 127.0.0.1:{studio.port}",
        f"Authorization: Bearer {token}",
        "Tus-Resumable: 1.0.0",
        "Upload-Offset: 0",
        "Content-Type: application/offset+octet-stream",
        f"Content-Length: {announced}",
    ]
    line = socket.create_connection(("127.0.0.1", studio.port))
    line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
    return line


def test_a_killed_web_process_loses_no_byte_that_was_written(web: StudioProcess, tmp_path: Path) -> None:
    clip = make_mp4(tmp_path / "a.mp4", 2)
    content = clip.read_bytes() + (6 * MB).to_bytes(4, "big") + b"free" + b"\0" * (6 * MB - 8)
    token = token_of(web)
    pairs = {"filename": "a.mp4", "project": "harbour"}
    told = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in pairs.items())
    begun = ask(web, token, "POST", "/api/v1/uploads", Upload_Length=str(len(content)), Upload_Metadata=told)
    path = begun.headers["Location"]
    with send_and_hang(web, token, path, content[: 4 * MB], len(content)):
        wait_until(lambda: offset(web, token, path) == 4 * MB)
        for pid in web_pids(web):
            os.kill(pid, signal.SIGKILL)
    web.wait_healthy()
    wait_until(lambda: offset(web, token, path) == 4 * MB)
    rest = {"Upload_Offset": str(4 * MB), "Content_Type": "application/offset+octet-stream"}
    assert ask(web, token, "PATCH", path, content[4 * MB :], **rest).status == 204
    made = json.load(ask(web, token, "GET", path))["asset"]
    kept = json.load(ask(web, token, "GET", f"/api/v1/assets/{made}"))
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
