"""kill -9 of everything at random moments: after the restart nothing is lost and nothing is billed twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from generations.models import Generation, Status
from tests.crash.studio import MODELS, SMALL, CrashStudio, describe, disagreements
from tests.factories import make_token
from tests.studio_process import wait_until

pytestmark = pytest.mark.processes  # on PostgreSQL too where rows and locks decide


@pytest.mark.both_databases
def test_twelve_takes_survive_three_power_cuts(studio: CrashStudio) -> None:
    takes = [studio.take(gateway) for _ in range(6) for gateway in ("token360", "venice")]
    for _ in range(3):
        time.sleep(random.uniform(0.1, 1.5))
        studio.kill_everything()
        studio.process.start()
    studio.settle(takes, 60)
    for take in takes:
        asked_about = take.status == Status.UNCERTAIN and (
            take.account.gateway == "venice" or not studio.bills(take)
        )
        assert take.status == Status.COMPLETED or asked_about, describe(take)
    assert not disagreements(takes, studio.sandbox.bill(), studio.media)


def test_the_web_process_dies_under_a_post_and_the_same_key_makes_one_take(studio: CrashStudio) -> None:
    """Whatever had been saved when it died: asking again with the key finds it, or makes it."""
    token = make_token(studio.user)
    prompts = [f"Asked for while the web died, {number} of {studio.folder.name}" for number in range(4)]
    for prompt in prompts:
        lost = threading.Thread(target=try_to_post, args=(studio, token, prompt))
        lost.start()
        time.sleep(random.uniform(0, 0.06))
        kill_web(studio)
        lost.join()
        assert wait_until(lambda prompt=prompt: accepted(studio, token, prompt), 30)
    takes = list(Generation.objects.filter(prompt__in=prompts))
    assert sorted(take.prompt for take in takes) == prompts
    studio.settle(takes)
    assert {take.status for take in takes} == {Status.COMPLETED}
    assert not disagreements(takes, studio.sandbox.bill(), studio.media)


def post(studio: CrashStudio, token: str, prompt: str) -> httpx.Response:
    body: dict[str, Any] = {"project": studio.project.slug, "account": str(studio.accounts["token360"].pk)}
    body |= {"model": MODELS["token360"], "prompt": prompt, **SMALL["token360"]}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": prompt.replace(" ", "-")}
    with httpx.Client(trust_env=False, timeout=20) as client:
        return client.post(f"{studio.process.url}/api/v1/generations", json=body, headers=headers)


def try_to_post(studio: CrashStudio, token: str, prompt: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        post(studio, token, prompt)


def accepted(studio: CrashStudio, token: str, prompt: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        answer = post(studio, token, prompt)
        assert answer.status_code == 202, answer.text
        return True
    return False


def kill_web(studio: CrashStudio) -> None:
    for pid in studio.process.pids():
        with contextlib.suppress(OSError):
            if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
