"""A job in the gateway's list is adopted only when there can be no mistake."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from generations.models import Generation, Status
from generations.services import reconcile
from providers.gateways.job_list import Candidate
from tests.factories import make_model, make_project, make_take_row

pytestmark = [pytest.mark.both_databases]
PROMPT = "A tram at night"


@pytest.fixture
def world(db: None) -> Any:
    class World:
        def __init__(self) -> None:
            self.project, self.model = make_project(), make_model()
            self.now = timezone.now()

        def take(self, age_s: float = 10, status: str = Status.UNCERTAIN, **values: Any) -> Generation:
            values = {"prompt": PROMPT, "submitted_at": self.now - timedelta(seconds=age_s), **values}
            return make_take_row(status=status, project=self.project, model=self.model, **values)

        def job(self, name: str = "job", age_s: float = 9, **values: Any) -> Candidate:
            made: datetime = self.now - timedelta(seconds=age_s)
            facts = {"model": self.model.wire_id, "prompt": PROMPT, "created_at": made, **values}
            return Candidate(job_id=name, **facts)

    return World()


def test_its_own_job_is_adopted(world: Any) -> None:
    take = world.take()
    assert reconcile.adopt(take, [world.job()])
    take.refresh_from_db()
    assert (take.status, take.job_id) == (Status.RUNNING, "job")
    assert take.next_poll_at and take.events.get().kind == "found at the gateway"


@pytest.mark.parametrize("other", [{"prompt": "A bus"}, {"model": "another"}, {"age_s": 600}])
def test_a_job_that_differs_is_not(world: Any, other: dict[str, Any]) -> None:
    assert not reconcile.adopt(world.take(), [world.job(**other)])


def test_a_clock_that_is_off_a_little_does_not_hide_the_job(world: Any) -> None:
    assert reconcile.adopt(world.take(age_s=10), [world.job(age_s=100)])


def test_a_job_of_another_take_is_not_taken(world: Any) -> None:
    world.take(status=Status.COMPLETED, job_id="job")
    assert not reconcile.adopt(world.take(), [world.job()])


def test_while_a_twin_is_being_sent_nothing_is_certain(world: Any) -> None:
    take = world.take()
    world.take(status=Status.SUBMITTING)
    assert not reconcile.adopt(take, [world.job("one"), world.job("two")])


def test_two_jobs_for_one_take_wait_for_a_person(world: Any) -> None:
    assert not reconcile.adopt(world.take(), [world.job("one"), world.job("two")])


def test_one_job_for_two_takes_waits_for_a_person(world: Any) -> None:
    takes = [world.take(), world.take()]
    assert not any(reconcile.adopt(take, [world.job()]) for take in takes)


def test_the_same_words_with_other_settings_wait_for_a_person(world: Any) -> None:
    first, second = world.take(request_sha256="a" * 64), world.take(request_sha256="b" * 64)
    jobs = [world.job("one"), world.job("two")]
    assert not reconcile.adopt(first, jobs) and not reconcile.adopt(second, jobs)


def test_the_look_up_ends_by_the_age_of_the_doubt(world: Any, settings: Any) -> None:
    settings.STUDIO = {**settings.STUDIO, "FIND_FOR_S": 120}
    assert reconcile.look_again_at(world.take(age_s=3 * 86400)), "the studio was off for days"
    doubted_long = world.take(next_poll_at=timezone.now())
    doubted_long.changed_at = timezone.now() - timedelta(seconds=121)
    assert not reconcile.look_again_at(doubted_long)
    doubted_long.refresh_from_db()
    assert (doubted_long.status, doubted_long.next_poll_at) == (Status.UNCERTAIN, None)


@rules(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(takes=st.integers(1, 4), jobs=st.integers(0, 5), owned=st.integers(0, 3), order=st.randoms())
def test_no_job_goes_to_two_takes(world: Any, takes: int, jobs: int, owned: int, order: Any) -> None:
    """As many free jobs as takes: each gets its own, in order. Any other count: nobody gets one."""
    Generation.objects.all().delete()
    for number in range(owned):
        world.take(status=Status.COMPLETED, job_id=f"owned {number}")
    waiting = [world.take(age_s=50 - number) for number in range(takes)]
    listed = [world.job(f"free {n}", age_s=40 - n) for n in range(jobs)]
    listed += [world.job(f"owned {n}", age_s=45) for n in range(owned)]
    order.shuffle(listed)
    for take in sorted(waiting, key=lambda _: order.random()):
        reconcile.adopt(take, listed)
    found = list(Generation.objects.filter(pk__in=[t.pk for t in waiting]).order_by("submitted_at"))
    wanted = [f"free {n}" for n in range(jobs)] if jobs == takes else [""] * takes
    assert [take.job_id for take in found] == wanted
