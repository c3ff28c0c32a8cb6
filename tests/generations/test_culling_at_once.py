"""Two people who sort the same takes at one moment."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from generations.models import Generation
from generations.services import stacks, throwing
from tests import factories
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_of_two_versions_thrown_away_at_once_neither_is_on_top(project, alice, bob, monkeypatch):
    model = factories.make_model()
    takes = [
        factories.make_take_row(project=project, model=model, status="completed", hold=False)
        for _ in range(3)
    ]
    stacks.stack(alice, project, [take.pk for take in takes])
    both, settle = Barrier(2), stacks.settle

    def settle_late(ids: list) -> None:
        with suppress(BrokenBarrierError):  # as it must be: the second waits for the stack
            both.wait(1)
        settle(ids)

    monkeypatch.setattr(stacks, "settle", settle_late)
    people = [alice, bob]
    together(2, lambda n: throwing.trash(people[n], project, [takes[n + 1].pk]))
    found = Generation.objects.filter(trashed_at=None).values_list("pk", "is_top")
    assert list(found) == [(takes[0].pk, True)]
