"""The sandbox and addresses on this machine: inputs it fetches, callbacks it sends."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.providers import test_sandbox_token360 as token360
from tests.providers import test_sandbox_venice as venice
from tests.providers.conftest import connect
from tests.providers.sandbox_server import SandboxServer


class Studio(ThreadingHTTPServer):
    """Plays the studio: serves one picture and hears callbacks, the first of which it refuses."""

    def __init__(self, picture: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.picture, self.heard, self.refusals, self.refuses_with = picture, [], 0, 500
        self.asked: list[str] = []
        self.origin = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Studio

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.picture)))
        self.end_headers()
        self.wfile.write(self.server.picture)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        refused = self.server.refusals > 0
        self.server.refusals -= refused
        self.server.heard.append(body)
        self.send_response(self.server.refuses_with if refused else 204)
        if refused:
            self.send_header("Location", f"{self.server.origin}/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def studio(make_picture: Callable) -> Iterator[Studio]:
    with Studio(make_picture()) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize(("path", "status"), [("/i/signed", 200), ("/admin/", 400)])
def test_only_the_studios_input_path_is_fetched(
    sandbox: SandboxServer, studio: Studio, path: str, status: int
) -> None:
    with connect(sandbox, "venice", "sandbox-links") as client:
        reply = venice.queue(client, **venice.PICTURE_BODY, image_url=studio.origin + path)
    assert reply.status_code == status


def test_fetched_input_must_be_a_picture(sandbox: SandboxServer, studio: Studio) -> None:
    studio.picture = b"<html>please sign in</html>"
    frame = token360.FRAME | {"image_url": {"url": f"{studio.origin}/i/x"}}
    with connect(sandbox, "token360", "sandbox-links") as client:
        assert token360.submit(client, frame_images=[frame]).status_code == 400


def call_back(sandbox: SandboxServer, address: str, prompt: str) -> str:
    """Make a job that calls ``address``, and wait until it is completed."""
    with connect(sandbox, "token360", "sandbox-hooks") as client:
        return token360.finish(client, prompt=prompt, callback_url=address, request_id="mine")["id"]


def wait_for_calls(studio: Studio, times: int) -> None:
    deadline = time.monotonic() + 5
    while len(studio.heard) < times and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)


@pytest.mark.parametrize(
    ("prompt", "refusals", "times"),
    [("one", 0, 1), ("again", 1, 2), ("[lost webhook]", 0, 0), ("[double webhook]", 0, 2)],
)
def test_webhook(sandbox: SandboxServer, studio: Studio, prompt: str, refusals: int, times: int) -> None:
    studio.refusals = refusals
    job_id = call_back(sandbox, f"{studio.origin}/hooks/x", prompt)
    wait_for_calls(studio, times)
    assert [(heard["request_id"], heard["data"]["id"]) for heard in studio.heard] == [
        ("mine", job_id)
    ] * times


def test_webhook_without_an_envelope(sandbox: SandboxServer, studio: Studio) -> None:
    job_id = call_back(sandbox, f"{studio.origin}/hooks/x", "[flat webhook]")
    wait_for_calls(studio, 1)
    assert [(heard["id"], heard["status"]) for heard in studio.heard] == [(job_id, "completed")]


def test_webhook_follows_no_redirect(sandbox: SandboxServer, studio: Studio) -> None:
    studio.refusals, studio.refuses_with = 1, 303
    call_back(sandbox, f"{studio.origin}/hooks/x", "moved")
    wait_for_calls(studio, 2)
    assert len(studio.heard) == 2 and not studio.asked


def test_webhook_calls_nothing_but_the_studios_door(sandbox: SandboxServer, studio: Studio) -> None:
    call_back(sandbox, f"{studio.origin}/admin/", "elsewhere")
    call_back(sandbox, f"{studio.origin}/hooks/x", "here")  # by its call the other would have been made
    wait_for_calls(studio, 1)
    assert [heard["data"]["prompt"] for heard in studio.heard] == ["here"]
