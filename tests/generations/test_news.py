"""What is news to the author of a take, until when, and what the bell and the header say of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Generation, Membership, Notification, Status, Which
from generations.services import attempts, comments, decide, endings, news, notify, watching
from generations.services.transitions import move, touch
from generations.services.writers import Writer
from generations.telling import news as words
from generations.telling import said
from providers.gateways.values import Failure, FailureClass
from providers.ids import new_id
from tests.factories import make_model, make_take_row
from tests.generations.notes import make_clip

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
HX = {"HX-Request": "true"}


@pytest.fixture
def take(project: Any) -> Any:
    model = make_model()

    def make(author: Any, **values: Any) -> Generation:
        return make_take_row(project=project, model=model, author=author, **values)

    return make


def completed(take: Generation) -> Generation:
    move(take, Status.COMPLETED, frm=[take.status], kind="stored", completed_at=timezone.now())
    return take


def unseen(user: Any, which: str = Which.ALL) -> set[Any]:
    return set(news.unseen_by(user, which).values_list("pk", flat=True))


def test_what_ends_is_news_to_its_author_alone(alice, bob, take):
    done = completed(take(alice, status=Status.STORING))
    refused = take(alice, status=Status.SUBMITTING)
    failure = Failure(FailureClass.MODERATION, "No.", billed=False)
    endings.fail(refused, failure, frm=[Status.SUBMITTING])
    assert unseen(alice) == {done.pk, refused.pk} and unseen(bob) == set()
    assert unseen(alice, Which.TROUBLE) == {refused.pk}


def test_what_waits_for_a_person_is_news_until_it_goes_on(alice, take):
    asked = take(alice, status=Status.SUBMITTING)
    move(asked, Status.NEEDS_CONSENT, frm=[Status.SUBMITTING], kind="consent asked")
    parked = take(alice)
    touch(parked, "parked", parked_at=timezone.now())
    assert unseen(alice) == {asked.pk, parked.pk}
    move(asked, Status.QUEUED, frm=[Status.NEEDS_CONSENT], kind="attested", actor=alice)
    parked.refresh_from_db()
    decide.resume(alice, parked)
    assert unseen(alice) == set()


def test_a_lost_answer_is_news_once_nobody_looks_for_it_any_more(alice, take):
    sent = take(alice, status=Status.SUBMITTING)
    move(sent, Status.UNCERTAIN, frm=attempts.SENT, kind="uncertain", next_poll_at=timezone.now())
    assert unseen(alice) == set()
    touch(sent, "not found at the gateway", next_poll_at=None)
    assert unseen(alice) == {sent.pk}


def test_ones_own_cancelling_is_no_news_but_a_colleagues_is(alice, bob, take):
    own, other = take(alice), take(alice)
    decide.cancel(alice, own)
    decide.cancel(bob, other)
    assert unseen(alice) == {other.pk}


def test_seen_is_seen_and_a_new_ending_is_news_again(alice, take):
    one = take(alice, status=Status.SUBMITTING)
    failure = Failure(FailureClass.LOST, "Gone.", billed=None)
    endings.fail(one, failure, frm=[Status.SUBMITTING])
    assert news.saw(alice, [one.pk]) == 1 and unseen(alice) == set()
    Generation.objects.filter(pk=one.pk).update(job_id="job")
    one.refresh_from_db()
    decide.resume(alice, one)
    completed(one)
    assert unseen(alice) == {one.pk}


def test_pictures_and_trash_change_nothing_about_the_news(alice, take):
    one = completed(take(alice, status=Status.STORING))
    touch(one, "trashed", actor=alice, trashed_at=timezone.now())
    assert unseen(alice) == {one.pk}


def test_nobody_marks_somebody_elses_takes(alice, bob, take, signed_in):
    one = completed(take(alice, status=Status.STORING))
    signed_in(bob).post("/news/seen", {"take": [str(one.pk), "nonsense"]})
    assert unseen(alice) == {one.pk}


def test_who_left_the_project_hears_no_more_of_it(alice, bob, project, take):
    completed(take(bob, status=Status.STORING))
    Membership.objects.filter(user=bob).delete()
    assert unseen(bob) == set() and watching.state_of(bob).unseen == 0 and watching.latest(bob, 9) == []


# --- header and bell ------------------------------------------------------------------------------


def test_the_header_counts_and_falls_to_nothing_when_seen(alice, take, signed_in):
    client = signed_in(alice)
    one = completed(take(alice, status=Status.STORING))
    take(alice, status=Status.RUNNING)
    assert "data-watch" in (page := client.get("/").content.decode()) and 'data-version=""' in page
    told = client.get("/watch", headers=HX).content.decode()
    assert 'data-unseen="1"' in told and 'data-flying="1"' in told and 'data-said="✓ 1 done"' in told
    answer = client.post("/news/seen", {"take": str(one.pk)}, headers=HX).content.decode()
    assert 'data-unseen="0"' in answer and 'data-said=""' in answer


def test_the_poll_is_quiet_until_something_is_new(alice, take, signed_in):
    client = signed_in(alice)
    state = watching.state_of(alice)
    assert client.get("/watch", {"v": state.version}).status_code == 204
    completed(take(alice, status=Status.STORING))
    assert client.get("/watch", {"v": state.version}).status_code == 200


def test_who_wants_failures_alone_is_told_of_no_success(alice, take):
    watching.choose(alice, which=Which.TROUBLE, sound=True, notify=False, digest="never")
    completed(take(alice, status=Status.STORING))
    state = watching.state_of(alice)
    assert (state.unseen, watching.fresh(alice, state), state.choice.sound) == (0, (), True)


def test_cards_and_take_page_mark_news_for_the_author_only(alice, bob, project, take, signed_in):
    one = completed(take(alice, status=Status.STORING))
    for address in (f"/p/{project.slug}/", f"/p/{project.slug}/gallery", f"/t/{one.pk}"):
        assert f'data-news="{one.pk}"' in signed_in(alice).get(address).content.decode(), address
        assert "data-news=" not in signed_in(bob).get(address).content.decode(), address


def test_the_bell_lists_what_waits_before_what_ended(alice, take, signed_in):
    done = completed(take(alice, status=Status.STORING, prompt="Finished boat"))
    waits = take(alice, status=Status.UNCERTAIN, prompt="Uncertain boat")
    assert [one.pk for one in watching.latest(alice, 9)] == [waits.pk, done.pk]
    page = signed_in(alice).get("/news").content.decode().partition('id="news-all"')[2]
    assert page.index("Uncertain boat") < page.index("Finished boat")
    bell = signed_in(alice).get("/news", headers=HX).content.decode()
    assert "<h2>News</h2>" in bell  # alerts and limits stand there too


def test_all_can_be_marked_as_read(alice, bob, take, signed_in):
    for author in (alice, alice, bob):
        completed(take(author, status=Status.STORING))
    assert signed_in(alice).post("/news/read").url == "/news"
    assert unseen(alice) == set() and len(unseen(bob)) == 1


def test_hostile_prompts_are_escaped_in_header_and_bell(alice, take, signed_in):
    completed(take(alice, status=Status.STORING, prompt='"><script>alert(1)</script>'))
    for address in ("/watch", "/news"):
        assert "<script>alert" not in signed_in(alice).get(address).content.decode()


def test_words_of_the_title():
    assert words.title(0, 0, 0) == ""
    assert words.title(2, 0, 0) == "✓ 2 done"
    assert words.title(1, 2, 1) == "! 1 waits, ✕ 2 failed, ✓ 1 done"


def test_ten_thousand_takes_cost_the_poll_five_queries_and_the_bell_eight(alice, take, signed_in):
    one = completed(take(alice, status=Status.STORING))
    fields = {field.attname: getattr(one, field.attname) for field in Generation._meta.fields}
    seen = [{"news_at": None}] * 9_900 + [{}] * 100
    rows = [
        Generation(**{**fields, **values, "id": new_id(), "batch_id": new_id(), "job_id": f"many-{number}"})
        for number, values in enumerate(seen)
    ]
    Generation.objects.bulk_create(rows, batch_size=500)
    client = signed_in(alice)
    client.get("/watch")  # the session is written
    assert watching.state_of(alice).unseen == 101
    version = watching.state_of(alice).version
    with CaptureQueriesContext(connection) as poll:
        assert client.get("/watch", {"v": version}).status_code == 204
    with CaptureQueriesContext(connection) as bell:
        assert client.get("/news", headers=HX).status_code == 200
    assert len(poll) <= 5 and len(bell) <= 8, (len(poll), len(bell))


def test_what_came_after_the_page_was_drawn_is_not_marked_as_read(signed_in, alice, take):
    first, client = completed(take(alice, status=Status.STORING)), signed_in(alice)
    until = re.search(r'name="until" value="([^"]+)"', client.get("/news").content.decode())[1]
    second = completed(take(alice, status=Status.STORING))
    client.post("/news/read", {"until": until})
    assert unseen(alice) == {second.pk} and first.news_at.isoformat() == until
    for nonsense in ("tomorrow", "2026-01-01", "9999-12-31T23:59:59+00:00"):
        completed(take(alice, status=Status.STORING))
        assert client.post("/news/read", {"until": nonsense}).status_code == 302
        assert not unseen(alice)


# --- what others said -----------------------------------------------------------------------------


def test_what_others_said_is_counted_shown_and_seen_with_the_take(alice, bob, project, signed_in):
    clip = make_clip(project, prompt="A quiet harbour")
    note = comments.write(Writer(person=bob), clip, body="@alice <b>darker</b>", frame=3)
    gone = comments.write(Writer(person=bob), clip, body="wrong")
    comments.delete(Writer(person=bob), gone)
    notify.tell(
        [alice.pk], Notification.Kind.DECISION, Writer(person=bob), clip, detail={"review": "approved"}
    )
    watching.choose(alice, which=Which.TROUBLE, digest="never")
    state = watching.state_of(alice)
    assert (state.said, state.unseen) == (3, 3) and watching.state_of(bob).unseen == 0
    caller = signed_in(alice)
    bell = caller.get("/news", headers=HX).content.decode()
    for expected in (
        "Bob Baker named you in a note",
        "@alice &lt;b&gt;darker&lt;/b&gt;",
        f'href="/t/{clip.pk}#note-{note.pk}"',
        "The note was deleted.",
        "Bob Baker decided on a take of yours",
        "Approved",
    ):
        assert expected in bell
    assert bell.count("unread") == 6  # the mark in each item as well
    caller.post("/news/seen", {"take": clip.pk})
    assert watching.state_of(alice).unseen == 0 and "unread" not in caller.get("/news").content.decode()


def test_read_all_leaves_what_came_since(alice, bob, project, signed_in):
    clip, caller = make_clip(project), signed_in(alice)
    comments.write(Writer(person=bob), clip, body="one")
    until = re.findall(r'name="until" value="([^"]+)"', caller.get("/news").content.decode())[0]
    comments.write(Writer(person=bob), clip, body="two")
    caller.post("/news/read", {"until": until})
    assert watching.state_of(alice).said == 1


def test_whoever_left_hears_no_more(alice, bob, project):
    clip = make_clip(project)
    comments.write(Writer(person=alice), clip, body="@bob look")
    assert watching.state_of(bob).said == 1
    Membership.objects.filter(project=project, user=bob).delete()
    assert watching.state_of(bob).said == 0


@pytest.mark.parametrize(
    "kind", sorted({*Notification.Kind} - {*Notification.OF_LIMITS, *Notification.OF_ALERTS})
)
def test_every_kind_has_its_words(alice, bob, project, kind):
    notify.tell([alice.pk], kind, Writer(person=bob), make_clip(project, prompt="A pier"))
    told = said.of(watching.heard(alice).get())
    assert told["word"].startswith("Bob Baker ") and told["prompt"] == "A pier" and told["icon"]
