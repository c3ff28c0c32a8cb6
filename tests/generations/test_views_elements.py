"""Elements in the composer: each view stays with its element, whatever is added, removed or set aside."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict

from generations.elements import BOTH, in_order
from generations.forms import read_typed
from generations.models import Generation
from providers.gateways.values import Role
from tests.factories import make_account, make_asset, make_model
from tests.generations.composer.page import waiting_in

pytestmark = pytest.mark.django_db
PICTURES = ["image/jpeg", "image/png"]
CAPABILITIES = {
    "modes": ["reference_to_video"],
    "durations_s": [5],
    "inputs": {
        "element": {"max_count": 4, "mimes": PICTURES},
        "element_reference": {"max_count": 16, "mimes": [*PICTURES, "video/mp4"], "beside": ["element"]},
    },
}


@pytest.fixture
def model() -> Any:
    return make_model(account=make_account("venice"), capabilities=CAPABILITIES)


@pytest.fixture
def send(signed_in: Any, bob: Any, project: Any, model: Any) -> Any:
    client = signed_in(bob)

    def post(name: str, slots: Any = (), fields: Any = (), **values: Any) -> Any:
        body = {"prompt": "@Element1 meets @Element2", "model": str(model.pk), "duration_s": "5"}
        body |= {"count": "1", "shown_usd": "100", "idempotency_key": uuid4().hex, **values}
        data = QueryDict(mutable=True)
        data.update(body)
        for role, value in slots:
            data.appendlist(role, str(value))
            data.appendlist("element_order", role)
        for field, value in fields:
            data.appendlist(field, value)
        form = "application/x-www-form-urlencoded"
        return client.post(
            f"/p/{project.slug}/{name}", data.urlencode(), form, headers={"HX-Request": "true"}
        )

    return post


@pytest.fixture
def files(project: Any) -> list[Any]:
    return [make_asset(project=project).pk for _ in range(6)]


def slots_in(page: str) -> list[tuple[str, str]]:
    """(role, asset or nothing) of every slot in the order of the page."""
    pattern = r'name="(element|element_reference)" value="([^"]*)"><input type="hidden" name="element_order"'
    return re.findall(pattern, page)


def test_views_go_out_behind_their_own_element(send: Any, files: list[Any]) -> None:
    lion, mane, paw, hat, brim, _more = files
    slots = [("element", lion), ("element_reference", mane), ("element_reference", paw), ("element", hat)]
    slots += [("element_reference", brim), ("element", ""), ("element_reference", "")]
    assert send("generate", slots).status_code == 200
    take = Generation.objects.get()
    told = [(use.role, use.asset_id) for use in take.inputs.order_by("position")]
    assert told == [(role, pk) for role, pk in slots if pk]


def test_the_page_has_an_open_view_for_each_element(send: Any, files: list[Any]) -> None:
    page = send("composer", [("element", files[0]), ("element", files[1]), ("element_reference", files[2])])
    page = page.content.decode()
    names = [(role, bool(value)) for role, value in slots_in(page)]
    assert names == [
        ("element", True),
        ("element_reference", False),
        ("element", True),
        ("element_reference", True),
        ("element_reference", False),
        ("element", False),
    ]
    assert "View 1 of 1" in page and "View 2 of 2" in page
    ids = re.findall(r'id="(slot-[^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_removed_element_takes_its_views_along(send: Any, files: list[Any]) -> None:
    slots = [("element", ""), ("element_reference", files[1]), ("element", files[2])]
    slots.append(("element_reference", files[3]))
    page = send("composer", slots).content.decode()
    assert [value for _role, value in slots_in(page) if value] == [str(files[2]), str(files[3])]


def test_they_come_back_in_order_from_a_draft_a_take_and_from_aside(
    send: Any, signed_in: Any, bob: Any, project: Any, files: list[Any]
) -> None:
    slots = [("element", files[0]), ("element_reference", files[1]), ("element", files[2])]
    wanted = [str(pk) for _role, pk in slots]
    assert send("composer/draft", slots).status_code == 200
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert [value for _role, value in slots_in(page) if value] == wanted

    words = make_model(account=make_account(), capabilities={"modes": ["text_to_video"], "durations_s": [5]})
    away = send("composer", slots, model=str(words.pk)).content.decode()
    assert not slots_in(away) and waiting_in(away) == [f"{role}:{pk}" for role, pk in slots]
    pairs = re.findall(r'name="(element\w*)" value="([^"]*)"', away)
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    typed = read_typed(data)
    aside = [typed.rows_aside.get(role, ()) for role in BOTH]
    assert [str(pk) for _role, pk in in_order(*aside, typed.owners)] == wanted


def fields_of(page: str) -> list[tuple[str, str]]:
    """What the browser would send back of elements, those that are set aside among them."""
    return re.findall(r'type="hidden" name="(element\w*)" value="([^"]*)"', page)


def test_those_beyond_what_a_model_takes_wait_with_their_views_and_come_back(
    send: Any, model: Any, files: list[Any]
) -> None:
    lion, mane, paw, hat, brim, boat = map(str, files)
    limits = CAPABILITIES["inputs"]
    caps = {"inputs": {role: {**of, "max_count": 1} for role, of in limits.items()}}
    few = make_model(account=make_account("venice"), capabilities=CAPABILITIES | caps)
    slots = [("element", lion), ("element_reference", mane), ("element_reference", paw)]
    slots += [("element", hat), ("element_reference", brim), ("element", boat)]

    def chosen(there: Any, was: Any, fields: Any) -> str:
        answer = send("composer", fields=fields, model=str(there.pk), laid_for=str(was.pk))
        return str(answer.content.decode())

    page = chosen(few, model, [pair for slot in slots for pair in (slot, ("element_order", slot[0]))])
    assert [value for _role, value in slots_in(page) if value] == [lion, mane]
    assert waiting_in(page) == [f"{role}:{pk}" for role, pk in slots[2:]]
    assert 'aria-label="Not taken"' not in page
    page = chosen(few, few, fields_of(page))  # whatever asks again
    assert [value for _role, value in slots_in(page) if value] == [lion, mane]
    page = chosen(model, few, fields_of(page))
    assert [(role, value) for role, value in slots_in(page) if value] == slots
    page = chosen(few, model, fields_of(page))
    emptied = [(name, "" if (name, value) == ("element", lion) else value) for name, value in fields_of(page)]
    page = chosen(model, few, emptied)
    assert [(role, value) for role, value in slots_in(page) if value] == slots[3:]


def test_forged_orders_break_nothing(send: Any, files: list[Any]) -> None:
    for order in (["element"] * 300, ["element_reference"], ["first_frame", "", "element"]):
        data = {"element": str(files[0]), "element_order": order}
        query = QueryDict(mutable=True)
        for name, value in data.items():
            query.setlist(name, value if isinstance(value, list) else [value])
        typed = read_typed(query)
        assert typed.rows.get(Role.ELEMENT, ()) in ((), (files[0],))
