"""The page of shots: what it says of each, and what people do on it, alone and at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations import shot_codes, shot_rows
from generations.models import Generation, Shot
from generations.services import shot_takes, shots, throwing
from generations.services.shots import Words
from tests import factories
from tests.generations.notes import make_clip

from .desk import add, codes, ids, where

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(caller, project, **query):
    return caller.get(reverse("shots", args=[project.slug]), query)


def do(caller, verb, shot, **given):
    url = reverse(f"shot-{verb}", args=[shot.project.slug, shot.pk])
    return caller.post(url, given, headers=HTMX)


def clips(alice, project, shot, count=1, **fields):
    made = [make_clip(project, **fields) for _ in range(count)]
    shot_takes.move(alice, project, ids(made), shot)
    return made


def rows(answer):
    return {row["code"]: row for row in answer.context["rows"]}


@pytest.mark.both_databases
def test_each_shot_says_how_far_it_is(project, alice, bob, signed_in):
    made = add(alice, project, "EMPTY", "OPEN", "CHOSEN", "REVIEW", "THROWN")
    clips(alice, project, made[1], 2)
    for shot, review in zip(made[2:5], ("", "in_review", ""), strict=True):
        (take,) = clips(alice, project, shot, review=review)
        shot_takes.choose(alice, project, shot, take.pk)
    throwing.trash(alice, project, [take.pk])
    answer = page(signed_in(bob), project)
    found = rows(answer)
    assert {code: row["state"]["word"] for code, row in found.items()} == {
        "EMPTY": "No take yet",
        "OPEN": "2 takes, none chosen",
        "CHOSEN": "Chosen",
        "REVIEW": "In review",
        "THROWN": "Its chosen take is in the trash",
    }
    newest = Generation.objects.filter(shot=made[1]).order_by("-id").first()
    assert found["OPEN"]["face"]["url"] == newest.get_absolute_url() and not found["OPEN"]["chosen"]
    assert answer.content.decode().count("Not chosen") == 1
    assert f"?shot={made[1].pk}" in found["OPEN"]["takes_url"]


def test_the_rail_counts_the_takes_that_the_page_counts(project, alice, signed_in):
    (shot,) = add(alice, project, "A")
    takes = clips(alice, project, shot, 3)
    Generation.objects.filter(pk=takes[0].pk).update(status="failed")
    throwing.trash(alice, project, [takes[1].pk])
    answer = page(signed_in(alice), project)
    assert [row["count"] for row in answer.context["rail_shots"]] == [1] == [rows(answer)["A"]["done"]]


@pytest.mark.parametrize(
    ("wanted", "off"),
    [("5", ""), ("5.02", ""), ("4", "1 s too long"), ("6.5", "1.5 s too short"), (None, "")],
)
def test_a_length_is_said_beside_that_of_the_clip(project, alice, signed_in, wanted, off):
    shot = shots.add(alice, project, Words("A", duration_s=wanted and Decimal(wanted)))
    clips(alice, project, shot)
    length = rows(page(signed_in(alice), project))["A"]["length"]
    assert (length["clip"], length["off"]) == ("5 s", off)


def test_the_number_of_shots_makes_no_difference_to_the_number_of_questions(project, alice, signed_in):
    def asked():
        with CaptureQueriesContext(connection) as said:
            assert page(caller, project).status_code == 200
        return len(said)

    caller = signed_in(alice)
    first = add(alice, project, "A", "B")
    clips(alice, project, first[0], 2)
    asked()
    few = asked()
    more = add(alice, project, *(f"S{n}" for n in range(120)))
    for shot in more[:8]:
        clips(alice, project, shot, 2)
    assert asked() == few


def test_a_long_list_comes_in_parts_and_a_shot_is_found_in_its_part(project, alice, signed_in):
    made = add(alice, project, *(f"S{n:03}" for n in range(shot_rows.PART + 5)))
    caller = signed_in(alice)
    assert len(rows(page(caller, project))) == shot_rows.PART
    last = page(caller, project, shot=made[-1].pk)
    assert last.context["page"] == 2 and list(rows(last))[-1] == made[-1].code
    assert (
        len(rows(page(caller, project, page="99"))) == 5
        and page(caller, project, page="x").status_code == 200
    )
    up = do(caller, "place", made[shot_rows.PART], after=rows(last)[made[shot_rows.PART].code]["up_after"])
    assert up.status_code == 200 and codes(project)[shot_rows.PART - 1] == made[shot_rows.PART].code


@pytest.mark.both_databases
def test_a_strip_shows_the_newest_and_the_chosen_one(project, alice, signed_in):
    (shot,) = add(alice, project, "A")
    takes = clips(alice, project, shot, shot_rows.STRIP + 3)
    shot_takes.choose(alice, project, shot, takes[0].pk)
    row = rows(page(signed_in(alice), project))["A"]
    assert [take["id"] for take in row["takes"]] == [*ids(takes)[: -shot_rows.STRIP - 1 : -1], takes[0].pk]
    assert row["more"] == 2 and row["done"] == shot_rows.STRIP + 3


def test_shots_are_added_with_the_next_code_of_the_project(project, bob, signed_in):
    caller, url = signed_in(bob), reverse("shot-add", args=[project.slug])
    answer = caller.post(url, {"code": "SH010", "title": "Dawn", "length": "00:00:04:12"}, headers=HTMX)
    assert Shot.objects.get().duration_s == Decimal("4.5") and "SH010 was added." in answer["HX-Trigger"]
    assert 'value="SH020"' in answer.content.decode() and "live:refresh" in answer["HX-Trigger"]
    away = caller.post(url, {"code": "Z", "page": "2"}, headers=HTMX)
    assert away["HX-Redirect"].endswith("#shot-add")
    shots.remove(bob, shots.by_code(project, "Z"))
    again = caller.post(url, {"code": "sh010", "title": "Kept"}, headers=HTMX)
    assert again.status_code == 422
    assert "already" in again.content.decode() and 'value="Kept"' in again.content.decode()
    assert caller.post(url, {"code": "X", "length": "soon"}, headers=HTMX).status_code == 422
    plain = caller.post(url, {"code": "SH020"})
    assert plain.status_code == 302 and codes(project) == ["SH010", "SH020"]


@pytest.mark.parametrize(
    ("there", "following"),
    [
        ("", "SH010"),
        ("SH010", "SH020"),
        ("SH010 SH020", "SH030"),
        ("A1 A2", "A3"),
        ("S05 S10", "S15"),
        ("SH020 SH010 SH030", "SH050"),
        ("SH030 SH010", "SH020"),
        ("SH999", "SH1000"),
        ("SH010A", "SH020"),
        ("Opening", "OpeningA"),
        ("SH010 SH020 SH070 SH999", "SH080"),
        ("SH010 SH020 SH030 SH999-pickup Titles", "SH040"),
        ("SH070 SH999", "SH1000"),
        ("SH010 SH015 SH020 SH030 SH040", "SH050"),
        ("SH010 SH020 SH100", "SH110"),
        ("S1_010 S1_020 S2_010", "S2_020"),
    ],
)
def test_the_next_code(there, following):
    assert shot_codes.after_last(there.split()) == following


def test_a_shot_between_two_others_gets_a_code_between(project, alice, bob, signed_in):
    first, _second = add(alice, project, "SH010", "SH020")
    caller = signed_in(bob)
    form = caller.get(reverse("shot-new", args=[project.slug]), {"after": first.pk}, headers=HTMX)
    assert 'value="SH015"' in form.content.decode() and "<dialog" in form.content.decode()
    caller.post(reverse("shot-add", args=[project.slug]), {"code": "SH015", "after": first.pk}, headers=HTMX)
    assert codes(project) == ["SH010", "SH015", "SH020"]
    assert shot_codes.between("SH010", ["SH010", "SH011"]) == "SH010A"
    gone = caller.post(
        reverse("shot-add", args=[project.slug]), {"code": "Z", "after": project.pk}, headers=HTMX
    )
    assert gone.status_code == 422 and codes(project) == ["SH010", "SH015", "SH020"]


def test_a_shot_is_edited_and_put_in_its_place(project, alice, bob, signed_in):
    first, second, _third = add(alice, project, "A", "B", "C")
    caller = signed_in(bob)
    form = caller.get(reverse("shot-edit", args=[project.slug, second.pk]), headers=HTMX)
    seen = form.context["seen"]
    said = {"code": "B2", "title": "Rope", "length": "4", "note": "n", "place": "1", "seen": seen}
    assert do(caller, "edit", second, **said).status_code == 200
    assert codes(project) == ["B2", "A", "C"] and Shot.objects.get(pk=second.pk).title == "Rope"
    stale = do(caller, "edit", second, **{**said, "title": "Other"})
    assert stale.status_code == 409 and stale["HX-Retarget"] == "#shot-form"
    assert "meanwhile" in stale.content.decode() and Shot.objects.get(pk=second.pk).title == "Rope"
    assert do(caller, "edit", first, code="B2").status_code == 422
    assert do(caller, "edit", first, code="A", place="99").status_code == 200 and codes(project)[-1] == "A"


def test_two_people_move_at_once_and_the_list_tells_the_truth(project, alice, bob, signed_in):
    made = add(alice, project, "A", "B", "C", "D")
    caller = signed_in(bob)
    shots.place(alice, made[3], after=None)
    assert do(caller, "place", made[2], after=made[0].pk).status_code == 200
    assert codes(project) == ["D", "A", "C", "B"]
    shots.remove(alice, made[1])
    late = do(caller, "place", made[2], after=made[1].pk)
    assert late.status_code == 409 and "removed meanwhile" in late.content.decode()
    assert list(rows(late)) == ["D", "A", "C"]
    for verb in ("place", "edit", "choose"):
        assert do(caller, verb, made[1], code="B").status_code == 409
    assert do(caller, "remove", made[1]).status_code == 200


def test_a_take_is_chosen_and_no_longer(project, alice, bob, charlie, signed_in):
    shot, other = add(alice, project, "A", "B")
    (take,) = clips(alice, project, shot)
    factories.add_member(project, charlie, "reviewer")
    answer = do(signed_in(charlie), "choose", shot, take=take.pk)
    assert rows(answer)["A"]["chosen"] and 'aria-pressed="true"' in answer.content.decode()
    assert do(signed_in(bob), "choose", other, take=take.pk).status_code == 409
    assert not rows(do(signed_in(bob), "choose", shot, take=""))["A"]["chosen"]


def test_a_removed_shot_says_what_becomes_of_its_takes(project, alice, bob, signed_in):
    (shot,) = add(alice, project, "A")
    takes = clips(alice, project, shot, 2)
    answer = do(signed_in(bob), "remove", shot)
    assert "Its 2 takes stay in the project." in answer["HX-Trigger"] and where(takes) == ["", ""]


def test_open_pages_of_others_hear_of_it(project, alice, bob, signed_in):
    (shot,) = add(alice, project, "A")
    (take,) = clips(alice, project, shot)
    caller = signed_in(bob)
    live = page(caller, project).context["live"]

    def asks():
        nonlocal live
        answer = caller.get(f"{live['url']}&v={live['version']}")
        live = live if answer.status_code == 204 else answer.context["live"]
        return answer.status_code

    assert asks() == 204
    for change in (
        lambda: shot_takes.choose(alice, project, shot, take.pk),
        lambda: Generation.objects.filter(pk=take.pk).update(review="approved"),
        lambda: shots.change(alice, shot, Words("A", "Named")),
        lambda: add(alice, project, "B"),
        lambda: shots.place(alice, shot, after=shots.by_code(project, "B").pk),
        lambda: shot_takes.move(alice, project, [take.pk], None),
    ):
        change()
        assert (asks(), asks()) == (200, 204)


def test_viewers_look_and_strangers_see_nothing(project, alice, charlie, make_person, signed_in):
    (shot,) = add(alice, project, "A")
    clips(alice, project, shot)
    viewer = make_person("victor")
    factories.add_member(project, viewer, "viewer")
    text = page(signed_in(viewer), project).content.decode()
    assert "shot-choose" not in text and 'aria-pressed="' not in text and "data-shots-add" not in text
    for verb in ("place", "edit", "remove", "choose"):
        assert do(signed_in(viewer), verb, shot).status_code == 403
        assert do(signed_in(charlie), verb, shot).status_code == 404
    other = factories.make_project(owner=charlie)
    strange = reverse("shot-place", args=[other.slug, shot.pk])
    assert signed_in(charlie).post(strange, headers=HTMX).status_code == 409 and codes(project) == ["A"]


def test_an_empty_list_has_two_actions(project, bob, signed_in):
    text = page(signed_in(bob), project).content.decode()
    assert (
        "No shots yet" in text
        and "#add-code" in text
        and reverse("shots-import", args=[project.slug]) in text
    )
