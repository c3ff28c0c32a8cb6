"""Starting the sandbox: socket, port file, signals, and what happens when the parent dies."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from providers.sandbox.control import Control
from providers.sandbox.dialects import build_all
from providers.sandbox.journal import Journal
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.settings import Settings
from providers.sandbox.storage import build_storage
from providers.sandbox.wire import TRANSPORT


class Protocol(HttpToolsProtocol):
    """Hands the connection to the application, for faults that no ASGI answer can express."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[TRANSPORT] = self.transport  # type: ignore[literal-required]


def build_app(sandbox: Sandbox) -> ASGIApp:
    journal = Journal()

    @contextlib.asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        sandbox.resume()
        yield
        await sandbox.close()

    routes = [*build_all(sandbox), *build_storage(sandbox), *Control(sandbox, journal).build()]
    journal.app = Starlette(routes=routes, lifespan=live)
    return journal


class Server(uvicorn.Server):
    """Says where it listens only once it does."""

    def __init__(self, config: uvicorn.Config, port: int, port_file: Path | None) -> None:
        super().__init__(config)
        self._port, self._port_file = port, port_file

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._port_file is not None and self.started:
            part = self._port_file.with_name(f"{self._port_file.name}.part")
            part.write_text(str(self._port))
            part.replace(self._port_file)


def serve(settings: Settings, port: int, port_file: Path | None) -> None:
    # asyncio sets TCP_NODELAY only where the protocol is named; without it every answer waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        port = listener.getsockname()[1]
        settings.origin = f"http://127.0.0.1:{port}"
        config = uvicorn.Config(
            build_app(Sandbox(settings)), http=Protocol, ws="none", lifespan="on", log_level="warning",
            access_log=False, server_header=False, timeout_graceful_shutdown=2, backlog=2048,
        )  # fmt: skip
        server = Server(config, port, port_file)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(server.serve([listener]))
