"""kill -9 of everything at random moments: after the restart nothing is lost and nothing is billed twice."""

from __future__ import annotations

import random
import time

import pytest

from generations.models import Status
from tests.crash.studio import CrashStudio, describe, disagreements

pytestmark = [pytest.mark.processes, pytest.mark.both_databases]


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
