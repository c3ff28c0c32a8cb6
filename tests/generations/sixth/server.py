"""Acme's side of the wire: a real HTTP server that keeps what it was sent and serves one clip."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ENGINES = [
    {"id": "acme-1", "title": "Acme One", "can": ["text_to_video", "image_to_video"], "lengths": [4, 6]}
]


class AcmeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, film: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.film, self.shots, self.polls = film, [], 0
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: AcmeServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.shots.append({**body, "key": self.headers["Authorization"]})
        self._json({"shot": f"s-{len(self.server.shots)}"})

    def do_GET(self) -> None:
        if self.path == "/engines":
            self._json({"engines": ENGINES})
        elif self.path == "/film.mp4":
            self._send(self.server.film, "video/mp4")
        else:
            self.server.polls += 1
            state = ("waiting", "drawing", "ready")[min(self.server.polls, 3) - 1]
            self._json({"state": state, "film": f"{self.server.url}/film.mp4"})

    def _json(self, value: Any) -> None:
        self._send(json.dumps(value).encode(), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: Any) -> None:
        pass


@contextmanager
def serving(film: bytes) -> Iterator[AcmeServer]:
    server = AcmeServer(film)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
