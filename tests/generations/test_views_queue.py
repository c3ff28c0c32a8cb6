"""The queue page: who sees which takes, in what order, by how many queries; and what its buttons answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Generation, Membership, Status
from generations.services import line, queue, starts
from generations.services.transitions import touch
from providers.ids import new_id
from tests.factories import make_model, make_project, make_take_row

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def model() -> Any:
    return make_model()


@pytest.fixture
def take(project: Any, model: Any) -> Any:
    def make(author: Any, **values: Any) -> Generation:
        return make_take_row(project=values.pop("project", project), model=model, author=author, **values)

    return make


def shown(client: Any, **query: str) -> list[str]:
    """The ids of the rows, from top to bottom."""
    return re.findall(r'id="q-([0-9a-f-]{36})" data-queue-row', client.get("/queue", query).content.decode())


def test_mine_shows_mine_and_team_shows_all_that_i_may_see(signed_in, alice, bob, charlie, take):
    own, other = take(alice), take(bob)
    foreign = take(charlie, project=make_project(charlie))
    assert shown(signed_in(alice)) == [str(own.pk)]
    assert set(shown(signed_in(alice), who="team")) == {str(own.pk), str(other.pk)}
    assert shown(signed_in(charlie), who="team") == [str(foreign.pk)]


def test_what_waits_for_a_person_stands_first_then_what_runs_then_the_line(signed_in, alice, take):
    queued, running = take(alice), take(alice, status=Status.RUNNING)
    asked = take(alice, status=Status.NEEDS_CONSENT)
    assert shown(signed_in(alice)) == [str(one.pk) for one in (asked, running, queued)]


def test_the_line_is_shown_in_the_dispatchers_order_with_its_numbers(signed_in, alice, bob, take, model):
    takes = [take(alice), take(alice), take(bob), take(alice)]
    queue.move(alice, takes[3], "front")
    order = line.order(model.account_id, takes[0].created_at, 10)
    assert shown(signed_in(alice), who="team") == [str(pk) for pk in order]
    page = signed_in(alice).get("/queue").content.decode()
    assert re.findall(r"Place in line</span>(\d+)", page) == ["1", "3", "4"]


def test_a_take_that_is_sent_while_the_page_is_read_stands_there_once(signed_in, alice, take, monkeypatch):
    queued, reckon = take(alice), starts.expected_s

    def while_it_is_sent(*given: Any) -> Any:
        Generation.objects.update(status=Status.SUBMITTING)
        return reckon(*given)

    monkeypatch.setattr(starts, "expected_s", while_it_is_sent)
    assert shown(signed_in(alice)) == [str(queued.pk)]


def test_a_place_counts_takes_that_one_may_not_see(signed_in, alice, charlie, take):
    take(charlie, project=make_project(charlie))
    take(alice)
    page = signed_in(alice).get("/queue", {"who": "team"}).content.decode()
    assert "Number 2 in line." in page


def test_who_left_the_project_does_not_see_their_take_any_more(signed_in, bob, project, take):
    take(bob)
    Membership.objects.filter(user=bob, project=project).delete()
    assert shown(signed_in(bob)) == []


def test_a_paused_take_says_who_paused_it_and_what_becomes_of_the_money(signed_in, alice, bob, take):
    queue.pause(alice, take(alice))
    for client in (signed_in(alice), signed_in(bob)):
        page = client.get("/queue", {"who": "team"}).content.decode()
        assert "Alice Archer paused it. It keeps its turn and is not sent." in page
        assert "$0.75 is held; cancelling releases it." in page
    assert "Go on with 1 paused" in signed_in(alice).get("/queue").content.decode()


def test_only_the_author_is_offered_moves_and_pauses(signed_in, alice, bob, take):
    one = take(alice)
    assert f"/t/{one.pk}/pause" in signed_in(alice).get("/queue").content.decode()
    page = signed_in(bob).get("/queue", {"who": "team"}).content.decode()
    assert f"/t/{one.pk}/pause" not in page and f"/t/{one.pk}/cancel" in page


def test_who_spends_is_offered_to_let_a_paused_take_go_on(signed_in, alice, bob, project, take):
    one = take(alice)
    queue.pause(alice, one)
    for page in ("/queue?who=team", f"/p/{project.slug}/", f"/t/{one.pk}"):
        for person in (alice, bob):
            words = signed_in(person).get(page).content.decode()
            assert words.count(f'hx-post="/t/{one.pk}/unpause"') + words.count(
                f'action="/t/{one.pk}/unpause"'
            )
    project.archived_at = timezone.now()
    project.save()
    assert f"/t/{one.pk}/unpause" not in signed_in(bob).get(f"/t/{one.pk}").content.decode()
    assert "Go on with 1 paused" not in signed_in(alice).get("/queue").content.decode()


def test_who_waits_beyond_the_numbers_is_told_so(signed_in, alice, project, take, monkeypatch):
    monkeypatch.setattr(line, "MOST_EACH", 2)
    for _ in range(3):
        take(alice)
    for page in ("/queue", f"/p/{project.slug}/"):
        html = signed_in(alice).get(page).content.decode()
        words = ("Next in line.", "Number 2 in line.", "Far back in line.", "Starts in a moment.")
        assert [html.count(said) for said in words] == [1, 1, 1, 0]


def test_a_take_that_is_taken_up_while_its_page_is_made_is_not_far_back(alice, take):
    one, now = take(alice), timezone.now()
    assert not line.is_far_back(one, {}, now)
    assert line.is_far_back(one, {new_id(): 1 for _ in range(line.MOST_EACH)}, now)


def test_buttons_answer_htmx_with_204_and_a_plain_form_with_its_page(signed_in, alice, take):
    take(alice)
    one, client = take(alice), signed_in(alice)
    assert client.post(f"/t/{one.pk}/move", {"to": "front"}, headers=HX).status_code == 204
    assert client.post(f"/t/{one.pk}/pause", headers=HX)["HX-Trigger"]
    assert client.post(f"/t/{one.pk}/unpause").url == "/queue"
    assert client.post(f"/t/{one.pk}/move", {"to": "moon"}).status_code == 422
    assert client.post(f"/t/{one.pk}/unpause").status_code == 409


def test_the_poll_answers_204_until_something_that_is_shown_changes(signed_in, alice, charlie, take, model):
    one, client = take(alice), signed_in(alice)

    def version() -> str:
        return re.search(r'data-version="(\w+)"', client.get("/queue/live").content.decode()).group(1)

    seen = version()
    assert client.get("/queue/live", {"v": seen}).status_code == 204
    touch(one, "resumed")
    assert client.get("/queue/live", {"v": seen}).status_code == 200
    seen = version()
    Generation.objects.filter(pk=one.pk).update(progress=0.5)  # nothing without its time
    assert client.get("/queue/live", {"v": seen}).status_code == 204
    model.account.max_in_flight += 1
    model.account.save()
    assert client.get("/queue/live", {"v": seen}).status_code == 200


def many(take: Generation, count: int, **values: Any) -> None:
    fields = {field.attname: getattr(take, field.attname) for field in Generation._meta.fields}
    rows = [Generation(**{**fields, **values, "id": new_id(), "batch_id": new_id()}) for _ in range(count)]
    Generation.objects.bulk_create(rows, batch_size=500)


@pytest.mark.parametrize("who", ["mine", "team"])
def test_ten_thousand_takes_cost_the_queue_a_fixed_number_of_queries(signed_in, alice, bob, take, who):
    one = take(alice)
    take(bob), take(alice, status=Status.RUNNING), take(alice, status=Status.UNCERTAIN)
    client = signed_in(alice)
    client.get("/queue", {"who": who})
    with CaptureQueriesContext(connection) as few:
        client.get("/queue", {"who": who})
    many(one, 2_000)
    many(one, 8_000, status=Status.COMPLETED, ended_at=one.created_at)
    with CaptureQueriesContext(connection) as page:
        reply = client.get("/queue", {"who": who})
    assert reply.content.count(b"data-queue-row") <= 150 and b"more in line" in reply.content
    assert len(page) <= len(few) + 1 <= 25, [query["sql"][:100] for query in page.captured_queries]
    seen = re.search(r'data-version="(\w+)" data-busy', reply.content.decode()).group(1)
    with CaptureQueriesContext(connection) as poll:
        assert client.get("/queue/live", {"who": who, "v": seen}).status_code == 204
    assert len(poll) <= 7
