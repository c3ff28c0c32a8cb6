"""A whole studio with its supervisor, its gateway that kills, and the judges: bill, ledger, rows, files."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import signal
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection

from generations.models import FINAL, Generation, Output, Status
from generations.services import audit
from providers import asking
from providers.models import LedgerEntry
from tests.crash.gateway import Gateway
from tests.factories import make_account, make_project, make_take, make_user, model_of
from tests.providers.sandbox_server import SandboxServer
from tests.studio_process import StudioProcess, wait_until

# every clock of the product, some ten times as quick
QUICK = {
    "SUBMIT_LEASE_S": 2,
    "STORE_LEASE_S": 2,
    "RENEW_S": 0.4,
    "SWEEP_TASK_S": 4,
    "SWEEP_STALE_S": 2,
    "POLL_CLAIM_S": 2,
    "POLL_SCALE": 0.1,
    "RECOVER_EVERY_S": 0.5,
    "RING_AGAIN_S": 2,
    "FIND_FOR_S": 5,
    "DERIVE_AGAIN_S": 4,
    "BEAT_S": 0.5,
    "BEAT_SILENT_S": 8,
    "BACKOFF_FIRST_S": 0.2,
    "BACKOFF_EARLY_S": 1,
    "MIN_FREE_BYTES": 0,
}
MODELS = {"token360": "seedance-2.0-fast", "venice": "wan-2.6-text-to-video"}
SMALL = {"token360": {"duration_s": 4.0, "resolution": "480p", "aspect_ratio": "16:9"}, "venice": {}}
_PATHS = {"token360": "/token360/v1", "venice": "/venice/api/v1"}


class CrashStudio:
    """``with CrashStudio(folder) as studio:`` on the database of this process, which must be unblocked."""

    def __init__(self, folder: Path, **clocks: Any) -> None:
        self.folder = folder
        self.sandbox = SandboxServer().start(job_s=0.3, no_render=True)
        self.gateway = Gateway(self.sandbox.port, folder / "data")
        self.process = StudioProcess(
            folder,
            **{**QUICK, **clocks},
            DATABASE_URL=database_url(),
            SECRET_KEY=settings.SECRET_KEY,
            FIELD_KEYS=",".join(settings.FIELD_KEYS),
            OUTBOUND_ALLOW=f"127.0.0.1:{self.gateway.port}",
        )
        self._number = itertools.count(1)

    def __enter__(self) -> CrashStudio:
        self.gateway.__enter__()
        self.user = make_user()
        self.project = make_project(self.user)
        self.accounts = {name: self._account(name) for name in MODELS}
        self.process.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.gateway.calm()
        try:
            self.process.stop()
        finally:
            self.gateway.__exit__()
            self.sandbox.__exit__()

    def _account(self, name: str) -> Any:
        """Its models are not asked for: these tests count and break every call that goes out."""
        with mock.patch.object(asking, "ask_soon"):
            return make_account(
                name, base_url=self.gateway.origin + _PATHS[name], submits_per_min=10_000, max_in_flight=500
            )

    @property
    def media(self) -> Path:
        return self.process.folder / "media"

    def kill_everything(self) -> None:
        """kill -9: supervisor, web, clusters and workers at one moment."""
        for pid in self.process.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert self.process.process
        self.process.process.wait()

    # -- takes ---------------------------------------------------------------------------------------

    def take(self, gateway: str = "token360", words: str = "") -> Generation:
        """A take with a prompt of its own, so that the bill can be read by it."""
        prompt = f"Crash test number {next(self._number)} of {self.folder.name} {words}".strip()
        model = model_of(self.accounts[gateway], MODELS[gateway])
        return make_take(self.user, self.project, model, prompt=prompt, **SMALL[gateway])

    def bills(self, take: Generation) -> list[dict[str, Any]]:
        return [entry for entry in self.sandbox.bill() if entry["prompt"] == take.prompt]

    def wait(self, take: Generation, *statuses: str, seconds: float = 30) -> Generation:
        def there() -> bool:
            self.check_alive()
            take.refresh_from_db()
            return take.status in statuses

        try:
            wait_until(there, seconds)
        except AssertionError as error:
            raise AssertionError(f"{describe(take)}, wanted {statuses}") from error
        return take

    def check_alive(self) -> None:
        """Without a supervisor nothing moves: say so at once, with what it said."""
        process = self.process.process
        if process is None or process.poll() is not None:
            raise RuntimeError(
                f"the supervisor has ended: {process and process.returncode}\n{self.process.said}"
            )

    def settle(self, takes: Iterable[Generation], seconds: float = 40) -> None:
        """Until every take is final or visibly waits for a person."""
        takes = list(takes)

        def over() -> bool:
            self.check_alive()
            for take in takes:
                take.refresh_from_db()
            return all(is_settled(take) for take in takes)

        try:
            wait_until(over, seconds, every=0.2)
        except AssertionError as error:
            moving = [describe(take) for take in takes if not is_settled(take)]
            raise AssertionError("\n".join(["still under way:", *moving])) from error


def is_settled(take: Generation) -> bool:
    asks = take.status == Status.UNCERTAIN and take.next_poll_at is None
    return take.status in FINAL or take.status == Status.NEEDS_CONSENT or asks or take.parked_at is not None


def describe(take: Generation) -> str:
    told = ", ".join(f"{e.kind}→{e.to_status}" for e in take.events.order_by("id"))
    return f"{take.prompt!r} is {take.status} ({take.wait_reason or take.failure_message}): {told}"


def database_url() -> str:
    """The database of this process, for its children."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


# -- the judges --------------------------------------------------------------------------------------


def disagreements(takes: Sequence[Generation], bill: Sequence[dict[str, Any]], media: Path) -> list[str]:
    """What does not fit together between bill, ledger, rows, events and files."""
    found = [str(problem) for problem in audit.drift()]
    for take in takes:
        take.refresh_from_db()
        billed = sum(entry["prompt"] == take.prompt for entry in bill)
        for wrong in (_bill(take, billed), _ledger(take), _events(take), _clip(take, media)):
            found += [f"{wrong}: {describe(take)}"] if wrong else []
    return found


def _bill(take: Generation, billed: int) -> str:
    if billed > take.attempt:
        return f"billed {billed} times for {take.attempt} attempts"
    if take.status == Status.COMPLETED and not billed:
        return "completed without a bill"
    return ""


def _ledger(take: Generation) -> str:
    lines = LedgerEntry.objects.filter(take_id=take.pk, attempt=take.attempt)
    kinds = list(lines.exclude(kind="correct").values_list("kind", flat=True))  # the bill may tell later
    wanted = {Status.COMPLETED: ["hold", "settle"]}.get(Status(take.status))
    return f"ledger has {kinds}" if wanted and sorted(kinds) != wanted else ""


def _events(take: Generation) -> str:
    """Each line of the history begins where the one before it ended, and the last one ends at the row."""
    status = Status.QUEUED.value
    for event in take.events.order_by("id"):
        if event.from_status and event.from_status != status:
            return f"event {event.kind} began at {event.from_status}, not {status}"
        status = event.to_status or status
    return "" if status == take.status else f"the history ends at {status}"


def _clip(take: Generation, media: Path) -> str:
    if take.status != Status.COMPLETED:
        return ""
    clip = take.outputs.filter(kind=Output.Kind.VIDEO).first()
    path = media / clip.file if clip else media / "none"
    if not clip or not path.exists():
        return "completed without a file"
    with path.open("rb") as handle:
        same = hashlib.file_digest(handle, "sha256").hexdigest() == clip.sha256
    return "" if same and path.stat().st_size == clip.size_bytes else "another file than recorded"
