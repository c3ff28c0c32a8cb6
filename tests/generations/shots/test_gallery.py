"""Shots in the gallery: the filter, moving by the bar, cards, words, and the archive."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations import archive
from generations.models import SavedView
from generations.services import gallery, shot_takes, shots, stacks, throwing
from generations.services.gallery import Filter
from generations.services.shots import Words
from tests import factories

from .desk import add, codes, ids, make_takes, where

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def act(client: Any, project: Any, **values: Any) -> Any:
    return client.post(reverse("gallery-act", args=[project.slug]), {"act": "move", **values}, headers=HTMX)


def told(reply: Any) -> dict[str, Any]:
    return json.loads(reply.headers["HX-Trigger"])


def wall(client: Any, project: Any, query: str = "") -> str:
    return client.get(f"/p/{project.slug}/gallery?{query}").content.decode()


def shown(page: str, takes: Any) -> list[bool]:
    return [f'id="take-{take.pk}"' in page for take in takes]


def test_the_wall_shows_one_shot_or_what_is_in_none(signed_in, bob, project):
    (shot,) = add(bob, project, "SH010")
    takes = make_takes(project, 2)
    shot_takes.move(bob, project, ids(takes[:1]), shot)
    client = signed_in(bob)
    page = wall(client, project, f"shot={shot.pk}")
    assert shown(page, takes) == [True, False]
    assert "data-shot-chip" in page and '<span class="v">SH010</span>' in page
    assert shown(wall(client, project, "shot=none"), takes) == [False, True]
    page = wall(client, project)
    assert shown(page, takes) == [True, True] and page.count("SH010</b>") == 1


def test_without_shots_there_is_no_chip(signed_in, bob, project):
    make_takes(project, 1)
    assert "data-shot-chip" not in wall(signed_in(bob), project)


def test_a_filter_by_a_removed_shot_says_so_and_goes_by_itself(signed_in, bob, project):
    (shot,) = add(bob, project, "SH010")
    takes = make_takes(project, 1, shot=shot)
    shots.remove(bob, shot)
    client = signed_in(bob)
    page = wall(client, project, f"status=any&shot={shot.pk}")
    assert "This shot is not there any more" in page and shown(page, takes) == [False]
    assert f'href="/p/{project.slug}/gallery?status=any"' in page
    meant = {"every": "1", "of": f"shot={shot.pk}", "seen": str(uuid4()), "shot": "none"}
    assert told(act(client, project, **meant))["studio:toast"]["text"].startswith("Nothing to move")
    page = wall(client, project, "shot=odd")
    assert "was not understood" in page and shown(page, takes) == [True]


def test_a_saved_view_keeps_the_shot(signed_in, bob, project):
    (shot,) = add(bob, project, "SH010")
    url = reverse("view-save", args=[project.slug])
    signed_in(bob).post(url, {"name": "Mine", "of": f"shot={shot.pk}&odd=1"})
    assert SavedView.objects.get().query == f"shot={shot.pk}"


def test_the_bar_moves_with_all_versions_and_says_how_many(signed_in, bob, project):
    one, two = add(bob, project, "SH010", "100%s")
    takes = make_takes(project, 5)
    stacks.stack(bob, project, ids(takes[:3]))
    client = signed_in(bob)
    top = next(take for take in takes[:3] if gallery.with_all(project, ids([take]))[0].is_top)
    reply = act(client, project, take=[str(top.pk), str(takes[3].pk)], shot=str(two.pk))
    toast = told(reply)["studio:toast"]
    assert toast["text"] == "2 takes with 2 further versions are in shot 100%s."
    assert where(takes) == ["100%s"] * 4 + [""]
    cards = reply.content.decode()
    assert cards.count("<article") == 2 and cards.count(">100%s<") == 2
    client.post(toast["action"]["url"], toast["action"]["values"], headers=HTMX)
    assert where(takes) == [""] * 5
    reply = act(client, project, take=[str(takes[4].pk)], shot=str(one.pk))
    assert told(reply)["studio:toast"]["text"] == "1 take is in shot SH010."
    reply = act(client, project, take=[str(takes[4].pk)], shot="none")
    assert told(reply)["studio:toast"]["text"] == "1 take is in no shot."


def test_a_new_shot_is_made_in_one_step_and_never_twice(signed_in, bob, project):
    takes = make_takes(project, 2)
    client = signed_in(bob)
    act(client, project, take=str(takes[0].pk), new_shot=" sh 010 ")
    act(client, project, take=str(takes[1].pk), new_shot="SH 010")
    assert codes(project) == ["sh 010"] and where(takes) == ["sh 010"] * 2
    reply = act(client, project, take=str(takes[1].pk), new_shot="x" * 41)
    assert reply.status_code == 422 and "At most" in told(reply)["studio:toast"]["text"]
    assert codes(project) == ["sh 010"]


@pytest.mark.parametrize("shot", ["", "odd", "01a20455-f2be-711b-bd92-c831e43af3cd"])
def test_a_move_to_nowhere_is_refused(signed_in, bob, project, shot):
    (there,) = add(bob, project, "SH010")
    takes = make_takes(project, 1, shot=there)
    assert act(signed_in(bob), project, take=str(takes[0].pk), shot=shot).status_code == 422
    assert where(takes) == ["SH010"]


def test_a_reviewer_moves_nothing(signed_in, bob, charlie, project):
    add(bob, project, "SH010")
    takes = make_takes(project, 1)
    factories.add_member(project, charlie, "reviewer")
    client = signed_in(charlie)
    assert act(client, project, take=str(takes[0].pk), new_shot="SH020").status_code == 403
    assert codes(project) == ["SH010"] and "data-cull-move" not in wall(client, project)


def test_cards_leave_a_wall_of_one_shot(signed_in, bob, project):
    one, two = add(bob, project, "SH010", "SH020")
    takes = make_takes(project, 2, shot=one)
    reply = act(
        signed_in(bob), project, take=str(takes[0].pk), shot=str(two.pk), of=f"shot={one.pk}&status=any"
    )
    assert f'id="take-{takes[0].pk}" hx-swap-oob="delete"' in reply.content.decode()
    assert "gallery:changed" not in told(reply)
    reply = act(signed_in(bob), project, take=str(takes[0].pk), shot=str(one.pk), of=f"shot={one.pk}")
    assert "gallery:changed" in told(reply)


def test_all_that_match_are_moved(signed_in, bob, project):
    one, two = add(bob, project, "SH010", "SH020")
    takes = make_takes(project, 30, shot=one)
    reply = act(
        signed_in(bob), project, every="1", of=f"shot={one.pk}", but=str(takes[0].pk), shot=str(two.pk)
    )
    assert told(reply)["studio:toast"]["text"] == "29 takes are in shot SH020."
    assert where(takes) == ["SH010"] + ["SH020"] * 29


def test_cards_cost_no_question_more_for_their_shots(signed_in, bob, project):
    (shot,) = add(bob, project, "SH010")
    client = signed_in(bob)
    counts = []
    for number in (1, 12):
        make_takes(project, number, shot=shot)
        for url in ("gallery", "", "gallery"):
            with CaptureQueriesContext(connection) as asked:
                client.get(f"/p/{project.slug}/{url}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_take_is_found_by_the_words_of_its_shot(project, bob):
    shot = shots.add(bob, project, Words("SH010", "The rope breaks"))
    takes = make_takes(project, 2)

    def found(text: str) -> list[Any]:
        return ids(gallery.page(project, Filter(text=text)).takes)

    change = shot_takes.move(bob, project, ids(takes[:1]), shot)
    assert found("sh01") == found("rope") == ids(takes[:1])
    shots.change(bob, shot, Words("SH015", "A knot"))
    assert found("sh015 knot") == ids(takes[:1]) and not found("rope")
    new = make_takes(project, 1)
    stacks.stack(bob, project, ids([takes[0], *new]))
    assert set(found("knot")) == {takes[0].pk, new[0].pk}
    shots.remove(bob, shot)
    assert not found("knot") and change.pk


def test_the_archive_names_the_shot(project, bob):
    shot = shots.add(bob, project, Words('../SH<010>:"', "<b>Title"))
    takes = make_takes(project, 2, prompt="A pier")
    for take in takes:
        factories.make_output(take)
    shot_takes.move(bob, project, ids(takes[:1]), shot)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(archive.stream(ids(takes)))))
    first, second, _manifest = packed.namelist()
    assert first.startswith("-SH-010- 0001 Harbour film - A pier") and second.startswith("0002 Harbour")
    entries = json.loads(packed.read("manifest.json"))
    assert [entry["shot"] for entry in entries] == [{"code": '../SH<010>:"', "title": "<b>Title"}, None]
    assert [entry["file"] for entry in entries] == [first, second]


def test_what_is_thrown_away_keeps_its_shot(project, bob):
    (shot,) = add(bob, project, "SH010")
    takes = make_takes(project, 1, shot=shot)
    throwing.trash(bob, project, ids(takes))
    assert ids(gallery.page(project, Filter(trash=True, shot=shot.pk)).takes) == ids(takes)
