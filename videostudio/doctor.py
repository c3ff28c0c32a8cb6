"""What ``manage.py doctor`` looks at: each check yields lines of (fine, what was found)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from generations.services import audit, faces
from providers import former_keys
from providers.models import FormerKey, ProviderAccount

from . import liveness
from .models import User

Line = tuple[bool, str]
GIB = 1024**3


def data_folder() -> Iterator[Line]:
    folder = settings.DATA_DIR
    yield os.access(folder, os.W_OK | os.X_OK), f"data folder {folder} can be written to"
    free, least = liveness.free_bytes(), settings.STUDIO["MIN_FREE_BYTES"]
    yield free >= least, f"{free / GIB:.1f} GiB free, {least / GIB:.1f} needed to store anything new"


def secrets() -> Iterator[Line]:
    """Files that others can read are as good as published."""
    for name in ("secret_key", "field_keys"):
        file: Path = settings.SECRETS_DIR / name
        if file.exists():
            mode = stat.S_IMODE(file.stat().st_mode)
            yield mode == 0o600, f"secrets/{name} has mode {mode:04o}, wanted 0600"
        else:
            yield True, f"{name} comes from the environment"


def database() -> Iterator[Line]:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield False, f"database cannot be asked: {error}"
        return
    yield True, f"database answers ({connection.vendor})"
    yield not missing, f"{len(missing)} migrations not applied" if missing else "all migrations applied"
    if not missing:
        yield User.objects.administrators().exists(), "there is an administrator"


def keys() -> Iterator[Line]:
    """Each account's key opens with FIELD_KEYS; an unreadable one pauses its account."""
    for account in ProviderAccount.objects.all():
        try:
            account.get_key()
        except Exception as error:
            yield False, f"key of {account} cannot be read ({type(error).__name__})"
        else:
            yield True, f"key of {account} can be read"
        if account.enabled and account.health.get("ok") is False:
            yield False, f"{account}, checked {account.last_check()}"
    for row in FormerKey.objects.select_related("account"):
        yield bool(former_keys.opened(row)), f"former key {row} of {row.account}, kept for its jobs"


def money() -> Iterator[Line]:
    """Open holds belong to exactly the takes in flight; every completed take has its clip."""
    problems = audit.drift()
    yield not problems, f"{len(problems)} takes disagree with the ledger" if problems else "the ledger agrees"
    for problem in problems[:20]:
        yield False, str(problem)


def processes() -> Iterator[Line]:
    for name, found in liveness.clusters().items():
        age = found["beat_age_s"]
        when = "never" if age is None else f"{age:.0f} s ago"
        yield found["up"], f"cluster {name}: last beat {when}, {found['queue']} in its queue"
    state = liveness.sandbox()
    yield state != "down", f"sandbox is {state}"


def addresses() -> Iterator[Line]:
    """Hints, not errors: the studio works on one computer as it is."""
    if settings.PUBLIC_URL_IS_LOOPBACK:
        yield True, "PUBLIC_URL is this computer: gateways cannot fetch inputs by link, others cannot sign in"
    else:
        yield settings.HTTPS, f"PUBLIC_URL is {settings.PUBLIC_URL}; passwords need https"


def optional_parts() -> Iterator[Line]:
    """What is absent by choice is no fault."""
    if not settings.FACE_HINT:
        yield True, "face hint is switched off (FACE_HINT=0)"
    elif faces.is_installed():
        yield True, "face hint is on: uploads are looked at here, and only here"
    else:
        yield True, f"face hint is absent, an optional part: {faces.INSTALL}"


CHECKS: list[Callable[[], Iterator[Line]]] = [
    data_folder,
    secrets,
    database,
    keys,
    money,
    processes,
    addresses,
    optional_parts,
]


def examine() -> Iterator[Line]:
    """Every check; one that breaks is a bad line, and the others still run."""
    for check in CHECKS:
        try:
            yield from check()
        except Exception as error:
            yield False, f"{check.__name__}: {type(error).__name__}: {error}"
