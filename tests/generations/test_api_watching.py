"""The queue, the news and the choice through the API: the same services as the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from generations.models import Digest, Status, Watching
from tests.factories import make_model, make_take_row, make_token

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture
def call(alice: Any) -> Any:
    client, headers = Client(), {"Authorization": f"Bearer {make_token(alice)}"}

    def ask(method: str, address: str, body: Any = None) -> Any:
        answer = getattr(client, method)(ROOT + address, body, "application/json", headers=headers)
        assert answer.status_code < 500
        return answer

    def read(address: str) -> Any:
        return client.get(ROOT + address, headers=headers).json()

    ask.read = read
    return ask


@pytest.fixture
def take(project: Any) -> Any:
    model = make_model()

    def make(author: Any, **values: Any) -> Any:
        return make_take_row(project=project, model=model, author=author, **values)

    return make


def test_the_queue_lists_places_and_moving_changes_them(call, alice, bob, take):
    first, second, other = take(alice), take(alice), take(bob)
    assert call("post", f"/generations/{second.pk}/move", {"to": "front"}).status_code == 200
    swapped = call("post", f"/generations/{second.pk}/move", {"place_of": str(first.pk)})
    assert swapped.status_code == 200
    both = call("post", f"/generations/{second.pk}/move", {"to": "up", "place_of": str(first.pk)})
    assert both.status_code == 422
    call("post", f"/generations/{second.pk}/move", {"to": "front"})
    told = {row["take"]["id"]: row["place"] for row in call.read("/queue?who=team")["waiting"]}
    assert told == {str(second.pk): 1, str(other.pk): 2, str(first.pk): 3}
    assert len(call.read("/queue")["waiting"]) == 2
    wrong = call("post", f"/generations/{second.pk}/move", {"to": "moon"})
    assert wrong.status_code == 422 and wrong.json()["error"]["allowed"] == ["front", "up", "down", "back"]


def test_pausing_one_and_all_of_mine(call, alice, bob, take):
    one, _two, other = take(alice), take(alice), take(bob)
    assert call("post", f"/generations/{one.pk}/pause").json()["paused"] is True
    assert call("post", f"/generations/{other.pk}/pause").status_code == 403
    assert call("post", "/queue/pause").json() == {"count": 1}
    assert [row["place"] for row in call.read("/queue")["waiting"]] == [None, None]
    assert call("post", "/queue/unpause").json() == {"count": 2}
    assert call("post", f"/generations/{one.pk}/unpause").status_code == 409


def test_news_until_they_are_marked_as_seen(call, alice, bob, take):
    ended = [take(author, status=Status.COMPLETED, news_at=timezone.now()) for author in (alice, alice, bob)]
    assert call.read("/news")["unseen"] == 2
    assert call("post", "/news/seen", {"takes": [str(one.pk) for one in ended[1:]]}).json() == {"count": 1}
    assert [one["id"] for one in call.read("/news")["items"]] == [str(ended[0].pk)]
    assert call("post", "/news/seen", {}).json() == {"count": 1}
    assert call.read("/news") == {"items": [], "said": [], "unseen": 0}


def test_the_choice_is_read_and_kept_and_mail_only_where_it_can_arrive(call, alice, settings):
    wish = {"which": "trouble", "sound": True, "notify": False, "digest": "daily"}
    assert call.read("/watching") == {
        "which": "all",
        "sound": False,
        "notify": False,
        "title": True,
        "toasts": True,
        "digest": "never",
        "mail": False,
    }
    assert call("put", "/watching", wish).json()["error"]["field"] == "digest"
    settings.MAIL = True
    assert call("put", "/watching", {**wish, "title": False}).json()["title"] is False
    kept = {"title": False, "toasts": True, "mail": True}  # what a caller leaves out stays as it is
    assert call("put", "/watching", wish).json() == {**wish, **kept}
    assert Watching.objects.get(user=alice).digest == Digest.DAILY
