"""Thousands of takes in flight, in the studio's rows and in the sandbox's memory, without a submit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.load import TAKES_PER_ACCOUNT

KEY = "sandbox-key-of-the-bench"
MODEL = "seedance-2.0-fast"


def seed_sandbox(folder: Path, count: int) -> list[str]:
    """Jobs that run for hours; before the sandbox starts.

    :returns: their ids.
    """
    from providers.sandbox.jobs import Job
    from providers.sandbox.render.order import ClipOrder
    from providers.sandbox.sandbox import name_key
    from providers.sandbox.store import Store

    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder / "sandbox.sqlite3")
    clip = ClipOrder(width=64, height=36, duration_s=5, audio=False, title="bench", caption="")
    ids = [f"video_{number:032x}" for number in range(count)]
    for job_id in ids:
        job = Job(
            id=job_id, dialect="token360", key_id=name_key(KEY), key_last4=KEY[-4:], model=MODEL,
            prompt="A quiet harbour at dawn", mode="text_to_video", duration_s=5, amount_usd=0.1,
            created_at=time.time() - 4000, run_s=15000, request_id=job_id, request_sha256="", clip=clip,
            echo={"parameters": {"duration": 5}, "last_frame": False, "metadata": None},
        )  # fmt: skip
        store.save_job(job)
    store.close()
    return ids


def make_accounts(count: int, base_url: str) -> list[Any]:
    from tests.factories import make_account

    return [make_account(key=KEY, base_url=base_url) for _ in range(count)]


def seed_takes(job_ids: list[str], base_url: str) -> list[list[str]]:
    """A running take for each job, TAKES_PER_ACCOUNT to an account.

    :returns: the addresses to poll, by account; take number *n* is in line *n modulo accounts*.
    """
    from generations.models import Generation
    from tests.factories import make_project

    Generation.objects.all().delete()
    accounts = make_accounts(-(-len(job_ids) // TAKES_PER_ACCOUNT), base_url)
    project = make_project()
    rows = _rows(project, accounts, job_ids)
    Generation.objects.bulk_create(rows, batch_size=500)
    return [
        [f"{base_url}/videos/{job_id}" for job_id in job_ids[line :: len(accounts)]]
        for line in range(len(accounts))
    ]


def _rows(project: Any, accounts: list[Any], job_ids: list[str]) -> Iterator[Any]:
    from django.utils import timezone

    from generations.models import Generation, Status

    models = [account.models.get(wire_id=MODEL) for account in accounts]
    now = timezone.now()
    for number, job_id in enumerate(job_ids):
        model = models[number % len(models)]
        yield Generation(
            project=project, author=project.created_by, account=model.account, model=model,
            mode="text_to_video", prompt="A quiet harbour at dawn", request={"prompt": "A quiet harbour"},
            request_sha256="0" * 64, status=Status.RUNNING, job_id=job_id, submitted_at=now, accepted_at=now,
            deadline_at=now + timedelta(hours=2),
        )  # fmt: skip
