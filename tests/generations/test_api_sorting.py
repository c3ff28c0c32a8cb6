"""Sorting, searching, views and the ZIP through the API."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from generations.models import Generation
from generations.services import culling
from tests import factories

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture
def takes(project: Any) -> list[Generation]:
    model = factories.make_model()
    prompts = ("a pier at dawn", "a heron", "a pier at noon")
    return [
        factories.make_take_row(project=project, model=model, status="completed", hold=False, prompt=words)
        for words in prompts
    ]


@pytest.fixture
def call(bob: Any) -> Any:
    headers = {"Authorization": f"Bearer {factories.make_token(bob)}"}

    def ask(method: str, address: str, **body: Any) -> Any:
        text = json.dumps(body) if body else ""
        return Client().generic(method, ROOT + address, text, "application/json", headers=headers)

    return ask


def ids(takes: Any) -> list[str]:
    return [str(take.pk) for take in takes]


def test_what_is_done_shows_on_the_take_and_goes_back(project, takes, call):
    these = {"project": project.slug, "takes": ids(takes[:2])}
    call("POST", "/sorting", **these, act="mark", mark="pick")
    call("POST", "/sorting", **these, act="tag", tags=["Night"])
    call("POST", "/sorting", **these, act="stack")
    done = call("POST", "/sorting", **these, act="rate", stars=4).json()
    assert sorted(done["changed"]) == sorted(ids(takes[:2]))
    take = call("GET", f"/generations/{takes[0].pk}").json()
    told = {name: take[name] for name in ("mark", "stars", "tags", "version_no", "on_top")}
    assert told == {"mark": "pick", "stars": 4.0, "tags": ["night"], "version_no": 1, "on_top": False}
    undo = {"project": project.slug, "change": done["change"]}
    assert call("POST", "/sorting/bin/undo", **undo).status_code == 409
    assert call("POST", "/sorting/undo", **undo).json() == {"undone": 2, "left": 0}
    assert call("POST", "/sorting/undo", **undo).status_code == 404
    assert call("GET", f"/generations/{takes[0].pk}").json()["stars"] is None


def test_the_trash_takes_and_gives_back(project, takes, call):
    these = {"project": project.slug, "takes": ids(takes)}
    done = call("POST", "/sorting/bin", **these, act="trash").json()
    assert call("POST", "/sorting/bin", **these, act="trash").json() == {"change": None, "changed": []}
    assert call("GET", f"/generations/search?project={project.slug}&trashed=true").json()["items"]
    call("POST", "/sorting/bin/undo", project=project.slug, change=done["change"])
    assert len(call("GET", f"/generations?project={project.slug}").json()["items"]) == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"act": "stack"}, "takes"),
        ({"act": "tag"}, "tags"),
        ({"act": "tag", "tags": ["x" * 41]}, "tags"),
        ({"act": "rate", "stars": 6}, "stars"),
        ({"act": "mark", "mark": "maybe"}, "mark"),
        ({"act": "trash"}, "act"),
        ({"act": "rate", "takes": []}, "takes"),
        ({"act": "rate", "odd": 1}, "odd"),
    ],
)
def test_what_is_wrong_is_named(project, takes, call, body, field):
    reply = call("POST", "/sorting", **{"project": project.slug, "takes": ids(takes[:1]), **body})
    assert (reply.status_code, reply.json()["error"]["field"]) == (422, field)


def test_search_finds_as_the_gallery_does_page_after_page(project, takes, call, bob):
    culling.tag(bob, project, [takes[0].pk], ["night"])
    where = f"/generations/search?project={project.slug}"
    first = call("GET", f"{where}&q=pie&limit=1").json()
    second = call("GET", f"{where}&q=pie&limit=1&cursor={first['next_cursor']}").json()
    assert [item["id"] for item in first["items"] + second["items"]] == ids([takes[2], takes[0]])
    assert second["next_cursor"] is None
    assert [item["id"] for item in call("GET", f"{where}&tag=Night&sort=oldest").json()["items"]] == [
        str(takes[0].pk)
    ]
    assert call("GET", f"{where}&sort=sideways").json()["error"]["field"] == "sort"


def test_views_are_kept_changed_and_deleted(project, call):
    made = call(
        "POST", "/views", project=project.slug, name="Best", query="stars=4&odd=1&status=completed"
    ).json()
    assert made["query"] == "stars=4" and made["mine"]
    changed = call("PATCH", f"/views/{made['id']}", name="Better", shared=True).json()
    assert (changed["name"], changed["shared"]) == ("Better", True)
    call("POST", "/views", project=project.slug, name="Other")
    assert call("PATCH", f"/views/{made['id']}", name="Other").json()["error"]["field"] == "name"
    assert call("DELETE", f"/views/{made['id']}").status_code == 204
    assert [view["name"] for view in call("GET", f"/views?project={project.slug}").json()] == ["Other"]


def test_the_archive_is_a_zip(project, takes, call):
    reply = call("POST", "/archives", project=project.slug, takes=ids(takes))
    with zipfile.ZipFile(io.BytesIO(b"".join(reply.streaming_content))) as archive:
        told = json.loads(archive.read("manifest.json"))
    assert [entry["recipe"]["take"] for entry in told] == ids(takes)
