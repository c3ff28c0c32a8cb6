"""Where the studio listens. Errors are ``PortTaken`` with one line for people."""

from __future__ import annotations

import errno
import socket
from pathlib import Path


class PortTaken(Exception):
    """Nothing can listen there; the text says what to do."""


def listen(bind: str, port: int) -> socket.socket:
    """The web's socket. The supervisor keeps it, so that a web process can be replaced without a refusal."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((bind, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise PortTaken(_reason(error, bind, port)) from None
    return listener


def _reason(error: OSError, bind: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {bind} is taken. Stop what uses it, or choose another: PORT={port + 1} make run"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights. Choose one above 1023: PORT=8000 make run"
    return f"Cannot listen on {bind} port {port}: {error.strerror}."


def kept_port(file: Path) -> int:
    """A loopback port that stays the same at each start: the one in the file if free, else a new one."""
    port = _read(file)
    if not port or not _is_free(port):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{port}\n", encoding="ascii")
    return port


def _read(file: Path) -> int:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
