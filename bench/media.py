"""A stored clip over HTTP, whole and in a player's ranges, beside nginx with the same file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import studio
from bench.store import MB, make_clip, wait_for
from bench.table import Row
from bench.world import World
from tests.studio_process import free_port

SUBJECT = "media"
READERS = 4
NGINX = """
worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


def measure(world: World) -> Iterator[Row]:
    size = (100 if world.quick else 500) * MB
    world.set_up()
    with studio.running(world) as process:
        path, address, token = store_clip(process.url, size)
        ours = reading(world, address, size, token)
        if not shutil.which("nginx"):
            yield Row(SUBJECT, "beside nginx", "not measured: there is no nginx here")
            yield from (Row(SUBJECT, name, f"{value:,.0f} {unit}") for name, value, unit in ours)
            return
        with nginx(world.folder / "nginx", path.parent) as url:
            theirs = reading(world, f"{url}/{path.name}", size, "")
    for (name, value, unit), (_, other, _) in zip(ours, theirs, strict=True):
        yield Row(
            SUBJECT, f"{name}, studio : nginx", f"{value / other:.2f} ({value:,.0f} : {other:,.0f} {unit})"
        )


def store_clip(url: str, size: int) -> tuple[Path, str, str]:
    """A finished take with a file of ``size`` bytes: the file, its address in the API, and a token for it."""
    from generations.models import Output, Status
    from generations.storage import media_store
    from tests.factories import make_output, make_take_row, make_token

    take = make_take_row(status=Status.COMPLETED)
    output: Any = make_output(take, kind=Output.Kind.VIDEO)
    path = media_store().path(output.file)
    make_clip(path, size)
    return path, f"{url}/api/v1/generations/{take.pk}/content", make_token(take.author)


def reading(world: World, address: str, size: int, token: str) -> list[tuple[str, float, str]]:
    """What is measured, how much, and of what."""
    ask = {"address": address, "size": size, "token": token}
    one, many = (
        world.run("reading", **ask, readers=readers, part=0)["bytes_s"] / MB for readers in (1, READERS)
    )
    parts = world.run("reading", **ask, readers=READERS, part=1024 * 1024)["answers_s"]
    return [
        (f"the whole file of {size // MB} MB", one, "MB/s"),
        (f"the same, {READERS} at once", many, "MB/s"),
        (f"parts of 1 MiB, {READERS} players", parts, "a second"),
    ]


@contextmanager
def nginx(folder: Path, root: Path) -> Iterator[str]:
    """A server of its own for the files of ``root``; stopped by its own process."""
    folder.mkdir()
    port = free_port()
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers could not reach the folder
    config.write_text(user + NGINX.format(folder=folder, port=port, root=root))
    command = ["nginx", "-c", str(config), "-g", "daemon off;"]
    server = subprocess.Popen(command, stdout=sys.stderr, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/{next(root.glob('*')).name}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)
