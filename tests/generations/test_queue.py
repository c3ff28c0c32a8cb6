"""My place in line: moved among my own takes, paused, gone on with; never before somebody else's turn."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from generations.models import Event, Generation, Status
from generations.services import line, queue
from generations.services.dispatch import dispatch
from generations.services.refusals import NotAllowed, WrongState
from generations.services.submit import submit_generation
from tests.factories import add_member, make_model, make_take_row

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def model() -> Any:
    return make_model()


@pytest.fixture
def take(project: Any, model: Any) -> Any:
    """``take(person)``: one more that waits in the same line."""

    def make(author: Any, **values: Any) -> Generation:
        return make_take_row(project=project, model=model, author=author, **values)

    return make


def order(model: Any) -> list[Any]:
    return line.order(model.account_id, timezone.now(), 100)


@pytest.mark.parametrize(
    ("to", "expected"),
    [("front", [2, 0, 1, 3]), ("up", [0, 2, 1, 3]), ("down", [0, 1, 3, 2]), ("back", [0, 1, 3, 2])],
)
def test_own_takes_change_places_among_themselves(alice, take, model, to, expected):
    takes = [take(alice) for _ in range(4)]
    queue.move(alice, takes[2], to)
    assert order(model) == [takes[number].pk for number in expected]


def test_one_of_mine_goes_to_where_another_stands(alice, bob, take, model):
    a1, b1, a2, a3 = take(alice), take(bob), take(alice), take(alice)
    queue.move(alice, a1, "", a3.pk)
    assert order(model) == [a2.pk, b1.pk, a3.pk, a1.pk]
    queue.move(alice, a1, "", a3.pk)
    assert order(model) == [a2.pk, b1.pk, a1.pk, a3.pk]
    with pytest.raises(WrongState):
        queue.move(alice, a1, "", b1.pk)


def test_moving_never_takes_a_turn_of_somebody_else(alice, bob, take, model):
    a1, b1, a2, b2, a3 = take(alice), take(bob), take(alice), take(bob), take(alice)
    assert order(model) == [a1.pk, b1.pk, a2.pk, b2.pk, a3.pk]
    queue.move(alice, a3, "front")
    assert order(model) == [a3.pk, b1.pk, a1.pk, b2.pk, a2.pk]


def test_moves_one_after_the_other_keep_every_take_in_the_line(alice, take, model):
    takes = [take(alice) for _ in range(5)]
    for number, to in ((4, "front"), (0, "back"), (2, "up"), (4, "down"), (1, "front")):
        queue.move(alice, takes[number], to)
    assert sorted(order(model)) == sorted(one.pk for one in takes)
    assert order(model)[0] == takes[1].pk


def test_the_first_cannot_go_further_and_nothing_is_written_of_it(alice, take, model):
    first, _second = take(alice), take(alice)
    queue.move(alice, first, "up")
    assert order(model)[0] == first.pk and not Event.objects.filter(kind="moved in line").exists()


def test_the_dispatcher_sends_the_one_that_was_moved_to_the_front(alice, take, model):
    model.account.max_in_flight = 1
    model.account.save()
    first, second = take(alice), take(alice)
    queue.move(alice, second, "front")
    assert dispatch() == 1
    first.refresh_from_db(), second.refresh_from_db()
    assert second.lease_until and not first.lease_until


def test_hundreds_of_one_person_do_not_hide_the_one_of_another(alice, bob, take, model):
    rows = [take(alice, hold=False) for _ in range(2)]
    template = Generation.objects.get(pk=rows[0].pk)
    copies = []
    for _ in range(450):
        template.pk = template._meta.pk.get_default()
        copies.append(Generation(**{f.attname: getattr(template, f.attname) for f in template._meta.fields}))
    Generation.objects.bulk_create(copies)
    late = take(bob)
    assert line.order(model.account_id, timezone.now(), 2)[1] == late.pk
    assert line.places([late])[late.pk] == 2


def test_a_paused_take_is_not_sent_keeps_its_hold_and_its_turn(alice, take, model):
    first, second = take(alice), take(alice)
    queue.pause(alice, first)
    assert order(model) == [second.pk] and first.held_usd is not None
    assert dispatch() == 1
    first.refresh_from_db()
    assert (first.status, first.lease_until) == (Status.QUEUED, None)
    queue.unpause(alice, first)
    assert order(model)[0] == first.pk


def test_a_take_that_is_paused_while_its_bell_rings_is_not_sent(alice, take, monkeypatch):
    one = take(alice)
    dispatch()
    queue.pause(alice, one)
    submit_generation(str(one.pk))  # nothing listens at its account's address: an attempt would be noted
    one.refresh_from_db()
    assert one.status == Status.QUEUED and not one.events.filter(kind="sending").exists()


def test_all_of_mine_are_paused_and_go_on_and_nobody_elses(alice, bob, take, model):
    mine, theirs = [take(alice) for _ in range(3)], take(bob)
    assert queue.pause_all(alice) == 3 and queue.pause_all(alice) == 0
    assert order(model) == [theirs.pk]
    assert queue.unpause_all(alice) == 3
    assert set(order(model)) == {theirs.pk, *(one.pk for one in mine)}


def test_only_the_author_moves_and_pauses(alice, bob, take):
    one = take(alice)
    for verb in (queue.pause, lambda user, own: queue.move(user, own, "up")):
        with pytest.raises(NotAllowed):
            verb(bob, one)


def test_who_spends_in_the_project_lets_a_take_of_one_who_left_go_on(alice, bob, project, take, make_person):
    one = take(bob)
    queue.pause(bob, one)
    project.memberships.filter(user=bob).delete()
    vera = make_person("vera")
    add_member(project, vera, "viewer")
    with pytest.raises(NotAllowed):
        queue.unpause(vera, one)
    queue.unpause(alice, one)
    assert one.paused_at is None and one.events.get(kind="unpaused").actor == alice


def test_nothing_goes_on_in_an_archived_project(alice, project, take):
    one = take(alice)
    queue.pause(alice, one)
    project.archived_at = timezone.now()
    project.save()
    with pytest.raises(NotAllowed):
        queue.unpause(alice, Generation.objects.get(pk=one.pk))
    assert queue.unpause_all(alice) == 0 and Generation.objects.get(pk=one.pk).paused_at


def test_all_means_all_a_batch_at_a_time(alice, take, monkeypatch):
    monkeypatch.setattr(queue, "AT_ONCE", 2)
    takes = [take(alice) for _ in range(5)]
    assert (queue.pause_all(alice), queue.unpause_all(alice)) == (5, 5)
    for one in takes:
        told = [(event.kind, event.actor) for event in one.events.order_by("id")]
        assert told == [("paused", alice), ("unpaused", alice)]


def test_who_may_no_longer_spend_leaves_the_line_alone(project, take, make_person):
    victor = make_person("victor")
    add_member(project, victor, "viewer")
    one = take(victor)
    with pytest.raises(NotAllowed):
        queue.pause(victor, one)
    assert queue.pause_all(victor) == 0


@pytest.mark.parametrize("status", [one for one in Status.values if one != Status.QUEUED])
def test_what_does_not_wait_in_line_is_not_moved_and_not_paused(alice, take, status):
    one = take(alice, status=status)
    for verb in (queue.pause, queue.unpause, lambda user, own: queue.move(user, own, "up")):
        with pytest.raises(WrongState):
            verb(alice, one)


def test_history_tells_who_moved_paused_and_went_on(alice, take):
    _first, one = take(alice), take(alice)
    queue.move(alice, one, "front"), queue.pause(alice, one), queue.unpause(alice, one)
    told = [(event.kind, event.actor) for event in one.events.order_by("id")]
    assert told == [("moved in line", alice), ("paused", alice), ("unpaused", alice)]


def test_a_new_attempt_is_not_paused_any_more(alice, take):
    from generations.services import attempts

    one = take(alice, status=Status.UNCERTAIN, paused_at=timezone.now(), hold=False)
    assert attempts.again(one, frm=Status.UNCERTAIN, kind="submitted again", actor=alice)
    one.refresh_from_db()
    assert one.paused_at is None
