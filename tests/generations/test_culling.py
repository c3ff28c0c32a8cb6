"""Marks, stars, tags and stacks on many takes at once; each change is taken back once, by whoever made it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Change, Event, Generation, Membership, Role, Status, Tag
from generations.services import card_facts, culling, gallery, stacks, throwing, undo
from generations.services.gallery import Filter, Sort
from generations.services.refusals import NotAllowed
from generations.services.selection import Selection, TooMany
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def model(db: None) -> Any:
    return factories.make_model()


@pytest.fixture
def takes(project: Any, model: Any) -> list[Generation]:
    return [make(project, model) for _ in range(4)]


def make(project: Any, model: Any, status: str = "completed", **fields: Any) -> Generation:
    return factories.make_take_row(project=project, model=model, status=status, hold=False, **fields)


def ids(takes: Any) -> list[Any]:
    return [take.pk for take in takes]


def of(takes: Any, *fields: str) -> list[Any]:
    rows = Generation.objects.in_bulk(ids(takes))
    found = [tuple(getattr(rows[take.pk], name) for name in fields) for take in takes]
    return [row[0] for row in found] if len(fields) == 1 else found


def shown(project: Any, **wanted: Any) -> list[Any]:
    return ids(gallery.page(project, Filter(**wanted)).takes)


# --- marks and stars ------------------------------------------------------------------------------


def test_a_mark_changes_those_that_lack_it_and_goes_back(project, alice, takes):
    culling.mark(alice, project, ids(takes[:1]), "pick")
    change = culling.mark(alice, project, ids(takes[:3]), "reject")
    assert of(takes, "mark") == ["reject"] * 3 + [""]
    assert shown(project, mark="reject") == ids(takes[2::-1]) and shown(project, mark="none") == [takes[3].pk]
    culling.mark(alice, project, ids(takes[1:2]), "pick")  # somebody changed it since
    assert undo.undo(alice, change) == undo.Undone(2, 1)
    assert of(takes, "mark") == ["pick", "pick", "", ""]
    assert undo.undo(alice, change) == undo.Undone(0, 0)
    kinds = Event.objects.filter(generation=takes[0]).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["picked", "rejected", "picked"]


def test_stars_are_each_persons_and_the_take_has_their_mean(project, alice, bob, takes):
    culling.rate(alice, project, ids(takes[:2]), 5)
    change = culling.rate(bob, project, ids(takes[:1]), 2)
    assert [float(n) for n in of(takes, "stars")] == [3.5, 5, 0, 0]
    mine = {pk: facts.stars for pk, facts in card_facts.of(takes, bob.pk).items()}
    assert mine == {take.pk: 2 if take == takes[0] else 0 for take in takes}
    assert shown(project, stars=4) == [takes[1].pk]
    assert shown(project, sort=Sort.RATING) == [takes[1].pk, takes[0].pk, takes[3].pk, takes[2].pk]
    undo.undo(bob, change)
    assert float(of(takes, "stars")[0]) == 5
    culling.rate(alice, project, ids(takes), 0)
    assert not any(of(takes, "stars"))


def test_the_order_by_stars_goes_on_page_after_page(project, alice, takes, monkeypatch):
    monkeypatch.setattr(gallery, "PAGE", 2)
    culling.rate(alice, project, ids(takes[:3]), 3)
    first = gallery.page(project, Filter(sort=Sort.RATING))
    second = gallery.page(project, Filter(sort=Sort.RATING), first.before)
    assert ids(first.takes + second.takes) == ids([takes[2], takes[1], takes[0], takes[3]])


def test_costs_are_found_and_sorted(project, model):
    dear = make(project, model, held_usd="2.00", actual_usd="1.50")
    cheap = make(project, model, held_usd="0.10")
    unknown = make(project, model, held_usd=None)
    assert shown(project, sort=Sort.COST) == [dear.pk, cheap.pk]
    assert shown(project, cost=(1, None)) == [dear.pk] and shown(project, cost=(None, 1)) == [cheap.pk]
    assert shown(project) == [unknown.pk, cheap.pk, dear.pk]


# --- tags -----------------------------------------------------------------------------------------


def test_tags_come_and_go_and_come_back(project, alice, takes):
    culling.tag(alice, project, ids(takes[:2]), ["night"])
    change = culling.tag(alice, project, ids(takes[1:3]), ["night", "wide"])
    assert shown(project, tags=("night",)) == ids(takes[2::-1])
    assert shown(project, tags=("wide", "night")) == ids(takes[2:0:-1])
    assert gallery.tags_of(project) == ["night", "wide"]
    undo.undo(alice, change)
    assert shown(project, tags=("night",)) == ids(takes[1::-1]) and gallery.tags_of(project) == ["night"]
    off = culling.untag(alice, project, ids(takes), ["night"])
    assert gallery.tags_of(project) == []
    undo.undo(alice, off)
    assert shown(project, tags=("night",)) == ids(takes[1::-1])


def test_a_tag_of_another_project_finds_nothing_here(project, alice, takes):
    Tag.objects.create(project=factories.make_project(), name="night")
    culling.tag(alice, project, ids(takes[:1]), ["day"])
    assert shown(project, tags=("night",)) == []


def test_too_many_tags_change_nothing(project, alice, takes):
    culling.tag(alice, project, ids(takes[:1]), [f"t{n}" for n in range(culling.MOST_TAGS)])
    with pytest.raises(culling.BadTags):
        culling.tag(alice, project, ids(takes), ["one more"])
    assert "one more" not in gallery.tags_of(project)


@pytest.mark.parametrize("given", [[], [" ", ""], ["\u200b"], ["x" * 41], [str(n) for n in range(21)]])
def test_tags_that_are_none(given):
    with pytest.raises(culling.BadTags):
        culling.clean_tags(given)


def test_tags_that_look_the_same_are_the_same():
    assert culling.clean_tags(["Night", "night\u200b", "ni\u202eght", "\x00night "]) == ("night",)


# --- the trash ------------------------------------------------------------------------------------


def test_only_what_has_ended_is_thrown_away_and_comes_back(project, model, alice, takes):
    running = make(project, model, Status.RUNNING)
    change = throwing.trash(alice, project, ids([*takes[:2], running]))
    assert len(change.before) == 2 and shown(project) == ids(takes[:1:-1])
    Generation.objects.filter(pk=takes[0].pk).update(purged_at=timezone.now())
    assert undo.undo(alice, change) == undo.Undone(1, 1)
    assert shown(project) == ids(takes[:0:-1])


# --- versions -------------------------------------------------------------------------------------


def versions(takes: Any) -> list[Any]:
    return of(takes, "version_no", "is_top")


def test_a_stack_is_one_card_with_the_newest_on_top(project, alice, takes):
    change = stacks.stack(alice, project, ids([takes[2], takes[0]]))
    assert versions(takes) == [(1, False), (None, True), (2, True), (None, True)]
    assert shown(project) == ids([takes[3], takes[2], takes[1]])
    assert len(shown(project, versions=True)) == len(shown(project, text="fjord")) == 4
    stacks.stack(alice, project, ids([takes[2], takes[1]]))  # what is in already keeps its number
    assert versions(takes)[:3] == [(1, False), (3, True), (2, False)]
    assert undo.undo(alice, change) == undo.Undone(2, 0)
    assert versions(takes)[0] == (None, True)


def test_what_was_said_of_a_lower_version_is_found(project, alice, takes):
    stacks.stack(alice, project, ids(takes[:2]))
    culling.mark(alice, project, ids(takes[:1]), "pick")
    culling.rate(alice, project, ids(takes[:1]), 5)
    culling.tag(alice, project, ids(takes[:1]), ["night"])
    for wanted in ({"mark": "pick"}, {"stars": 4}, {"tags": ("night",)}):
        assert shown(project, **wanted) == ids(takes[:1]), wanted
    assert takes[0].pk not in shown(project)


def test_two_stacks_become_one_and_go_apart_again(project, model, alice, takes):
    takes = [*takes, make(project, model)]
    stacks.stack(alice, project, ids(takes[:3]))
    stacks.stack(alice, project, ids(takes[3:]))
    change = stacks.stack(alice, project, ids([takes[0], takes[4]]))
    assert [no for no, _top in versions(takes)] == [1, 2, 3, 4, 5]
    assert [top for _no, top in versions(takes)] == [False] * 4 + [True]
    undo.undo(alice, change)
    assert versions(takes) == [(1, False), (2, False), (3, True), (1, False), (2, True)]


def test_taking_out_leaves_numbers_and_dissolves_a_pair(project, alice, takes):
    stacks.stack(alice, project, ids(takes[:3]))
    stacks.unstack(alice, project, ids(takes[2:3]))
    assert versions(takes)[:3] == [(1, False), (2, True), (None, True)]
    stacks.stack(alice, project, ids(takes[1:3]))
    assert versions(takes)[2] == (4, True), "a number that was given is not given again"
    change = stacks.unstack(alice, project, ids(takes[:2]))
    assert of(takes, "stack_id") == [None] * 4, "what is left alone is no stack"
    undo.undo(alice, change)
    assert versions(takes)[:3] == [(1, False), (2, False), (4, True)]


def test_the_next_version_stands_for_one_that_was_thrown_away(project, alice, takes):
    stacks.stack(alice, project, ids(takes[:3]))
    throwing.trash(alice, project, ids(takes[2:3]))
    assert shown(project) == ids([takes[3], takes[1]])
    change = stacks.show_on_top(alice, project, ids(takes[:1]))
    throwing.restore(alice, project, ids(takes[2:3]))
    assert shown(project) == ids([takes[3], takes[0]]), "what a person put on top stays there"
    undo.undo(alice, change)
    assert shown(project) == ids([takes[3], takes[1]])


@pytest.mark.parametrize("count", [0, 1])
def test_one_take_is_no_stack(project, alice, takes, count):
    with pytest.raises(stacks.NoStack):
        stacks.stack(alice, project, ids(takes[:count]))
    with pytest.raises(stacks.NoStack):
        stacks.unstack(alice, project, ids(takes))


# --- who, and how many ----------------------------------------------------------------------------

VERBS = {
    "mark": (lambda user, project, pks: culling.mark(user, project, pks, "pick"), Role.REVIEWER),
    "rate": (lambda user, project, pks: culling.rate(user, project, pks, 3), Role.REVIEWER),
    "tag": (lambda user, project, pks: culling.tag(user, project, pks, ["x"]), Role.REVIEWER),
    "untag": (lambda user, project, pks: culling.untag(user, project, pks, ["x"]), Role.REVIEWER),
    "stack": (stacks.stack, Role.EDITOR),
    "unstack": (stacks.unstack, Role.EDITOR),
    "trash": (throwing.trash, Role.EDITOR),
    "restore": (throwing.restore, Role.EDITOR),
}
RANK = [Role.VIEWER, Role.REVIEWER, Role.EDITOR, Role.OWNER]


@pytest.mark.parametrize("name", VERBS)
def test_a_role_below_changes_nothing(project, charlie, takes, name):
    verb, least = VERBS[name]
    member = Membership.objects.create(project=project, user=charlie, role=RANK[RANK.index(least) - 1])
    with pytest.raises(NotAllowed):
        verb(charlie, project, ids(takes))
    assert not Change.objects.exists()
    member.role = least
    member.save()
    if name not in ("unstack",):
        verb(charlie, project, ids(takes))
        assert Change.objects.get().kind == name


def test_an_archived_project_is_only_looked_at(project, alice, takes):
    change = culling.mark(alice, project, ids(takes), "pick")
    project.archived_at = timezone.now()
    project.save()
    change.project.refresh_from_db()
    with pytest.raises(NotAllowed):
        culling.rate(alice, project, ids(takes), 3)
    with pytest.raises(NotAllowed):
        undo.undo(alice, undo.find(alice, project, change.pk))
    assert of(takes, "mark") == ["pick"] * 4


def test_a_change_is_its_makers_for_a_day(project, alice, bob, takes):
    change = culling.mark(alice, project, ids(takes), "pick")
    assert undo.find(alice, project, change.pk) == change and undo.find(bob, project) is None
    Change.objects.update(made_at=timezone.now() - undo.KEPT - timedelta(minutes=1))
    assert undo.find(alice, project, change.pk) is None
    assert undo.forget(timezone.now()) == 1


def test_all_that_match_are_those_that_were_seen(project, model, alice, takes, monkeypatch):
    others = make(factories.make_project(), model)
    culling.mark(alice, project, ids(takes[:3]), "pick")
    wanted = Filter(mark="pick")
    assert Selection(project, every=wanted, but=(takes[1].pk,)).takes() == ids([takes[2], takes[0]])
    assert Selection(project, every=wanted, seen=takes[1].pk).takes() == ids([takes[1], takes[0]])
    assert Selection(project, ids=(others.pk, takes[0].pk, takes[0].pk)).takes() == [takes[0].pk]
    monkeypatch.setattr("generations.services.selection.MOST", 3)
    with pytest.raises(TooMany):
        Selection(project, every=Filter()).takes()
    with pytest.raises(TooMany):
        Selection(project, ids=tuple(ids(takes))).takes()


def test_more_than_one_statement_takes(project, alice, takes, monkeypatch):
    monkeypatch.setattr("generations.services.selection.AT_ONCE", 3)
    change = culling.tag(alice, project, ids(takes), ["many"])
    assert len(change.before) == 4 and len(shown(project, tags=("many",))) == 4
    assert undo.undo(alice, change) == undo.Undone(4, 0)


# --- a stack has one top ----------------------------------------------------------------------------


def test_what_comes_back_as_the_top_takes_the_place_of_the_one_that_stood_in(project, alice, takes):
    stacks.stack(alice, project, ids(takes[:3]))
    undo.undo(alice, stacks.unstack(alice, project, ids(takes[2:3])))
    assert versions(takes)[:3] == [(1, False), (2, False), (3, True)]


def test_a_stack_whose_top_stays_away_gets_another(project, alice, bob, takes):
    stacks.stack(alice, project, ids(takes[:3]))
    change = stacks.stack(alice, project, ids([takes[0], takes[3]]))
    stacks.unstack(bob, project, ids(takes[2:3]))
    undo.undo(alice, change)
    assert versions(takes) == [(1, False), (2, True), (None, True), (None, True)]


def test_what_has_a_clip_is_on_top_of_what_failed(project, model, alice, takes):
    failed = make(project, model, Status.FAILED)
    running = make(project, model, Status.RUNNING)
    stacks.stack(alice, project, ids([takes[0], failed, running]))
    assert shown(project)[-1] == takes[0].pk
    with pytest.raises(stacks.NoStack):
        stacks.show_on_top(alice, project, [failed.pk])
    throwing.trash(alice, project, ids(takes[:1]))
    assert of([failed, running], "is_top") == [False, True]
    Generation.objects.filter(pk=failed.pk).update(status=Status.COMPLETED)
    stacks.clip_came(failed.pk)
    assert failed.pk in shown(project)


def test_stacking_what_is_one_stack_already_changes_nothing(project, alice, takes):
    stacks.stack(alice, project, ids(takes[:2]))
    stacks.show_on_top(alice, project, ids(takes[:1]))
    assert stacks.stack(alice, project, ids(takes[:2])).before == {}
    assert versions(takes)[:2] == [(1, True), (2, False)]


def test_many_stacks_are_settled_in_a_few_statements(project, model, alice, django_assert_max_num_queries):
    pairs = [(make(project, model), make(project, model)) for _ in range(6)]
    for pair in pairs:
        stacks.stack(alice, project, ids(pair))
    with django_assert_max_num_queries(14):
        throwing.trash(alice, project, [new.pk for _old, new in pairs])
    assert all(of([old], "is_top") == [True] for old, _new in pairs)


# --- undo after what others did ---------------------------------------------------------------------


def test_what_somebody_else_decided_since_stays_even_where_it_is_the_same(project, alice, bob, takes):
    marked = culling.mark(alice, project, ids(takes), "pick")
    for mark in ("reject", "pick"):
        culling.mark(bob, project, ids(takes[:1]), mark)
    assert undo.undo(alice, marked) == undo.Undone(3, 1)
    thrown = throwing.trash(alice, project, ids(takes))
    throwing.restore(bob, project, ids(takes[:1]))
    throwing.trash(bob, project, ids(takes[:1]))
    assert undo.undo(alice, thrown) == undo.Undone(3, 1)
    assert of(takes[:1], "mark") == ["pick"] and takes[0].pk not in shown(project)


def test_anothers_choice_of_the_top_stays(project, alice, bob, takes):
    stacks.stack(alice, project, ids(takes[:3]))
    change = stacks.show_on_top(alice, project, ids(takes[:1]))
    stacks.show_on_top(bob, project, ids(takes[1:2]))
    undo.undo(alice, change)
    assert of(takes[:3], "is_top") == [False, True, False]


def test_tags_come_back_only_where_there_is_room(project, alice, bob, takes):
    names = [f"t{n}" for n in range(culling.MOST_TAGS)]
    culling.tag(alice, project, ids(takes[:2]), names)
    off = culling.untag(alice, project, ids(takes[:2]), names[:1])
    culling.tag(bob, project, ids(takes[:1]), ["new"])
    assert undo.undo(alice, off) == undo.Undone(1, 1)
    assert shown(project, tags=("t0",)) == ids(takes[1:2])
