"""The shot that a composer's takes are for: chosen, kept, gone, its length, and taken along from a take."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from generations.models import Generation, Shot
from generations.services import drafts, recipe_in, remix, shot_takes, shots
from generations.services.drafts import Seen
from generations.services.shots import Words
from generations.telling import recipe
from tests import factories
from tests.generations.composer.page import HTMX

from .desk import add, ids, make_takes

pytestmark = pytest.mark.django_db
CHIP = 'id="chip-shot"'


@pytest.fixture
def model() -> Any:
    return factories.make_model()


@pytest.fixture
def send(signed_in: Any, bob: Any, project: Any, model: Any) -> Any:
    client = signed_in(bob)

    def post(door: str = "generate", **values: Any) -> Any:
        body = {"prompt": "A quiet harbour", "model": str(model.pk), "duration_s": "5", "resolution": "720p"}
        body |= {"count": "1", "shown_usd": "100", "idempotency_key": uuid4().hex, **values}
        return client.post(f"/p/{project.slug}/{door}", body, headers=HTMX)

    return post


def value_in(page: str) -> str:
    """Of the hidden field."""
    return page.split('name="shot" value="')[1].split('"')[0]


def test_there_is_a_chip_as_soon_as_there_are_shots(signed_in, bob, project, model):
    client = signed_in(bob)
    assert CHIP not in client.get(f"/p/{project.slug}/").content.decode()
    add(bob, project, "SH010")
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert CHIP in page and value_in(page) == ""


def test_takes_are_made_for_the_chosen_shot_which_stays(send, project, bob):
    (shot,) = add(bob, project, "SH010")
    reply = send(shot=str(shot.pk), count="2")
    assert reply.status_code == 200 and value_in(reply.content.decode()) == str(shot.pk)
    assert set(Generation.objects.values_list("shot", flat=True)) == {shot.pk}
    assert drafts.of(bob, project).body["shot"] == str(shot.pk)


def test_the_same_form_for_another_shot_is_another_request(send, project, bob):
    one, two = add(bob, project, "SH010", "SH020")
    assert send(shot=str(one.pk), idempotency_key="k").status_code == 200
    assert send(shot=str(one.pk), idempotency_key="k").status_code == 200
    assert send(shot=str(two.pk), idempotency_key="k").status_code == 422
    assert Generation.objects.count() == 1


@pytest.mark.parametrize("whose", ["removed", "another project's"])
def test_a_shot_that_is_not_there_is_refused_by_name(send, project, bob, alice, whose):
    (shot,) = add(alice, project if whose == "removed" else factories.make_project(owner=alice), "SH010")
    if whose == "removed":
        shots.remove(bob, shot)
    reply = send(shot=str(shot.pk))
    page = reply.content.decode()
    assert reply.status_code == 422 and not Generation.objects.exists()
    assert "The chosen shot is not there any more" in page and "Shot is gone" in page
    assert send(shot="").status_code == 200, "and can be left out"


def test_an_address_puts_the_shot_into_the_composer_and_writes_nothing(signed_in, bob, project, model):
    """A link on any page of the web must not change what somebody has begun."""
    (shot,) = add(bob, project, "SH010")
    drafts.save(bob, project, {"prompt": "My words", "model": str(model.pk)}, Seen(0, "a" * 32))
    client = signed_in(bob)
    before = drafts.of(bob, project)
    page = client.get(f"/p/{project.slug}/?shot={shot.pk}").content.decode()
    field = 'id="composer-shot" name="shot" value="%s"'
    assert field % shot.pk in page and "My words" in page and "SH010" in page
    gone = uuid4()
    page = client.get(f"/p/{project.slug}/?shot={gone}").content.decode()
    assert "This shot is not there any more." in page and field % gone in page and "Shot is gone" in page
    page = client.get(f"/p/{project.slug}/?shot=x").content.decode()
    assert "This shot is not there any more." in page and "Shot is gone" not in page
    after = drafts.of(bob, project)
    assert (after.version, after.body, after.tab) == (before.version, before.body, before.tab)


def test_somebody_who_only_looks_chooses_nothing(signed_in, project, bob, charlie):
    (shot,) = add(bob, project, "SH010")
    factories.add_member(project, charlie, "viewer")
    assert signed_in(charlie).get(f"/p/{project.slug}/?shot={shot.pk}").status_code == 200
    assert not drafts.of(charlie, project).body


@pytest.mark.parametrize(
    ("meant", "chosen", "offered"),
    [("4.2", "10", "5"), ("5", "10", "5"), ("5.001", "5", "10"), ("4.2", "5", ""), ("30", "5", "")],
)
def test_the_shortest_length_that_fits_is_offered_and_never_set(
    send, project, bob, model, meant, chosen, offered
):
    shot = shots.add(bob, project, Words("SH010", duration_s=Decimal(meant)))
    page = send("composer", shot=str(shot.pk), duration_s=chosen).content.decode()
    assert page.count(f'name="use_length" value="{offered}"') == bool(offered)
    assert page.count('name="use_length"') == bool(offered)
    assert f'<option value="{chosen}" selected>' in page
    if offered:
        page = send("composer", shot=str(shot.pk), duration_s=chosen, use_length=offered).content.decode()
        assert f'<option value="{offered}" selected>' in page and 'name="use_length"' not in page


def test_all_of_a_take_brings_its_shot_and_one_part_does_not(project, bob):
    one, two = add(bob, project, "SH010", "SH020")
    take, plain = make_takes(project, 2)
    shot_takes.move(bob, project, ids([take]), one)
    take.refresh_from_db()
    drafts.save_over(bob, project, {"prompt": "Mine", "shot": str(two.pk)})
    assert remix.use(bob, take, "prompt").body["shot"] == str(two.pk)
    assert remix.use(bob, take, "all").body["shot"] == str(one.pk)
    assert drafts.undo(bob, project).body["shot"] == str(two.pk)
    assert remix.edit_take(bob, plain).body["shot"] == ""


def test_what_begins_with_a_last_frame_leaves_the_shot_open(project, bob):
    one, two = add(bob, project, "SH010", "SH020")
    (take,) = make_takes(project, 1)
    shot_takes.move(bob, project, ids([take]), one)
    take.refresh_from_db()
    frame = factories.make_asset(project=project)
    drafts.save_over(bob, project, {"prompt": "Mine", "shot": str(one.pk)})
    assert remix.start_from(bob, take, frame).body["shot"] == ""
    drafts.save_over(bob, project, {"prompt": "Mine", "shot": str(two.pk)})
    assert remix.start_from(bob, take, frame).body["shot"] == str(two.pk), "chosen for what comes next"


def test_to_go_on_with_a_clip_stays_in_its_shot(project, bob):
    (one,) = add(bob, project, "SH010")
    extends = {**factories.CAPABILITIES, "modes": ["text_to_video", "extend"]}
    extends["inputs"] = {"source_video": {"max_count": 1}}
    model = factories.make_model(capabilities=extends)
    take = factories.make_take_row(project=project, model=model, status="completed", shot=one)
    draft = remix.go_on(bob, take, factories.make_asset(project=project), "extend")
    assert draft.body["shot"] == str(one.pk)


def test_a_recipe_names_a_shot_of_its_own_project_alone(project, bob, alice):
    (one,) = add(bob, project, "SH010")
    (take,) = make_takes(project, 1, shot=one)
    told = json.dumps(recipe.document(take))
    assert json.loads(told)["shot"] == {"code": "SH010", "title": ""}
    assert recipe_in.fill(bob, project, told).draft.body["shot"] == str(one.pk)
    other = factories.make_project(owner=alice)
    add(alice, other, "SH010")
    assert recipe_in.fill(alice, other, told).draft.body["shot"] == ""
    shots.remove(bob, one)
    drafts.save_over(bob, project, {})
    assert recipe_in.fill(bob, project, told).draft.body["shot"] == ""


@pytest.mark.parametrize("odd", [None, "x", {"code": None}, {"code": ["SH010"]}, {"code": "x" * 90_000}])
def test_a_recipe_may_say_anything_of_its_shot(project, bob, odd):
    add(bob, project, "SH010")
    (take,) = make_takes(project, 1)
    told = {**recipe.document(take), "shot": odd}
    assert recipe_in.fill(bob, project, json.dumps(told)).draft.body["shot"] == ""


def test_all_cells_of_a_matrix_are_for_one_shot(signed_in, bob, project, model):
    (shot,) = add(bob, project, "SH010")
    drafts.save_over(bob, project, {"prompt": "A boat", "model": str(model.pk), "shot": str(shot.pk)})
    client = signed_in(bob)
    page = client.get(f"/p/{project.slug}/matrix")
    matrix = page.context["matrix"]
    assert "SH010" in matrix["common"]
    form = {"prompt": ["A boat", "A heron"], "model": str(model.pk), "copies": "1"}
    planned = client.post(f"/p/{project.slug}/matrix/plan", form, headers=HTMX).context["matrix"]
    form |= {name: planned[name] for name in ("base", "layout")}
    form |= {"idempotency_key": planned["idem_key"], "shown_usd": planned["shown"]}
    form |= {"shown": [c["key"] for r in planned["rows"] for c in r["cells"]]}
    form |= {"make": form["shown"], "some_unknown": "1" if planned["some_unknown"] else ""}
    assert client.post(f"/p/{project.slug}/matrix/generate", form, headers=HTMX).status_code == 204
    assert list(Generation.objects.values_list("shot", flat=True)) == [shot.pk] * 2
    shots.remove(bob, shot)
    gone = client.get(f"/p/{project.slug}/matrix").context["matrix"]
    assert any("The chosen shot" in words for words in gone["errors"]) and not gone["rows"]


def test_a_thousand_shots_stay_out_of_the_page(signed_in, bob, project, model):
    shots.add_all(bob, project, [Words(f"SH{n:04}", f"Title of {n}") for n in range(1000)])
    client = signed_in(bob)
    page = client.get(f"/p/{project.slug}/").content.decode()
    assert "SH0500" not in page and len(page) < 200_000
    dialog = client.get(f"/p/{project.slug}/pick-shot", {"of": "composer"}).content.decode()
    assert dialog.count('data-shot="') == 101 and "900 more" in dialog and len(dialog) < 60_000
    found = client.get(f"/p/{project.slug}/pick-shot", {"of": "composer", "q": "sh05 tle of 57", "list": "1"})
    text = found.content.decode()
    assert "<dialog" not in text and text.count('data-shot="') == 11 and ">SH0570<" in text


def test_strangers_and_archived_projects_get_no_dialog_to_add(signed_in, bob, charlie, project):
    url = f"/p/{project.slug}/pick-shot"
    assert signed_in(charlie).get(url).status_code == 404
    factories.add_member(project, charlie, "reviewer")
    asked = {"of": "selection", "q": "SH010"}
    assert "data-shot-new" in signed_in(bob).get(url, asked).content.decode()
    assert "data-shot-new" not in signed_in(charlie).get(url, asked).content.decode()
    add(bob, project, "sh010")
    assert "data-shot-new" not in signed_in(bob).get(url, asked).content.decode()
    assert Shot.objects.count() == 1
