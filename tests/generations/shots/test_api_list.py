"""Shots by the API: made, changed, put in order, chosen, imported, and their cut."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from generations.services import shot_takes
from tests import factories
from tests.generations.notes import make_clip

from .desk import add, codes

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


class Caller:
    def __init__(self, person: Any, *scopes: str) -> None:
        self.headers = {"Authorization": f"Bearer {factories.make_token(person, *scopes)}"}

    def __call__(self, method: str, address: str, body: Any = None) -> Any:
        ask = getattr(Client(), method)
        more = {"data": body, "content_type": "application/json"} if method != "get" else {}
        return ask(f"{ROOT}{address}", headers=self.headers, **more)


@pytest.fixture
def call(bob: Any) -> Caller:
    return Caller(bob)


def test_a_shot_from_its_making_to_its_end(project, call):
    at = f"/projects/{project.slug}/shots"
    first = call("post", at, {"code": "SH010", "duration_s": 4.5})
    assert first.status_code == 201 and first.json()["number"] == 1
    second = call("post", at, {"code": "SH005", "title": "Before"}).json()
    assert call("post", at, {"code": "SH007", "after": first.json()["id"]}).json()["number"] == 2
    placed = call("post", f"/shots/{second['id']}/place", {"after": None})
    assert placed.json()["number"] == 1 and codes(project) == ["SH005", "SH010", "SH007"]
    changed = call("patch", f"/shots/{first.json()['id']}", {"title": "Dawn"}).json()
    assert (changed["title"], changed["duration_s"], changed["code"]) == ("Dawn", 4.5, "SH010")
    assert call("patch", f"/shots/{first.json()['id']}", {"duration_s": None}).json()["duration_s"] is None
    told = call("get", f"/projects/{project.pk}/shots").json()["items"]
    assert [item["number"] for item in told] == [1, 2, 3]
    assert call("delete", f"/shots/{second['id']}").status_code == 204
    assert call("get", f"/shots/{second['id']}").status_code == 404


def test_refusals_name_the_field(project, alice, call):
    shot, gone = add(alice, project, "SH010", "SH020")
    gone_id = gone.pk
    gone.delete()
    at = f"/projects/{project.slug}/shots"
    for body, field in (
        ({"code": "sh010"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "A", "duration_s": 0}, "duration_s"),
        ({"code": "A", "duration_s": "4"}, "duration_s"),
        ({"code": "A", "colour": "red"}, "colour"),
    ):
        answer = call("post", at, body)
        assert answer.status_code == 422 and answer.json()["error"]["field"] == field
    assert call("post", at, {"code": "A", "after": str(gone_id)}).status_code == 409
    late = call("post", f"/shots/{shot.pk}/place", {"after": str(gone_id)})
    assert late.status_code == 409 and late.json()["error"]["field"] == "after"


def test_reviewers_choose_with_a_token_that_may_review(project, alice, charlie, call):
    (shot,) = add(alice, project, "SH010")
    take, other = make_clip(project), make_clip(project)
    shot_takes.move(alice, project, [take.pk], shot)
    factories.add_member(project, charlie, "reviewer")
    at, body = f"/shots/{shot.pk}/choose", {"take": str(take.pk)}
    assert Caller(charlie, "read", "write")("post", at, body).status_code == 403
    chosen = Caller(charlie, "read", "review")("post", at, body).json()
    assert chosen["chosen_take"] == str(take.pk) and chosen["takes"] == 1
    assert call("post", at, {"take": str(other.pk)}).status_code == 409
    assert Caller(charlie)("patch", f"/shots/{shot.pk}", {"title": "x"}).status_code == 403
    assert call("post", at, {"take": None}).json()["chosen_take"] is None


def test_a_list_is_looked_at_and_taken_over(project, alice, call):
    add(alice, project, "SH010")
    at = f"/projects/{project.slug}/shots/import"
    body = {"csv": "Code,Title,Length,Lens\nSH020,Rope,00:00:02:12,50\nSH010,Dawn,4\n", "follow": True}
    dry = call("post", at, {**body, "dry_run": True}).json()
    assert [line["fate"] for line in dry["lines"]] == ["new", "changes"] and not dry["done"]
    assert dry["unread"] == ["Lens"]
    assert codes(project) == ["SH010"]
    done = call("post", at, body).json()
    assert done["done"] and codes(project) == ["SH020", "SH010"]
    bad = call("post", at, {"csv": "Code,Length\nSH030,1\nSH040,soon"})
    assert bad.status_code == 422 and "Line 3" in bad.json()["error"]["message"]
    assert call("post", at, {"csv": "Lens\n50"}).json()["error"]["field"] == "csv"
    assert codes(project) == ["SH020", "SH010"]


def test_the_cut_as_a_file(project, alice, charlie, call):
    (shot,) = add(alice, project, "SH010")
    at = f"/projects/{project.slug}/shots/cut"
    assert call("get", at).json()["error"]["field"] == "format"
    shot_takes.move(alice, project, [make_clip(project).pk], shot)
    for kind, mime in (
        ("otio", "application/json"),
        ("edl", "text/plain"),
        ("fcpxml", "text/xml"),
        ("csv", "text/csv"),
    ):
        answer = call("get", f"{at}?format={kind}&which=newest")
        assert answer.status_code == 200 and answer["Content-Type"].startswith(mime)
        assert b"SH010" in b"".join(answer)
    assert call("get", f"{at}?format=mov").status_code == 422
    assert Caller(charlie)("get", at).status_code == 404
