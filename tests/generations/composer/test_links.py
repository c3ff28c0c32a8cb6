"""A link asked for in the composer: fetched by the same service as a take's, and looked at by its owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generations.models import InputLink
from generations.services import links
from tests.factories import make_asset, make_take_row

pytestmark = pytest.mark.django_db
URL = "https://example.com/gull.png?key=secret"


@pytest.fixture
def asked(send: Any) -> Any:
    answer = send("links", url=URL)
    assert answer.status_code == 202 and answer.json()["words"] == "Fetching the input from example.com…"
    return answer.json()["look"]


def test_a_link_waits_then_answers_as_an_upload(asked: str, signed_in: Any, bob: Any, project: Any) -> None:
    client = signed_in(bob)
    assert client.get(asked, {"slot": "first_frame"}).status_code == 202
    asset = make_asset(project=project, name="gull.png")
    InputLink.objects.update(asset=asset, done_at=timezone.now())
    answer = client.get(asked, {"slot": "first_frame"})
    assert (answer.status_code, answer.json()["id"]) == (200, str(asset.pk))
    assert client.get(asked, {"slot": "source_video"}).json()["error"] == "Only clips here: MP4, MOV or WEBM."


def test_a_link_that_failed_says_why(asked: str, signed_in: Any, bob: Any) -> None:
    InputLink.objects.update(problem="It could not be fetched.", done_at=timezone.now())
    answer = signed_in(bob).get(asked, {"slot": "first_frame"})
    assert (answer.status_code, answer.json()["error"]) == (422, "It could not be fetched.")


def test_nobody_else_sees_a_persons_link(asked: str, signed_in: Any, alice: Any, charlie: Any) -> None:
    for person in (alice, charlie):
        assert signed_in(person).get(asked, {"slot": "first_frame"}).status_code == 404


@pytest.mark.parametrize("url", ["", "http://example.com/a.png", "javascript:alert(1)"])
def test_what_is_no_https_address_is_not_asked_for(send: Any, url: str) -> None:
    assert send("links", url=url).status_code == 422
    assert not InputLink.objects.exists()


def test_links_are_forgotten_after_a_day(asked: str, project: Any) -> None:
    waits = make_take_row(project=project, awaits_inputs=True)
    links.ask_for(project, project.created_by, URL, waits.batch_id)
    InputLink.objects.update(created_at=timezone.now() - timedelta(days=2))
    links.ask_for(project, project.created_by, URL)
    links.prune(timezone.now())
    assert sorted(str(link.batch_id) for link in InputLink.objects.all()) == sorted(
        [str(waits.batch_id), "None"]
    )
