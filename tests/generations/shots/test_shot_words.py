"""Shots with many takes: what those are found by is written anew in the background, and surely."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from generations import shot_csv, shot_lengths, tasks
from generations.models import Rewording, Shot
from generations.services import gallery, shot_import, shot_takes, shot_words, shots, words
from generations.services.gallery import Filter
from generations.services.shots import Words
from tests.together import together
from videostudio import housekeeping
from videostudio.supervisor import prepare

from .desk import add, ids, make_takes, where

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch):
    """Every shot has many takes; the bells that are rung for them."""
    bells: list[Any] = []
    monkeypatch.setattr(shot_words, "FEW", 2)
    monkeypatch.setattr(shot_words, "ring", lambda task, pk: bells.append((task, pk)))
    return bells


def found(project: Any, text: str) -> set[Any]:
    return set(ids(gallery.page(project, Filter(text=text)).takes))


def work(bells: list[Any]) -> None:
    while bells:
        task, pk = bells.pop(0)
        getattr(tasks, task)(str(pk))


def filled(project: Any, user: Any, count: int = 5) -> tuple[Shot, list[Any]]:
    shot = shots.add(user, project, Words("SH010", "The rope breaks"))
    takes = make_takes(project, count)
    shot_takes.move(user, project, ids(takes), shot)
    return shot, takes


def rename(user: Any, project: Any, shot: Shot) -> None:
    shots.change(user, shot, Words("SH010", "A knot"))


def import_(user: Any, project: Any, shot: Shot) -> None:
    rows = shot_csv.read("Shot,Title\nSH010,A knot\n", shot_lengths.rate_of(project))
    shot_import.run(user, project, rows, update=True, follow=False)


@pytest.mark.parametrize("act", [rename, import_])
def test_takes_of_a_renamed_shot_are_found_by_the_new_name_soon(project, alice, rung, act):
    shot, takes = filled(project, alice)
    act(alice, project, shot)
    assert found(project, "rope") == set(ids(takes)) and len(rung) == 1
    work(rung)
    assert found(project, "knot") == set(ids(takes)) and not found(project, "rope")
    assert not Rewording.objects.exists()


@pytest.mark.parametrize("renamed_before", [False, True])
def test_takes_of_a_removed_shot_are_no_longer_found_by_it_soon(project, alice, rung, renamed_before):
    shot, takes = filled(project, alice)
    if renamed_before:
        rename(alice, project, shot)
    assert shots.remove(alice, shot) == 5
    assert where(takes) == [""] * 5 and found(project, "rope") == set(ids(takes))
    (other,) = add(alice, project, "SH010")
    shot_takes.move(alice, project, ids(takes[:1]), other)
    work(rung)
    assert not found(project, "rope") and not found(project, "knot")
    assert found(project, "sh010") == {takes[0].pk} and not Rewording.objects.exists()


@pytest.mark.parametrize("again", [partial(housekeeping.go_on_rewording, None), prepare.go_on_rewording])
def test_what_broke_off_is_done_all_the_same(project, alice, rung, monkeypatch, again):
    shot, takes = filled(project, alice)
    rename(alice, project, shot)
    keep, kept = words.keep, []

    def die(some: Any) -> None:
        if kept:
            raise KeyboardInterrupt
        kept.append(keep(some))

    with monkeypatch.context() as patched:
        patched.setattr(words, "keep", die)
        with pytest.raises(KeyboardInterrupt):
            work(rung)
    assert len(found(project, "knot")) == 2 and len(found(project, "rope")) == 3
    again()
    work(rung)
    assert found(project, "knot") == set(ids(takes)) and not found(project, "rope")
    again()
    assert not rung


def test_few_takes_are_found_at_once(project, alice, rung):
    shot, takes = filled(project, alice, 2)
    rename(alice, project, shot)
    assert found(project, "knot") == set(ids(takes)) and not found(project, "rope")
    shots.remove(alice, shot)
    assert not found(project, "knot") and not rung


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_people_rename_while_others_write_the_words(project, alice, rung):
    shot, takes = filled(project, alice, 7)

    def act(number: int) -> None:
        if number % 2:
            shots.change(alice, shot, Words("SH010", f"Name {number}x"))
        for pk in Rewording.objects.values_list("pk", flat=True):
            shot_words.go_on(pk)

    together(6, act)
    shot.refresh_from_db()
    assert found(project, shot.title) == set(ids(takes))
    assert not any(found(project, f"{n}x") for n in (1, 3, 5) if f"{n}x" not in shot.title)
