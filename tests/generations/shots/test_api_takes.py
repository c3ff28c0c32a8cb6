"""Shots of takes through the API and from a terminal."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from generations.models import Generation
from generations.services import shots
from tests import factories

from .desk import add, ids, make_takes, where

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(bob: Any) -> Any:
    bearer = {"Authorization": f"Bearer {factories.make_token(bob)}"}

    def ask(method: str, address: str, headers: Any = (), **body: Any) -> Any:
        text = json.dumps(body) if body else ""
        sent = {**bearer, **dict(headers)}
        return Client().generic(method, f"/api/v1{address}", text, "application/json", headers=sent)

    return ask


@pytest.fixture
def wish(project: Any) -> dict[str, Any]:
    return {"project": project.slug, "model": factories.make_model().wire_id, "prompt": "A boat"}


def test_a_take_is_made_for_a_shot_by_its_code_or_id(call, wish, project, bob):
    one, two = add(bob, project, "SH010", "SH020")
    made = call("POST", "/generations", **wish, shot="sh010").json()
    assert made["shot"] == {"id": str(one.pk), "code": "SH010"}
    assert (
        call("POST", "/batches", **wish, shot=str(two.pk), count=2).json()["takes"][1]["shot"]["code"]
        == "SH020"
    )
    assert call("GET", f"/generations/{made['id']}").json()["shot"]["code"] == "SH010"
    assert call("POST", "/quotes", **wish, shot="SH010").status_code == 200


def test_left_out_it_is_the_parents_and_null_is_none(call, wish, project, bob):
    one, two = add(bob, project, "SH010", "SH020")
    (parent,) = make_takes(project, 1, shot=one)
    wish |= {"parent": str(parent.pk)}
    assert call("POST", "/generations", **wish).json()["shot"]["code"] == "SH010"
    assert call("POST", "/generations", **wish, shot=None).json()["shot"] is None
    assert call("POST", "/generations", **wish, shot="SH020").json()["shot"]["id"] == str(two.pk)


@pytest.mark.parametrize("door", ["/generations", "/batches", "/quotes"])
def test_an_unknown_shot_is_named(call, wish, project, bob, alice, door):
    (strange,) = add(alice, factories.make_project(owner=alice), "SH010")
    (gone,) = add(bob, project, "SH020")
    shots.remove(bob, gone)
    for shot in ("SH010", str(strange.pk), str(gone.pk), str(uuid4())):
        reply = call("POST", door, **wish, shot=shot)
        assert (reply.status_code, reply.json()["error"]["field"]) == (422, "shot")
    assert not Generation.objects.exists()


def test_one_key_with_another_shot_is_another_request(call, wish, project, bob):
    add(bob, project, "SH010", "SH020")
    key = {"Idempotency-Key": "one"}
    first = call("POST", "/generations", headers=key, **wish, shot="SH010").json()
    assert call("POST", "/generations", headers=key, **wish, shot="SH010").json()["id"] == first["id"]
    assert call("POST", "/generations", headers=key, **wish, shot="SH020").status_code == 409


def test_lists_and_the_search_go_by_shot(call, project, bob):
    (shot,) = add(bob, project, "SH010")
    inside, outside = make_takes(project, 1, shot=shot), make_takes(project, 1)

    def found(address: str) -> list[str]:
        return [item["id"] for item in call("GET", address).json()["items"]]

    for door in (f"/generations?project={project.slug}", f"/generations/search?project={project.slug}"):
        assert found(f"{door}&shot={shot.pk}") == [str(pk) for pk in ids(inside)]
        assert found(f"{door}&shot=none") == [str(pk) for pk in ids(outside)]
        assert call("GET", f"{door}&shot=odd").json()["error"]["field"] == "shot"


def test_takes_are_moved_and_brought_back(call, project, bob):
    add(bob, project, "SH010")
    takes = make_takes(project, 2)
    these = {"project": project.slug, "takes": [str(pk) for pk in ids(takes)], "act": "move"}
    done = call("POST", "/sorting", **these, shot="SH010").json()
    assert len(done["changed"]) == 2 and where(takes) == ["SH010"] * 2
    call("POST", "/sorting/undo", project=project.slug, change=done["change"])
    assert where(takes) == ["", ""]
    call("POST", "/sorting", **these, shot="SH010")
    call("POST", "/sorting", **these, shot=None)
    assert where(takes) == ["", ""]
    for wrong in ({}, {"shot": "SH020"}):
        assert call("POST", "/sorting", **these, **wrong).json()["error"]["field"] == "shot"
