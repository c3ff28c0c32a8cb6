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
        self.picture, self.heard, self.refusals = picture, [], 0
        self.origin = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Studio

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.picture)))
        self.end_headers()
        self.wfile.write(self.server.picture)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        refused = self.server.refusals > 0
        self.server.refusals -= refused
        self.server.heard.append(body)
        self.send_response(500 if refused else 204)
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


@pytest.mark.parametrize(
    ("prompt", "refusals", "times"),
    [("one", 0, 1), ("again", 1, 2), ("[lost webhook]", 0, 0), ("[double webhook]", 0, 2)],
)
def test_webhook(sandbox: SandboxServer, studio: Studio, prompt: str, refusals: int, times: int) -> None:
    studio.refusals = refusals
    with connect(sandbox, "token360", "sandbox-hooks") as client:
        row = token360.finish(
            client, prompt=prompt, callback_url=f"{studio.origin}/hooks/x", request_id="mine"
        )
    deadline = time.monotonic() + 5
    while len(studio.heard) < times and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    assert [(heard["request_id"], heard["data"]["id"]) for heard in studio.heard] == [
        ("mine", row["id"])
    ] * times
