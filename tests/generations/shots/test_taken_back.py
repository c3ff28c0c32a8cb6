"""Stacks and moves that are taken back: one stack is in one shot, what was chosen is so again, and each
take's history says where it went."""

from __future__ import annotations

import pytest

from generations.models import Event, Generation
from generations.services import acts, selection, shot_takes, shots, undo
from generations.telling import history

from .desk import add, ids, make_takes, where

pytestmark = pytest.mark.django_db


def do(user, project, act, takes, **given):
    return acts.do(user, project, acts.Act(act), ids(takes), acts.With(**given))


def told(take):
    lines = Event.objects.filter(generation=take, kind=shots.MOVED).order_by("id")
    return [history.TOLD[line.kind].more(line.detail) for line in lines]


def test_a_stack_that_comes_back_is_in_one_shot_though_a_version_was_moved(project, alice):
    one, two = add(alice, project, "A", "B")
    takes = make_takes(project, 2)
    do(alice, project, "move", takes, shot=one)
    do(alice, project, "stack", takes)
    change = do(alice, project, "unstack", takes)
    do(alice, project, "move", takes[:1], shot=two)
    assert undo.undo(alice, change) == undo.Undone(2, 0)
    top = Generation.objects.get(pk__in=ids(takes), is_top=True)
    assert where(takes) == [top.shot.code] * 2
    assert told(takes[0]) == ["To shot A.", "From shot A to shot B.", "From shot B to shot A."]


def test_what_changes_its_shot_with_a_stack_says_so(project, alice):
    one, two = add(alice, project, "A", "B")
    takes = make_takes(project, 3)
    do(alice, project, "move", takes[:1], shot=one)
    do(alice, project, "move", takes[1:2], shot=two)
    do(alice, project, "stack", takes[1:])
    assert (told(takes[1]), told(takes[2])) == (["To shot B."], ["To shot B."])
    change = do(alice, project, "stack", takes)
    undo.undo(alice, change)
    assert told(takes[0]) == ["To shot A.", "From shot A to shot B.", "From shot B to shot A."]
    assert told(takes[1]) == ["To shot B."]  # it was there all the time


def test_what_a_stack_took_away_is_chosen_again(project, alice):
    one, two = add(alice, project, "A", "B")
    takes = make_takes(project, 3)
    do(alice, project, "move", takes[:1], shot=one)
    do(alice, project, "move", takes[1:], shot=two)
    shot_takes.choose(alice, project, one, takes[0].pk)
    change = do(alice, project, "stack", takes)
    assert where(takes) == ["B"] * 3
    one.refresh_from_db()
    assert one.chosen_take is None
    undo.undo(alice, change)
    one.refresh_from_db()
    assert (where(takes), one.chosen_take) == (["A", "B", "B"], takes[0])


@pytest.mark.parametrize("chosen", [0, 3])
def test_what_was_chosen_is_so_again_though_its_stack_came_back_in_portions(
    project, alice, monkeypatch, chosen
):
    monkeypatch.setattr(selection, "AT_ONCE", 2)
    one, two = add(alice, project, "A", "B")
    takes = sorted(make_takes(project, 4), key=lambda take: take.pk)
    do(alice, project, "move", takes, shot=one)
    do(alice, project, "stack", takes)
    shot_takes.choose(alice, project, one, takes[chosen].pk)
    change = do(alice, project, "move", takes, shot=two)
    assert undo.undo(alice, change) == undo.Undone(4, 0)
    one.refresh_from_db()
    assert (where(takes), one.chosen_take) == (["A"] * 4, takes[chosen])
    assert told(takes[0]) == ["To shot A.", "From shot A to shot B.", "From shot B to shot A."]
