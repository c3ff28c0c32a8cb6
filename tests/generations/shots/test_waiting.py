"""Who waits for whom: takes are made while others make some for the same shot, or order the list."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from generations.services import shots
from tests.together import together

from .desk import add

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.both_databases
def test_a_new_order_and_many_new_takes_never_lock_each_other_out(project, alice):
    rows = add(alice, project, *[f"S{number:03}" for number in range(20)])

    def act(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - no secret
        for _turn in range(20):
            if number % 2:
                with transaction.atomic():
                    assert len(shots.hold_for_takes(rows)) == 20
            else:
                shots.place(alice, chance.choice(rows), after=chance.choice(rows).pk)

    together(4, act)
    assert sorted(shots.in_order(project).values_list("order", flat=True)) == list(range(1, 21))


def elsewhere(act: Callable[[], Any]) -> Any:
    """On a connection that gives up when it has to wait."""

    def run() -> Any:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '2s'")
                return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(60)


@pytest.mark.postgres
def test_takes_are_made_while_others_make_some_and_order_the_list(project, alice):
    one, two = add(alice, project, "A", "B")
    for meanwhile in (
        lambda: shots.hold_for_takes([one, two]),
        lambda: shots.place(alice, two, after=None),
    ):
        with transaction.atomic():
            meanwhile()
            assert elsewhere(lambda: shots.hold_for_takes([one, two])) == {one.pk, two.pk}
    with transaction.atomic():
        shots.hold_for_takes([one, two])
        elsewhere(lambda: shots.place(alice, one, after=None))


@pytest.mark.postgres
@pytest.mark.parametrize("act", [shots.remove, lambda who, shot: shots.change(who, shot, shots.Words("X"))])
def test_who_renames_or_removes_waits_for_new_takes(project, alice, act):
    (shot,) = add(alice, project, "A")
    with transaction.atomic():
        shots.hold_for_takes([shot])
        with pytest.raises(OperationalError):
            elsewhere(lambda: act(alice, shot))
