"""kill -9 of the worker at each point of a submit: nothing lost, nothing billed twice."""

from __future__ import annotations

import pytest

from generations.models import Generation, Status
from tests.crash.gateway import POINTS
from tests.crash.studio import CrashStudio, describe, disagreements

pytestmark = pytest.mark.processes  # on PostgreSQL too where rows and locks decide
NOTHING_MADE = ("accepted", "body read")
A_HANDFUL = 2


def kill_at_every_point(studio: CrashStudio, gateway: str) -> dict[str, list[Generation]]:
    """A handful of takes for each point, all at once; their prompts tell the requests apart."""
    takes: dict[str, list[Generation]] = {point: [] for point in POINTS}
    for point in POINTS[1:]:
        for _ in range(A_HANDFUL):
            word = f"{gateway} {point} {len(takes[point])}"
            studio.gateway.kill_at("submit", point, text=word.encode())
            takes[point].append(studio.take(gateway, word))
    studio.settle([take for some in takes.values() for take in some])
    studio.gateway.kill_at("submit", "accepted", times=A_HANDFUL)  # before a byte is read: any submit
    takes["accepted"] = [studio.take(gateway) for _ in range(A_HANDFUL)]
    studio.settle(takes["accepted"])
    return takes


def struck(studio: CrashStudio, point: str, takes: list[Generation]) -> list[Generation]:
    """Before a byte is read nobody knows whose call it is: another call of the same workers may have taken
    the blow, and the take went through, billed once. One at least was struck."""
    if point != "accepted":
        return takes
    found = [take for take in takes if take.status != Status.COMPLETED]
    assert found and all(len(studio.bills(take)) == 1 for take in takes if take not in found)
    return found


@pytest.mark.both_databases
def test_token360_finds_its_jobs_again(studio: CrashStudio) -> None:
    for point, takes in kill_at_every_point(studio, "token360").items():
        killed = struck(studio, point, takes)
        made = 0 if point in NOTHING_MADE else 1
        for take in killed:
            assert len(studio.bills(take)) == made, describe(take)
            assert take.status == (Status.COMPLETED if made else Status.UNCERTAIN), describe(take)
        assert not disagreements(takes, studio.sandbox.bill(), studio.media)


def test_venice_waits_for_a_person(studio: CrashStudio) -> None:
    for point, takes in kill_at_every_point(studio, "venice").items():
        # the whole answer was out: whether it was saved before the signal came is the kernel's affair
        may_be = {Status.UNCERTAIN, Status.COMPLETED} if point == "answer sent" else {Status.UNCERTAIN}
        for take in struck(studio, point, takes):
            assert len(studio.bills(take)) == (0 if point in NOTHING_MADE else 1), describe(take)
            assert take.status in may_be, describe(take)
        assert not disagreements(takes, studio.sandbox.bill(), studio.media)


def test_the_whole_cluster_may_die(studio: CrashStudio) -> None:
    studio.gateway.kill_at("submit", "no answer", whole_cluster=True)
    takes = [studio.take("token360") for _ in range(4)]
    studio.settle(takes)
    for take in takes:  # two workers died at once: one with its job made, one perhaps before that
        found = (take.status, len(studio.bills(take)))
        assert found in {(Status.COMPLETED, 1), (Status.UNCERTAIN, 0)}, describe(take)
    assert any(take.status == Status.COMPLETED for take in takes)
    assert not disagreements(takes, studio.sandbox.bill(), studio.media)
