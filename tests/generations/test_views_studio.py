"""The studio page and its feed: who sees what, how many queries, what the version notices."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Draft, Event, Generation, Role, Status
from generations.services import feed
from generations.services.transitions import record, touch
from tests.factories import add_member, make_model, make_take_row

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7|add:7 }} \u202egpj.exe"


@pytest.fixture
def model() -> Any:
    return make_model()


@pytest.fixture
def person_in(project: Any, make_person: Any) -> Any:
    def make(role: str) -> Any:
        person = make_person(f"a-{role}")
        add_member(project, person, role)
        return person

    return make


@pytest.mark.parametrize("role", Role.values)
def test_every_member_sees_the_page(signed_in: Any, person_in: Any, project: Any, model: Any, role: str):
    reply = signed_in(person_in(role)).get(f"/p/{project.slug}/")
    assert reply.status_code == 200
    composes = role in (Role.OWNER, Role.EDITOR)
    assert ('id="composer"' in reply.content.decode()) is composes


def test_stranger_gets_404_for_page_and_feed(signed_in: Any, charlie: Any, project: Any):
    client = signed_in(charlie)
    assert client.get(f"/p/{project.slug}/").status_code == 404
    assert client.get(f"/p/{project.slug}/feed").status_code == 404


def test_administrator_sees_every_project(signed_in: Any, admin: Any, project: Any):
    assert signed_in(admin).get(f"/p/{project.slug}/").status_code == 200


def test_without_any_model_the_composer_says_so_and_breaks_nothing(signed_in: Any, bob: Any, project: Any):
    reply = signed_in(bob).get(f"/p/{project.slug}/")
    assert reply.status_code == 200


def test_who_comes_back_to_the_composer_finds_it_focused(signed_in: Any, bob: Any, project: Any, model: Any):
    make_take_row(project=project, model=model, author=bob, status="completed")
    client, path = signed_in(bob), f"/p/{project.slug}/"
    focused = [client.get(path + tail).context["composer"]["focus"] for tail in ("", "?focus")]
    assert focused == [False, True]


def test_first_run_focuses_the_composer_with_its_draft(signed_in: Any, bob: Any, project: Any, model: Any):
    Draft.objects.create(user=bob, project=project, body={"prompt": "A boat"})
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert "autofocus" in page and ">A boat</textarea>" in page


def test_drafts_are_private(signed_in: Any, alice: Any, bob: Any, project: Any, model: Any):
    Draft.objects.create(user=alice, project=project, body={"prompt": "Alice's secret"})
    assert "Alice&#x27;s secret" not in signed_in(bob).get(f"/p/{project.slug}/").content.decode()


def test_hostile_words_are_escaped(signed_in: Any, bob: Any, project: Any, model: Any):
    project.name = HOSTILE
    project.save()
    make_take_row(project=project, model=model, prompt=HOSTILE)
    make_take_row(project=project, model=model, prompt=HOSTILE, status=Status.FAILED, failure_message=HOSTILE)
    Draft.objects.create(user=bob, project=project, body={"prompt": HOSTILE, "negative_prompt": HOSTILE})
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    assert " style=" not in page and "{{ 7" in page


@pytest.mark.parametrize("status", Status.values)
def test_every_status_has_a_card(signed_in: Any, bob: Any, project: Any, model: Any, status: str):
    take = make_take_row(project=project, model=model, status=status)
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert f'id="take-{take.pk}"' in page


def test_cards_offer_only_what_the_role_may(
    signed_in: Any, person_in: Any, bob: Any, project: Any, model: Any
):
    take = make_take_row(project=project, model=model, status=Status.UNCERTAIN)
    path = f"/p/{project.slug}/feed"
    assert "Submit again…" in signed_in(bob).get(path).content.decode()
    assert f"/t/{take.pk}/resolve" not in signed_in(person_in(Role.REVIEWER)).get(path).content.decode()


def test_cards_of_an_archived_project_offer_nothing_that_costs(
    signed_in: Any, bob: Any, project: Any, model: Any
):
    failed = make_take_row(project=project, model=model, status=Status.FAILED)
    lost = make_take_row(project=project, model=model, status=Status.UNCERTAIN)
    offers = (f"/t/{failed.pk}/retry", f"/t/{failed.pk}/edit", "Submit again…", f"/t/{lost.pk}/resolve")
    here = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert all(words in here for words in offers)
    type(project).objects.filter(pk=project.pk).update(archived_at=timezone.now())
    page = signed_in(bob).get(f"/p/{project.slug}/").content.decode()
    assert [words in page for words in offers] == [False, False, False, True]  # dropping stays


def test_waiting_for_a_person_stands_before_what_runs(project: Any, model: Any):
    make_take_row(project=project, model=model, status=Status.NEEDS_CONSENT)
    newest = make_take_row(project=project, model=model, status=Status.RUNNING)
    statuses = [take.status for take in feed.first_page(project).flying]
    assert statuses == [Status.NEEDS_CONSENT, newest.status]


def test_a_take_that_ends_while_the_feed_is_read_stands_in_it_once(project, monkeypatch):
    take, read = make_take_row(project=project, status="running"), feed._page

    def late(*asked: Any) -> Any:
        Generation.objects.filter(pk=take.pk).update(status=Status.COMPLETED)
        return read(*asked)

    monkeypatch.setattr(feed, "_page", late)
    page = feed.first_page(project)
    assert (page.flying, [one.pk for one in page.takes]) == ([], [take.pk])


# --- version --------------------------------------------------------------------------------------


def version(client: Any, project: Any) -> str:
    page = client.get(f"/p/{project.slug}/feed").content.decode()
    return page.split('data-version="')[1].split('"')[0]


def test_the_version_shown_gives_204(signed_in: Any, bob: Any, project: Any, model: Any):
    make_take_row(project=project, model=model)
    client = signed_in(bob)
    assert client.get(f"/p/{project.slug}/feed", {"v": version(client, project)}).status_code == 204


def test_an_event_changes_the_version(signed_in: Any, bob: Any, project: Any, model: Any):
    take = make_take_row(project=project, model=model, status=Status.COMPLETED)
    client = signed_in(bob)
    before = version(client, project)
    touch(take, "trashed", trashed_at=timezone.now())
    assert client.get(f"/p/{project.slug}/feed", {"v": before}).status_code == 200


def test_progress_without_an_event_changes_the_version(signed_in: Any, bob: Any, project: Any, model: Any):
    take = make_take_row(project=project, model=model, status=Status.RUNNING)
    client = signed_in(bob)
    before = version(client, project)
    Generation.objects.filter(pk=take.pk).update(progress=0.5, changed_at=timezone.now())
    assert version(client, project) != before


def test_an_event_that_commits_late_with_a_lower_id_is_noticed(
    signed_in: Any, bob: Any, project: Any, model: Any
):
    take = make_take_row(project=project, model=model, status=Status.COMPLETED)
    for _number in range(3):
        record(take.pk, project.pk, "noted")
    late = Event.objects.order_by("id")[1]
    Event.objects.filter(pk=late.pk).delete()
    client = signed_in(bob)
    before = version(client, project)
    late.save(force_insert=True)
    assert version(client, project) != before


def test_events_of_another_project_change_nothing(signed_in: Any, bob: Any, project: Any, model: Any):
    client = signed_in(bob)
    before = version(client, project)
    other = make_take_row(model=model)
    record(other.pk, other.project_id, "noted")
    assert version(client, project) == before


# --- pages and queries ----------------------------------------------------------------------------


def many(project: Any, model: Any, count: int) -> None:
    fields = {"project": project, "model": model, "account": model.account, "author": project.created_by}
    words = {
        "mode": "text_to_video",
        "prompt": "A boat",
        "request": {"aspect_ratio": "16:9"},
        "request_sha256": "0" * 64,
    }
    done = {"status": Status.COMPLETED, "completed_at": timezone.now()}
    Generation.objects.bulk_create(
        [Generation(**fields, **words, **done) for _ in range(count)], batch_size=900
    )


def test_ten_thousand_takes_cost_fourteen_queries_and_an_unchanged_feed_three(
    signed_in: Any, bob: Any, project: Any, model: Any
):
    many(project, model, 10_000)
    make_take_row(project=project, model=model, status=Status.QUEUED)
    make_take_row(project=project, model=model, status=Status.RUNNING)
    client = signed_in(bob)
    client.get(f"/p/{project.slug}/")  # the session is written and the usual times are reckoned once
    with CaptureQueriesContext(connection) as page:
        assert client.get(f"/p/{project.slug}/").status_code == 200
    assert len(page) <= 14, "\n".join(query["sql"][:150] for query in page.captured_queries)
    shown = version(client, project)
    with CaptureQueriesContext(connection) as poll:
        assert client.get(f"/p/{project.slug}/feed", {"v": shown}).status_code == 204
    assert len(poll) <= 3


def test_older_pages_follow_without_gap_or_double(project: Any, model: Any):
    many(project, model, feed.PAGE * 2 + 5)
    page = feed.first_page(project)
    seen = [take.pk for take in page.takes]
    while page.before:
        page = feed.older_page(project, page.before)
        seen += [take.pk for take in page.takes]
    assert len(seen) == len(set(seen)) == feed.PAGE * 2 + 5


def test_a_batch_is_never_cut_in_two(project: Any, model: Any):
    many(project, model, feed.PAGE - 2)
    batch = make_take_row(project=project, model=model, status=Status.COMPLETED)
    oldest = Generation.objects.filter(project=project).order_by("id")[:4]
    Generation.objects.filter(pk__in=[take.pk for take in oldest]).update(batch_id=batch.batch_id)
    many(project, model, 1)
    page = feed.first_page(project)
    assert len(page.takes) == feed.PAGE and page.before is None


def test_the_live_part_keeps_what_it_began_with(project: Any, model: Any):
    many(project, model, feed.PAGE + 10)
    since = feed.first_page(project).since
    many(project, model, 5)
    page = feed.first_page(project, since)
    assert page.since == since and len(page.takes) == feed.PAGE + 5


def test_a_bad_cursor_is_the_first_page(signed_in: Any, bob: Any, project: Any):
    reply = signed_in(bob).get(f"/p/{project.slug}/feed", {"before": "x' OR 1=1", "since": "nonsense"})
    assert reply.status_code == 200
