"""Before anything starts: tables, static files, schedules, sandbox accounts, the set-up link."""

from __future__ import annotations

import fcntl
import logging
import os
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_q.models import Schedule

from generations.services import shot_words, small_posters
from generations.services.sweep import start_afresh

from .. import joined
from ..models import SetupLink, User

log = logging.getLogger(__name__)
REVIVE = "generations.services.sweep.revive"
DISCOVER = "providers.tasks.discover_models"
HOUSEKEEPING = "videostudio.housekeeping.daily"
DIGESTS = "generations.tasks.mail_digests"
ALERTS = "generations.tasks.look_for_alerts"


class Occupied(Exception):
    """Another studio works in this data folder; the text says so."""


def claim_folder() -> IO[str]:
    """Hold the returned file open: the lock ends with this process, kill -9 included."""
    file = Path(settings.DATA_DIR / "studio.lock").open("a+", encoding="ascii")  # noqa: SIM115
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        pid = file.read().strip() or "?"
        raise Occupied(f"Another studio (process {pid}) works in {settings.DATA_DIR}.") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", flush=True)
        call_command("migrate", verbosity=0, interactive=False)


def collect_static() -> None:
    """Only when a file is newer than the last collection: a restart should not take seconds."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.exists() or newest(joined.sources()) > manifest.stat().st_mtime:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        manifest.touch()


def newest(folders: list[Path]) -> float:
    """The latest change of any file or folder below (a removed file changes its folder)."""
    moments = [
        path.stat().st_mtime for folder in folders for path in [folder, *folder.rglob("*")] if path.exists()
    ]
    return max(moments, default=0.0)


def wake_sweep() -> None:
    """Ring the first sweep, and see that the schedule stands which restarts a dead one every minute."""
    start_afresh()
    every_minute = {"schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1, "cluster": "sweep"}
    Schedule.objects.update_or_create(name="sweep", defaults={"func": REVIVE, **every_minute})
    every_day = {"schedule_type": Schedule.DAILY, "repeats": -1, "cluster": "studio"}
    Schedule.objects.update_or_create(name="discover models", defaults={"func": DISCOVER, **every_day})


def schedule_housekeeping() -> None:
    """A studio that was off at its hour does it soon after the next start."""
    daily = {"schedule_type": Schedule.DAILY, "repeats": -1, "cluster": "files"}
    Schedule.objects.update_or_create(name="housekeeping", defaults={"func": HOUSEKEEPING, **daily})
    hourly = {"schedule_type": Schedule.HOURLY, "repeats": -1, "cluster": "studio"}
    Schedule.objects.update_or_create(name="mail digests", defaults={"func": DIGESTS, **hourly})
    every_minute = {"schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1, "cluster": "studio"}
    Schedule.objects.update_or_create(name="alerts", defaults={"func": ALERTS, **every_minute})


def draw_for_an_older_release() -> None:
    """What takes lack that were finished before this release; found in the background, at every start."""
    small_posters.begin()


def go_on_rewording() -> None:
    """Of shots that were renamed or removed just before the studio ended."""
    shot_words.ring_due()


def setup_path() -> str | None:
    """The path of a fresh set-up link as long as there is no administrator."""
    return None if User.objects.administrators().exists() else SetupLink.renew()
