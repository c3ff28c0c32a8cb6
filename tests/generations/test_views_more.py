"""The composer's panel of what is seldom changed: shown, kept, set aside, sent as its model wants it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from generations.models import Generation
from generations.services.compose import Refused, Wish, compose, wish_of
from generations.services.outgoing import prepare
from tests.factories import make_account, make_asset, make_model, make_take_row

pytestmark = pytest.mark.django_db
EXTRA = {
    "camera_fixed": {"kind": "boolean", "label": "Keep the camera still"},
    "service_tier": {"kind": "choice", "label": "Service", "choices": ["default", "flex"]},
    "priority": {"kind": "integer", "label": "Priority", "minimum": 0, "maximum": 9},
    "strength": {"kind": "number", "label": "Strength", "minimum": 0, "maximum": 1},
    "voice": {"kind": "string", "label": "Voice"},
    "search": {"kind": "boolean", "label": "Search", "modes": ["text_to_video"]},
    "frames": {"kind": "integer", "label": "Frames", "minimum": 29, "maximum": 289, "replaces": "duration_s"},
    "person": {"kind": "string", "label": "Who asked", "names_person": True},
}
CAPABILITIES = {
    "modes": ["text_to_video", "image_to_video"],
    "durations_s": [5],
    "inputs": {"first_frame": {}},
    "watermark": True,
    "return_last_frame": True,
    "extra": EXTRA,
}


@pytest.fixture
def model() -> Any:
    return make_model(account=make_account(), capabilities=CAPABILITIES)


@pytest.fixture
def send(signed_in: Any, bob: Any, project: Any, model: Any) -> Any:
    client = signed_in(bob)

    def post(name: str = "generate", **values: Any) -> Any:
        body = {"prompt": "A quiet harbour", "model": str(model.pk), "duration_s": "5", "count": "1"}
        body |= {"shown_usd": "100", "idempotency_key": uuid4().hex, **values}
        return client.post(f"/p/{project.slug}/{name}", body, headers={"HX-Request": "true"})

    return post


def test_every_option_of_the_model_and_none_that_the_studio_fills_in(send: Any) -> None:
    page = send("composer").content.decode()
    for name, option in EXTRA.items():
        assert (f'name="extra.{name}"' in page) == ("names_person" not in option), name
    assert 'name="watermark"' in page and 'name="return_last_frame"' in page
    assert "Keep the camera still" in page and "Who asked" not in page


def test_they_go_out_as_the_model_wants_them(send: Any) -> None:
    told = {"camera_fixed": "true", "service_tier": "flex", "priority": "7", "strength": "0.5", "voice": "12"}
    reply = send(watermark="false", **{f"extra.{name}": value for name, value in told.items()})
    assert reply.status_code == 200
    request = Generation.objects.get().request
    assert request["extra"] == {
        "camera_fixed": True,
        "service_tier": "flex",
        "priority": 7,
        "strength": 0.5,
        "voice": "12",
    }
    assert request["watermark"] is False and "return_last_frame" not in request


def test_left_alone_nothing_is_said(send: Any) -> None:
    blank = {f"extra.{name}": "" for name in EXTRA}
    assert send(watermark="", return_last_frame="", **blank).status_code == 200
    assert not {"extra", "watermark", "return_last_frame"} & set(Generation.objects.get().request)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("priority", "12", "A whole number from 0 to 9."),
        ("priority", "much", "A whole number from 0 to 9."),
        ("strength", "1e999", "A number from 0 to 1."),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_stays(send: Any, name: str, value: str, said: str) -> None:
    reply = send(**{f"extra.{name}": value})
    page = reply.content.decode()
    assert reply.status_code == 422 and said in page and name.capitalize() in page
    assert f'name="extra.{name}" value="{value}"' in page
    assert not Generation.objects.exists()


def test_a_forged_name_and_a_forged_person_are_not_taken(send: Any) -> None:
    assert send(**{"extra.__class__": "x", "extra.Nope": "y"}).status_code == 200
    assert "extra" not in Generation.objects.get().request
    page = send("composer", **{"extra.person": "somebody else"}).content.decode()
    assert 'name="extra.person"' not in page


def test_another_model_sets_them_aside_and_gives_them_back(send: Any, model: Any) -> None:
    bare = make_model(
        account=model.account, wire_id="bare", capabilities={"modes": ["text_to_video"], "durations_s": [5]}
    )
    given = {"extra.camera_fixed": "true", "extra.priority": "4", "watermark": "false"}
    page = send("composer", model=str(bare.pk), **given)
    page = page.content.decode()
    assert "Camera fixed on" in page and "Watermark off" in page and 'name="extra.camera_fixed"' not in page
    aside = html.unescape(re.search(r'name="aside" value="([^"]*)"', page)[1])
    page = send("composer", aside=aside).content.decode()
    assert page.count('<option value="true" selected>On</option>') == 1
    assert page.count('<option value="false" selected>Off</option>') == 1
    assert 'name="extra.priority" value="4"' in page


def test_edit_and_retry_brings_them_back(
    send: Any, signed_in: Any, bob: Any, project: Any, model: Any
) -> None:
    request = {"extra": {"camera_fixed": False, "priority": 3}, "watermark": True, "duration_s": 5.0}
    take = make_take_row(project=project, model=model, author=bob, status="failed", request=request)
    page = signed_in(bob).post(f"/t/{take.pk}/edit", follow=True).content.decode()
    assert 'name="extra.priority" value="3"' in page
    assert page.count('<option value="false" selected>Off</option>') == 1
    assert page.count('<option value="true" selected>On</option>') == 1


def test_the_studio_says_who_asked_by_a_pseudonym(send: Any, bob: Any, alice: Any, project: Any, model: Any):
    mine = make_take_row(project=project, model=model, author=bob, request={"duration_s": 5.0})
    again = make_take_row(project=project, model=model, author=bob, request={"duration_s": 5.0})
    hers = make_take_row(project=project, model=model, author=alice, request={"duration_s": 5.0})
    told = [prepare(take, with_files=False).request.extra["person"] for take in (mine, again, hers)]
    assert told[0] == told[1] != told[2]
    assert len(told[0]) == 64 and bob.email not in told[0] and str(bob.pk) != told[0]


def test_what_an_older_release_saved_of_a_person_is_never_sent(bob: Any, project: Any, model: Any) -> None:
    request = {"prompt": "A fjord", "duration_s": 5.0, "extra": {"person": "bob@example.com", "priority": 3}}
    take = make_take_row(project=project, model=model, author=bob, request=request)
    extra = prepare(take, with_files=False).request.extra
    assert "@" not in extra["person"] and extra["priority"] == 3
    assert compose(bob, project, wish_of(take)).request.extra == {"priority": 3}


def test_an_option_for_words_alone_waits_while_a_picture_stands_there(send: Any, project: Any) -> None:
    picture = str(make_asset(project=project).pk)
    assert 'name="extra.search"' in send("composer").content.decode()
    page = send("composer", first_frame=picture, **{"extra.search": "true"}).content.decode()
    assert 'name="extra.search"' not in page and "Search on" in page
    reply = send(first_frame=picture, **{"extra.search": "true"})
    assert reply.status_code == 422 and "This option is for text to video only." in reply.content.decode()


def test_frames_stand_in_for_the_length_that_the_composer_offers(
    send: Any, bob: Any, project: Any, model: Any
):
    given = {"extra.frames": "33"}
    assert 'name="duration_s"' in send("composer").content.decode()
    assert 'name="duration_s"' not in send("composer", **given).content.decode()
    assert send(shown_usd="unknown", **given).status_code == 200  # a price by the second has no length here
    assert Generation.objects.get().request["extra"] == {"frames": 33}
    assert "duration_s" not in Generation.objects.get().request
    wish = Wish(model, {"prompt": "A fjord", "extra": {"frames": 33}})
    assert compose(bob, project, wish).request.duration_s is None
    with pytest.raises(Refused, match="frames or a length"):
        compose(bob, project, replace(wish, values={**wish.values, "duration_s": 5.0}))
