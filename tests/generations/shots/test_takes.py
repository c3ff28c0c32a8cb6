"""Takes in shots: moved with all their versions, taken back, and one of them chosen."""

from __future__ import annotations

import pytest

from generations.models import Event, Generation, Shot, Status
from generations.services import acts, again, gallery, shot_takes, shots, throwing, undo
from generations.services.gallery import Filter
from generations.services.refusals import NotAllowed, WrongState
from generations.telling import history
from tests import factories
from tests.together import together

from .desk import add, ids, make_takes, where

pytestmark = pytest.mark.django_db


def do(user, project, act, takes, **given):
    return acts.do(user, project, acts.Act(act), ids(takes), acts.With(**given))


def test_takes_are_moved_and_the_move_is_taken_back(project, alice):
    one, two = add(alice, project, "SH010", "SH020")
    takes = make_takes(project, 3)
    do(alice, project, "move", takes[:1], shot=one)
    change = do(alice, project, "move", takes, shot=two)
    assert where(takes) == ["SH020"] * 3
    do(alice, project, "move", takes[2:], shot=None)  # somebody thought again
    assert undo.undo(alice, change) == undo.Undone(2, 1)
    assert where(takes) == ["SH010", "", ""]
    lines = Event.objects.filter(generation=takes[0]).order_by("id")
    assert [history.TOLD[line.kind].more(line.detail) for line in lines] == [
        "To shot SH010.",
        "From shot SH010 to shot SH020.",
        "From shot SH020 to shot SH010.",
    ]


def test_moving_what_is_there_already_changes_and_says_nothing(project, alice):
    (shot,) = add(alice, project, "SH010")
    takes = make_takes(project, 1)
    do(alice, project, "move", takes, shot=shot)
    assert do(alice, project, "move", takes, shot=shot).before == {}
    assert Event.objects.filter(generation=takes[0]).count() == 1


def test_a_stack_goes_as_a_whole(project, alice):
    one, two = add(alice, project, "SH010", "SH020")
    takes = make_takes(project, 4)
    do(alice, project, "move", takes[:1], shot=one)
    do(alice, project, "move", takes[1:2], shot=two)
    change = do(alice, project, "stack", takes[:3])
    assert len(set(where(takes[:3]))) == 1 and where(takes[3:]) == [""]
    undo.undo(alice, change)
    assert where(takes) == ["SH010", "SH020", "", ""]
    do(alice, project, "stack", takes[1:3])
    assert where(takes) == ["SH010", "SH020", "SH020", ""]
    moved = do(alice, project, "move", takes[1:2], shot=one)
    assert where(takes) == ["SH010", "SH010", "SH010", ""] and len(moved.before) == 2
    undo.undo(alice, moved)
    assert where(takes) == ["SH010", "SH020", "SH020", ""]


def test_undo_of_a_stack_leaves_what_was_moved_since(project, alice):
    one, two, three = add(alice, project, "A", "B", "C")
    takes = make_takes(project, 2)
    do(alice, project, "move", takes[:1], shot=one)
    do(alice, project, "move", takes[1:], shot=two)
    change = do(alice, project, "stack", takes)
    do(alice, project, "move", takes[:1], shot=three)
    undo.undo(alice, change)
    assert where(takes) == ["C", "C"]
    assert not Generation.objects.exclude(stack=None).exists()


def test_a_shot_of_another_project_or_a_removed_one_takes_nothing(project, alice):
    other = factories.make_project(owner=alice)
    (strange,) = add(alice, other, "X")
    (gone,) = add(alice, project, "Y")
    shots.remove(alice, gone)
    takes = make_takes(project, 1)
    for shot in (strange, gone):
        with pytest.raises(shot_takes.NoShot):
            do(alice, project, "move", takes, shot=shot)
    foreign = make_takes(other, 1)
    (mine,) = add(alice, project, "Z")
    do(alice, project, "move", foreign, shot=mine)
    assert where([*takes, *foreign]) == ["", ""]


