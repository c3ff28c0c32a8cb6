"""A web server of files that people could link to: it counts, stalls, and answers as it is told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class LinkServer:
    """``files`` by path; ``answers`` are statuses given first, one for each request of a path."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, list[int]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)  # redirects
    hits: Counter[str] = field(default_factory=Counter)
    stalls: set[str] = field(default_factory=set)  # sends half and waits
    half_sent: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, content: bytes) -> str:
        self.files[path] = content
        return self.url(path)


@contextmanager
def serving() -> Iterator[LinkServer]:
    here = LinkServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            here.hits[path] += 1
            waiting = here.answers.get(path) or []
            if path in here.moved:
                self.send_response(302)
                self.send_header("Location", here.moved[path])
                self.end_headers()
            elif waiting or path not in here.files:
                self.send_error(waiting.pop(0) if waiting else 404)
            else:
                self.send(path, here.files[path])

        def send(self, path: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            half = len(content) // 2 if path in here.stalls else len(content)
            self.wfile.write(content[:half])
            self.wfile.flush()
            if half < len(content):
                here.half_sent.set()
                here.go_on.wait(30)
                self.wfile.write(content[half:])

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        here.go_on.set()
        server.shutdown()
        server.server_close()
