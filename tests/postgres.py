"""A private PostgreSQL for one command: ``python -m tests.postgres COMMAND …`` runs it with DATABASE_URL set.

The cluster lies in a temporary folder, listens on a free loopback port and is stopped by its pid.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

START_S = 30


class NoPostgres(Exception):
    """PostgreSQL is not installed here."""


def find(program: str) -> str:
    """On the path, or where Debian hides it."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)
    found = shutil.which(program) or next(map(str, debian), None)
    if not found:
        raise NoPostgres(f"{program} is missing: apt install postgresql")
    return str(Path(found).resolve())


def owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; the package's user runs it then."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def start(command: list[str]) -> subprocess.Popen[bytes]:
    who = owner()
    as_whom = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", **as_whom)  # type: ignore[call-overload,no-any-return]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def initialise(folder: Path) -> None:
    made = start(
        [find("initdb"), "-D", str(folder), "-U", "studio", "-A", "trust", "--no-sync", "-E", "UTF8"]
    )
    _, said = made.communicate()
    if made.returncode:
        raise RuntimeError(f"initdb failed: {said.decode(errors='replace')}")


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Yields the DATABASE_URL of a server of its own; gone with everything in it afterwards."""
    home = Path(tempfile.mkdtemp(prefix="vs-postgres-"))
    if who := owner():
        os.chown(home, who.pw_uid, who.pw_gid)
    try:
        initialise(home / "data")
        with serving(home / "data", home, free_port()) as port:
            yield f"postgres://studio@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def serving(data: Path, home: Path, port: int) -> Iterator[int]:
    options = {
        "fsync": "off",
        # what it counts in tables that tests fill and empty leads to plans that take minutes
        "autovacuum": "off",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(home),
        "max_connections": "400",  # two workers, each with a test of a hundred at once
        "log_min_messages": "panic",  # nobody reads the pipe; a full one stops every connection
    }
    said = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    server = start([find("postgres"), "-D", str(data), "-p", str(port), *said])
    try:
        wait_for(port, server)
        yield port
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.communicate(timeout=20)
        server.kill()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="studio", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start")


def main() -> int:
    try:
        with postgres() as url:
            return subprocess.call(sys.argv[1:], env={**os.environ, "DATABASE_URL": url, "VS_POSTGRES": "1"})
    except NoPostgres as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
