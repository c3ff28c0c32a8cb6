"""The shots of a project: codes, order, and what becomes of takes where one is removed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generations.models import Generation, Shot
from generations.services import create, shot_takes, shots
from generations.services.compose import Refused, Wish, compose
from generations.services.refusals import NotAllowed
from generations.services.shots import ShotRefused, Words
from providers.models import AuditEvent
from tests import factories
from tests.together import together

from .desk import add, codes, ids, make_takes, where

pytestmark = pytest.mark.django_db


def test_shots_stand_in_order_and_a_new_one_where_it_is_wanted(project, alice):
    first, _second = add(alice, project, "SH010", "SH020")
    shots.add(alice, project, Words("SH015", "Close on the rope"), after=first.pk)
    add(alice, project, "SH030")
    assert codes(project) == ["SH010", "SH015", "SH020", "SH030"]
    assert list(shots.in_order(project).values_list("order", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("after", "expected"),
    [(None, "C A B D"), ("A", "A C B D"), ("D", "A B D C"), ("C", "A B C D")],
)
def test_a_shot_is_put_behind_another_one(project, alice, after, expected):
    by_code = {shot.code: shot for shot in add(alice, project, "A", "B", "C", "D")}
    shots.place(alice, by_code["C"], after=by_code[after].pk if after else None)
    assert " ".join(codes(project)) == expected


@pytest.mark.parametrize("code", ["sh010", " SH010 ", "ＳＨ010"])
def test_a_code_is_there_once_however_it_is_written(project, alice, code):
    shot, other = add(alice, project, "SH010", "SH020")
    with pytest.raises(ShotRefused, match="already") as refused:
        add(alice, project, "SH030", code)
    assert refused.value.field == "code" and codes(project) == ["SH010", "SH020"]
    with pytest.raises(ShotRefused):
        shots.change(alice, other, Words(code))
    assert shots.by_code(project, code) == shot
    shots.change(alice, shot, Words(code, "The same one may be written anew"))


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (Words(" \u200b "), "code"),
        (Words("x" * 41), "code"),
        (Words("A", "x" * 201), "title"),
        (Words("A", note="x" * 2001), "note"),
        (Words("A", duration_s=Decimal(0)), "duration_s"),
        (Words("A", duration_s=Decimal("-3")), "duration_s"),
        (Words("A", duration_s=Decimal("NaN")), "duration_s"),
        (Words("A", duration_s=Decimal("1e9")), "duration_s"),
    ],
)
def test_what_cannot_be_said_of_a_shot(project, alice, words, field):
    with pytest.raises(ShotRefused) as refused:
        shots.add(alice, project, words)
    assert refused.value.field == field and refused.value.message and not codes(project)


def test_odd_letters_are_kept_as_far_as_they_are_seen(project, alice):
    shot = shots.add(
        alice,
        project,
        Words("ش٠١٠\u202e", "<b>Über</b>\n den Fjord", "a\x00b\x0b\x1b\ufffe\r\nc", Decimal("2.0004")),
    )
    assert (shot.code, shot.title, shot.note) == ("ش٠١٠", "<b>Über</b> den Fjord", "ab\nc")
    assert Shot.objects.get(pk=shot.pk).duration_s == Decimal("2.000")
    shots.add(alice, project, Words("ﷺ" * 40))  # much longer where codes are compared


def test_a_removed_shot_leaves_its_takes_and_a_line_in_the_audit_log(project, alice):
    (shot,) = add(alice, project, "SH010")
    takes = make_takes(project, 2)
    shot_takes.move(alice, project, ids(takes), shot)
    shot_takes.choose(alice, project, shot, takes[0].pk)
    assert shots.remove(alice, shot) == 2 and shots.remove(alice, shot) == 0
    assert where(takes) == ["", ""] and codes(project) == []
    line = AuditEvent.objects.get(subject="shot")
    assert line.verb == "removed" and line.before["code"] == "SH010" and line.before["takes"] == 2


def test_only_who_composes_here_changes_the_list(project, alice, charlie, bob):
    (shot,) = add(alice, project, "SH010")
    factories.add_member(project, charlie, "reviewer")
    for person in (charlie, factories.make_user()):
        for act in (
            lambda who: add(who, project, "X"),
            lambda who: shots.change(who, shot, Words("X")),
            lambda who: shots.place(who, shot, after=None),
            lambda who: shots.remove(who, shot),
        ):
            with pytest.raises(NotAllowed):
                act(person)
    assert codes(project) == ["SH010"]


def test_a_project_has_only_so_many(project, alice, monkeypatch):
    monkeypatch.setattr(shots, "MOST", 2)
    add(alice, project, "A")
    with pytest.raises(ShotRefused, match="at most"):
        add(alice, project, "B", "C")
    assert codes(project) == ["A"]


def test_a_take_is_made_for_a_shot_while_that_is_there(project, alice):
    shot, other = add(alice, project, "SH010", "SH020")
    model = factories.make_model()
    wish = Wish(model, {"prompt": "A boat"}, shot=shot)
    composition = compose(alice, project, wish)
    assert [take.shot_id for take in create.create_generations(alice, [composition] * 2)] == [shot.pk] * 2
    shots.remove(alice, shot)
    with pytest.raises(Refused) as refused:
        create.create_generations(alice, [composition])
    assert [problem.field for problem in refused.value.problems] == ["shot"]
    assert Generation.objects.count() == 2


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_people_who_add_at_one_moment_get_places_of_their_own(project, alice):
    add(alice, project, "START")
    together(6, lambda n: add(alice, project, f"A{n}", f"B{n}"))
    found = list(shots.in_order(project).values_list("order", "code"))
    assert [order for order, _code in found] == list(range(1, 14))
    names = [code for _order, code in found[1:]]
    assert all(names[i + 1] == f"B{names[i][1]}" for i in range(0, 12, 2))


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_takes_that_are_made_while_their_shot_is_removed_lose_no_row(project, alice):
    """Either a take was first and stays without a shot, or it is refused."""
    model = factories.make_model()
    (shot,) = add(alice, project, "SH010")
    wanted = compose(alice, project, Wish(model, {"prompt": "A boat"}, shot=shot))

    def act(number: int) -> int:
        if number == 0:
            return shots.remove(alice, shot)
        try:
            return len(create.create_generations(alice, [wanted]))
        except Refused:
            return 0

    _removed, *made = together(5, act)
    takes = Generation.objects.all()
    assert takes.count() == sum(made) and not Shot.objects.exists()
    assert set(takes.values_list("shot", flat=True)) <= {None}
