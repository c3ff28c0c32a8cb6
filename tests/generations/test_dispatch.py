"""Who is sent next: in turn between people, never more than an account allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from generations.models import Generation, Status
from generations.services import line
from generations.services import ring as ringing
from generations.services.dispatch import dispatch
from generations.services.lease import pause_until, rung_until
from tests.factories import add_member, make_model, make_project, make_take_row, make_user

pytestmark = [pytest.mark.both_databases]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Any:
    """``rung()``: the takes that one look of the dispatcher rings."""
    heard: list[str] = []
    monkeypatch.setattr(ringing, "async_task", lambda _path, take_id, **_: heard.append(take_id))

    def look() -> list[Generation]:
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            dispatch()
        return [Generation.objects.get(pk=take_id) for take_id in heard]

    return look


@pytest.fixture
def desk(db: None) -> Any:
    """One project and one account, and takes of two people in it."""

    class Desk:
        def __init__(self) -> None:
            self.project, self.model, self.other = make_project(), make_model(), make_user()
            add_member(self.project, self.other)
            self.account = self.model.account

        def limits(self, **values: int) -> None:
            for name, value in values.items():
                setattr(self.account, name, value)
            self.account.save()

        def take(self, author: Any = None, **values: Any) -> Generation:
            values = {"author": author or self.project.created_by, **values}
            return make_take_row(project=self.project, model=self.model, **values)

    return Desk()


def test_people_take_turns(rung: Any, desk: Any) -> None:
    desk.limits(max_in_flight=4, submits_per_min=100)
    for _ in range(6):
        desk.take()
    late = [desk.take(desk.other) for _ in range(2)]
    chosen = rung()
    assert len(chosen) == 4
    assert {take.pk for take in late} <= {take.pk for take in chosen}


def test_who_is_busy_waits_for_the_others(rung: Any, desk: Any) -> None:
    desk.limits(max_in_flight=4, submits_per_min=100)
    for _ in range(3):
        desk.take(status=Status.RUNNING)
    desk.take()
    late = desk.take(desk.other)
    assert [take.pk for take in rung()] == [late.pk]


@pytest.mark.parametrize("status", [Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING])
def test_places_at_the_gateway_are_taken(rung: Any, desk: Any, status: str) -> None:
    desk.limits(max_in_flight=2, submits_per_min=100)
    for _ in range(2):
        desk.take(status=status)
    desk.take()
    assert rung() == []


def test_a_minute_has_only_so_many_submits(rung: Any, desk: Any) -> None:
    desk.limits(max_in_flight=100, submits_per_min=3)
    now = timezone.now()
    for seconds in (10, 59, 61):
        desk.take(status=Status.COMPLETED, submitted_at=now - timedelta(seconds=seconds))
    for _ in range(3):
        desk.take()
    assert len(rung()) == 1


def test_one_that_was_rung_keeps_its_place_and_is_not_rung_again(rung: Any, desk: Any) -> None:
    desk.limits(max_in_flight=2, submits_per_min=100)
    first, second, _third = (desk.take() for _ in range(3))
    assert [take.pk for take in rung()] == [first.pk, second.pk]
    assert rung() == []


def test_a_lost_bell_is_rung_again(rung: Any, desk: Any) -> None:
    take = desk.take(**rung_until(-1))
    assert [one.pk for one in rung()] == [take.pk]


@pytest.mark.parametrize("values", [lambda: {"parked_at": timezone.now()}, lambda: pause_until(60)])
def test_what_must_wait_is_left_alone(rung: Any, desk: Any, values: Callable[[], dict[str, Any]]) -> None:
    desk.take(**values())
    assert rung() == []


def test_a_paused_account_sends_nothing(rung: Any, desk: Any) -> None:
    desk.account.paused_until = timezone.now() + timedelta(minutes=1)
    desk.account.save()
    desk.take()
    assert rung() == []


people = st.integers(0, 4)


@given(st.lists(people, max_size=40), st.dictionaries(people, st.integers(0, 6)), st.integers(0, 20))
def test_turns_are_fair_whatever_waits(authors: list[int], busy: dict[int, int], free: int) -> None:
    """Nobody gets a place while somebody who waits too would have had fewer."""
    ready: list[Any] = [line.Waiting(number, who, number) for number, who in enumerate(authors)]
    chosen: list[Any] = line.in_turn(ready, Counter(busy), free)
    assert len(chosen) == len(set(chosen)) == min(free, len(authors))
    load, left = Counter(busy), Counter(authors)
    for take in chosen:
        person = authors[take]
        assert all(load[person] <= load[other] for other in left if left[other])
        load[person] += 1
        left[person] -= 1
    for person in set(authors):
        mine = [take for take in chosen if authors[take] == person]
        assert mine == sorted(mine), "the oldest first"