def test_one_take_is_chosen_as_long_as_it_is_in_the_shot(project, alice):
    one, two = add(alice, project, "SH010", "SH020")
    takes = make_takes(project, 2)
    do(alice, project, "move", takes, shot=one)
    shot_takes.choose(alice, project, one, takes[0].pk)
    shot_takes.choose(alice, project, one, takes[1].pk)
    shot_takes.choose(alice, project, one, takes[1].pk)
    assert Shot.objects.get(pk=one.pk).chosen_take == takes[1]
    said = Event.objects.filter(kind__in=("chosen for its shot", "no longer chosen")).order_by("id")
    assert [(line.generation_id, line.kind) for line in said] == [
        (takes[0].pk, "chosen for its shot"),
        (takes[0].pk, "no longer chosen"),
        (takes[1].pk, "chosen for its shot"),
    ]
    change = do(alice, project, "move", takes[1:], shot=two)
    assert Shot.objects.get(pk=one.pk).chosen_take is None
    undo.undo(alice, change)
    assert Shot.objects.get(pk=one.pk).chosen_take == takes[1]
    do(alice, project, "stack", takes)
    assert Shot.objects.get(pk=one.pk).chosen_take == takes[1]


@pytest.mark.parametrize("state", ["running", "trashed", "elsewhere"])
def test_what_has_no_clip_here_cannot_be_chosen(project, alice, state):
    one, two = add(alice, project, "SH010", "SH020")
    status = Status.RUNNING if state == "running" else Status.COMPLETED
    takes = make_takes(project, 1, status=status)
    do(alice, project, "move", takes, shot=two if state == "elsewhere" else one)
    if state == "trashed":
        throwing.trash(alice, project, ids(takes))
    with pytest.raises(WrongState):
        shot_takes.choose(alice, project, one, takes[0].pk)
    assert Shot.objects.get(pk=one.pk).chosen_take is None


def test_who_may_move_and_choose(project, alice, charlie):
    (shot,) = add(alice, project, "SH010")
    takes = make_takes(project, 1)
    do(alice, project, "move", takes, shot=shot)
    factories.add_member(project, charlie, "reviewer")
    with pytest.raises(NotAllowed):
        do(charlie, project, "move", takes, shot=None)
    assert shot_takes.choose(charlie, project, shot, takes[0].pk).chosen_take_id == takes[0].pk
    with pytest.raises(NotAllowed):
        shot_takes.choose(factories.make_user(), project, shot, None)


def test_a_retry_is_for_the_same_shot(project, alice):
    (shot,) = add(alice, project, "SH010")
    take = factories.make_take(alice, project, factories.make_model())
    Generation.objects.filter(pk=take.pk).update(status=Status.FAILED, shot=shot)
    take.refresh_from_db()
    assert again.retry(alice, take, key="one", shown_usd=None).shot_id == shot.pk


def test_the_gallery_finds_by_shot(project, alice):
    (shot,) = add(alice, project, "SH010")
    takes = make_takes(project, 3)
    do(alice, project, "move", takes[:2], shot=shot)
    assert ids(gallery.page(project, Filter(shot=shot.pk)).takes) == ids(takes[1::-1])
    assert ids(gallery.page(project, Filter(shot="none")).takes) == ids(takes[2:])


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_a_stack_that_two_people_move_at_once_ends_in_one_shot(project, alice, bob):
    targets = add(alice, project, "A", "B")
    takes = make_takes(project, 3)
    do(alice, project, "stack", takes)
    together(
        6, lambda n: do([alice, bob][n % 2], project, "move", takes[n % 3 : n % 3 + 1], shot=targets[n % 2])
    )
    assert len(set(where(takes))) == 1
    stacks_of = Generation.objects.filter(is_top=True).exclude(stack=None)
    assert stacks_of.count() == 1 and len({take.stack_id for take in stacks_of}) == 1


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_choosing_and_moving_away_at_once_never_leaves_a_strange_take_chosen(project, alice):
    one, two = add(alice, project, "A", "B")
    takes = make_takes(project, 2)
    do(alice, project, "move", takes, shot=one)

    def act(number: int) -> None:
        if number % 2:
            do(alice, project, "move", takes[:1], shot=[one, two][number // 2 % 2])
            return
        try:
            shot_takes.choose(alice, project, one, takes[0].pk)
        except WrongState:
            return

    together(8, act)
    for shot in Shot.objects.select_related("chosen_take"):
        assert shot.chosen_take is None or shot.chosen_take.shot_id == shot.pk


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_people_who_move_to_one_new_code_at_once_come_to_one_shot(project, alice, bob):
    takes = make_takes(project, 6)
    people = [alice, bob]
    together(6, lambda n: shot_takes.move_to_code(people[n % 2], project, ids(takes[n : n + 1]), "New"))
    assert where(takes) == ["New"] * 6 and Shot.objects.filter(project=project).count() == 1
