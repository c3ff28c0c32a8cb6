"""A recipe that is pasted back: the values, the files by their hash, and the names of what is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generations.models import Generation
from generations.services import drafts
from generations.telling.recipe import document
from tests.factories import make_asset, make_model, make_project, make_take_row
from tests.generations.composer.page import HTMX, slots_in

pytestmark = pytest.mark.both_databases


@pytest.fixture
def take(project: Any) -> Generation:
    """Of another project, from a frame that it alone has."""
    other = make_project(project.created_by)
    frame = make_asset(project=other, name="pier.png", content=b"pier")
    return make_take_row(project=other, model=make_model(), prompt="Fog", inputs=[("first_frame", frame)])


@pytest.fixture
def paste(signed_in: Any, bob: Any, project: Any) -> Any:
    client = signed_in(bob)

    def send(recipe: Any) -> Any:
        text = recipe if isinstance(recipe, str) else json.dumps(recipe)
        return client.post(f"/p/{project.slug}/composer/recipe", {"recipe": text}, headers=HTMX)

    return send


def test_a_file_that_is_here_too_is_found_by_its_hash(paste, bob, project, take):
    mine = make_asset(project=project, content=b"pier")
    page = paste(document(take)).content.decode()
    assert ">Fog</textarea>" in page and slots_in(page, "first_frame") == [str(mine.pk)]
    body = drafts.of(bob, project).body
    assert (body["model"], body["duration_s"]) == (str(take.model_id), 5.0)


def test_a_file_that_is_missing_is_named(paste, take):
    page = paste(document(take)).content.decode()
    assert ">Fog</textarea>" in page and slots_in(page, "first_frame") == [""]
    assert "pier.png is not in this project" in page


def test_a_model_that_is_not_here_is_named(paste, take):
    page = paste({**document(take), "model": "veo-99"}).content.decode()
    assert "veo-99 is not offered here" in page and ">Fog</textarea>" in page


def test_what_stood_there_can_be_taken_back(paste, bob, project, take):
    drafts.save_over(bob, project, {"prompt": "My own"})
    assert "Filled from a recipe." in paste(document(take)).content.decode()
    drafts.undo(bob, project)
    assert drafts.of(bob, project).prompt == "My own"


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", "null", '{"request": 1, "model": "x"}', '{"request": {}}', "[" * 5000, "{" * 250_000],
)
def test_what_is_no_recipe_is_refused(paste, bob, project, text):
    reply = paste(text)
    assert reply.status_code == 422 and "no recipe" in reply.content.decode()
    assert drafts.of(bob, project).pk is None


def test_hostile_recipes_break_nothing(paste, bob, project):
    hostile = {"prompt": ["<script>"], "seed": {}, "duration_s": "x\x00", "inputs": 3, "parent": "1"}
    listed = [1, {"role": [], "sha256": {}}, {"role": "nothing", "sha256": "0" * 64, "name": "<b>"}]
    reply = paste({"model": "m", "gateway": 3, "mode": [], "request": hostile, "inputs": listed})
    assert reply.status_code == 200 and "<b>" not in reply.content.decode()
    assert "parent" not in drafts.of(bob, project).body
