"""The order of things: what starts before what, what is looked at, how all of it ends."""

from __future__ import annotations

import contextlib
import http.client
import logging
import signal
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseAway
from django.db import connection

from generations.services.sweep import ask_to_stop

from .. import welcome
from . import prepare
from .ports import kept_port, listen
from .processes import Child
from .watch import AlertWatch, ClusterWatch, SweepWatch

log = logging.getLogger(__name__)
READY_S = 60
GRACE_S = 10  # how long requests that run may finish


class Studio:
    """Web, clusters and sandbox as children of this process."""

    def __init__(self) -> None:
        self.asked_to_stop = 0
        self.listener = listen(settings.BIND, settings.PORT)
        self.env = {
            "DATA_DIR": str(settings.DATA_DIR),
            "PORT": str(settings.PORT),
            "DJANGO_SETTINGS_MODULE": "videostudio.settings",
        }
        self.sandbox = self.make_sandbox() if settings.SANDBOX else None
        self.web = self.make_web()
        self.clusters = [self.make_cluster(name) for name in settings.CLUSTERS]
        self.watches = [
            SweepWatch(),
            AlertWatch(),
            *(ClusterWatch(child, child.name) for child in self.clusters),
        ]

    # --- what there is

    def make_sandbox(self) -> Child:
        folder = settings.DATA_DIR / "sandbox"
        port = kept_port(folder / "port")
        allowed = {*settings.OUTBOUND_ALLOW, f"127.0.0.1:{port}"}
        self.env |= {
            "SANDBOX": "1",
            "SANDBOX_URL": f"http://127.0.0.1:{port}",
            "OUTBOUND_ALLOW": ",".join(sorted(allowed)),
        }
        settings.SANDBOX_URL = self.env["SANDBOX_URL"]
        arguments = ["--port", str(port), "--data-dir", str(folder), "--port-file", str(folder / "port")]
        arguments += ["--job-s", str(settings.STUDIO["SANDBOX_JOB_S"])]
        arguments += ["--rough"] if settings.STUDIO["SANDBOX_ROUGH"] else []
        return Child("sandbox", "providers.sandbox", *arguments, "--parent-death", env=self.env)

    def make_web(self) -> Child:
        fd = self.listener.fileno()
        arguments = ["--bind", f"fd://{fd}", "--worker-class", "gthread", "--workers", "1", "--threads", "16"]
        arguments += ["--timeout", "120", "--graceful-timeout", str(GRACE_S), "--keep-alive", "5"]
        # X-Forwarded-* are judged by our own middleware, never by gunicorn
        arguments += ["--log-level", "warning", "--no-control-socket", "--forwarded-allow-ips", ""]
        return Child("web", "gunicorn", *arguments, "videostudio.wsgi:application", env=self.env, fds=[fd])

    def make_cluster(self, name: str) -> Child:
        return Child(name, "django", "qcluster", env={**self.env, "Q_CLUSTER_NAME": name})

    @property
    def children(self) -> list[Child]:
        return [self.web, *self.clusters, *([self.sandbox] if self.sandbox else [])]

    # --- running

    def run(self) -> None:
        """Until a signal asks to stop. Whatever happens, nothing is left behind."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)
        try:
            self.start()
            self.keep_up()
        finally:
            self.stop()

    def ask_to_stop(self, number: int, frame: Any) -> None:
        self.asked_to_stop += 1

    def start(self) -> None:
        """The web first: people wait for that one, and all at once would slow it down."""
        prepare.wake_sweep()
        prepare.schedule_housekeeping()
        prepare.draw_for_an_older_release()
        prepare.go_on_rewording()
        self.web.start()
        if self.sandbox:
            welcome.attach_sandbox()
        if self.wait_until_ready():
            self.announce()
        for child in self.children[1:]:
            if not self.asked_to_stop:
                child.start()

    def wait_until_ready(self) -> bool:
        until = time.monotonic() + READY_S
        while time.monotonic() < until and not self.asked_to_stop:
            if answers():
                return True
            self.replace_dead()
            time.sleep(0.1)
        return False

    def announce(self) -> None:
        path = prepare.setup_path()
        print(f"\nVS ready {settings.PUBLIC_URL}/  (Ctrl+C stops it)", flush=True)
        if path:
            print(
                f"Create the administrator, this link works once:\n{settings.PUBLIC_URL}{path}\n", flush=True
            )

    def keep_up(self) -> None:
        while not self.asked_to_stop:
            self.replace_dead()
            self.look_at_clusters()
            self.pause(settings.STUDIO["WATCH_S"])

    def pause(self, seconds: float) -> None:
        """Short naps: a signal must not wait for a long one."""
        until = time.monotonic() + seconds
        while not self.asked_to_stop and (left := until - time.monotonic()) > 0:
            time.sleep(min(0.1, left))

    def replace_dead(self) -> None:
        for child in self.children:
            child.replace_if_dead()

    def look_at_clusters(self) -> None:
        """A database that is away for a while must not end the supervisor."""
        try:
            for watch in self.watches:
                watch.look()
        except DatabaseAway as error:
            log.error("The database cannot be asked: %s", error)
            connection.close()

    # --- stopping: new requests first, then work, the sandbox last; a second signal cuts it short

    def stop(self) -> None:
        print("\nStopping …", flush=True)
        self.listener.close()
        self.web.terminate()
        self.stop_sweep()
        self.end([self.web], GRACE_S)
        for cluster in self.clusters:
            cluster.terminate()
        self.end(self.clusters, settings.STUDIO["STOP_WAIT_S"])
        if self.sandbox:
            self.sandbox.terminate()
            self.end([self.sandbox], 5)
        print("Stopped.", flush=True)

    def stop_sweep(self) -> None:
        with contextlib.suppress(DatabaseAway):
            ask_to_stop()

    def end(self, children: list[Child], seconds: float) -> None:
        """Wait for them; KILL the trees of those that take longer, or at once at a second signal."""
        until = time.monotonic() + seconds
        while any(child.alive for child in children) and time.monotonic() < until and self.asked_to_stop < 2:
            time.sleep(0.05)
        for child in children:
            child.kill()


def answers() -> bool:
    """True when the web process answers a request, whatever it says."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.BIND, settings.BIND)  # noqa: S104
    asked = http.client.HTTPConnection(host, settings.PORT, timeout=5)
    try:
        asked.request("GET", "/health", headers={"Host": "localhost"})
        return asked.getresponse().status < 600
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def run() -> None:
    """Everything from the lock on the data folder to the last process. Raises Occupied and PortTaken."""
    _lock: Any = prepare.claim_folder()
    Path(settings.MEDIA_ROOT).mkdir(mode=0o700, exist_ok=True)
    studio = Studio()
    prepare.migrate()
    prepare.collect_static()
    studio.run()
