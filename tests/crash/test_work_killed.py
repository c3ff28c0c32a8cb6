"""kill -9 of the sweep and of the files worker: polls, look-ups, fresh links and downloads go on."""

from __future__ import annotations

import pytest
from django.utils import timezone

from generations.models import Generation, Output, Status
from tests.crash.gateway import POINTS
from tests.crash.studio import CrashStudio, describe, disagreements
from tests.studio_process import wait_until

pytestmark = pytest.mark.processes  # on PostgreSQL too where rows and locks decide
MB = 1_000_000


@pytest.mark.both_databases
def test_the_sweep_dies_at_each_point_of_a_poll(studio: CrashStudio) -> None:
    for point in POINTS:
        studio.gateway.kill_at("poll", point)
    takes = [studio.take(gateway) for gateway in ("token360", "venice") for _ in range(4)]
    studio.settle(takes, 60)
    assert not any(fault.times for fault in studio.gateway.faults)
    assert {take.status for take in takes} == {Status.COMPLETED}
    assert not disagreements(takes, studio.sandbox.bill(), studio.media)


def test_the_sweep_dies_while_it_looks_a_lost_answer_up(studio: CrashStudio) -> None:
    studio.gateway.kill_at("list", "no answer")
    studio.gateway.kill_at("list", "answer sent")
    takes = [studio.take("token360", "[lost answer]") for _ in range(3)]
    studio.settle(takes)
    assert {take.status for take in takes} == {Status.COMPLETED}
    assert not disagreements(takes, studio.sandbox.bill(), studio.media)


def test_a_download_goes_on_where_it_broke(studio: CrashStudio) -> None:
    before = studio.gateway.result_bytes
    for _ in range(3):
        studio.gateway.kill_at("result", "half an answer", after_bytes=12 * MB)
    take = studio.take("token360", "[big]")
    studio.wait(take, Status.COMPLETED)
    size = take.outputs.get(kind=Output.Kind.VIDEO).size_bytes
    assert size > 60 * MB
    assert studio.gateway.result_bytes - before < 2 * size
    assert not any(fault.times for fault in studio.gateway.faults)
    assert not disagreements([take], studio.sandbox.bill(), studio.media)


@pytest.mark.both_databases
@pytest.mark.parametrize("gateway", ["token360", "venice"])
def test_the_files_worker_dies_at_each_point(studio: CrashStudio, gateway: str) -> None:
    for point in POINTS:
        studio.gateway.kill_at("result", point)
    if gateway == "token360":
        studio.gateway.kill_at("link", "no answer")
    word = "[expired link]" if gateway == "token360" else ""
    takes = [studio.take(gateway, word) for _ in range(3)]
    studio.settle(takes)
    assert {take.status for take in takes} == {Status.COMPLETED}, [describe(take) for take in takes]
    assert not any(fault.times for fault in studio.gateway.faults)
    wait_until(lambda: all(take.outputs.count() == 5 for take in takes))
    assert not disagreements(takes, studio.sandbox.bill(), studio.media)


@pytest.mark.parametrize(("word", "ends"), [("", Status.COMPLETED), ("[refused]", Status.FAILED)])
def test_a_late_answer_still_counts(studio: CrashStudio, word: str, ends: Status) -> None:
    """The worker lives but lost its lease: the take is uncertain, then the rest of the answer comes."""
    slow = studio.gateway.kill_at("submit", "half an answer", harmless=True)
    take = studio.take("venice", word)
    studio.wait(take, Status.SUBMITTING)
    wait_until(lambda: not slow.times)
    # as if the worker had been frozen for longer than its lease
    Generation.objects.filter(pk=take.pk).update(lease_until=timezone.now(), lease_holder=None)
    studio.wait(take, Status.UNCERTAIN)
    slow.go_on.set()
    studio.wait(take, ends)
    assert len(studio.bills(take)) == (1 if ends == Status.COMPLETED else 0)
    assert take.failure_billed is (None if ends == Status.COMPLETED else False)
    assert not disagreements([take], studio.sandbox.bill(), studio.media)
