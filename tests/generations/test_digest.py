"""The mail digest: what was not seen, once, to those who want it, and nothing when there is nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django_q.models import Schedule

from generations import digest
from generations.models import Digest, Generation, Membership, Notification, Status, Watching, Which
from generations.services import comments, news, watching
from generations.services import ring as ringing
from generations.services.writers import Writer
from tests.factories import make_model, make_take_row
from tests.generations.notes import make_clip
from videostudio.supervisor import prepare

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def with_mail(settings: Any) -> None:
    settings.MAIL, settings.PUBLIC_URL = True, "https://studio.example"


@pytest.fixture
def take(project: Any) -> Any:
    """A take of which there is news since ``ago``."""
    model = make_model()

    def make(author: Any, ago: timedelta = timedelta(minutes=30), **values: Any) -> Generation:
        values = {"status": Status.COMPLETED, "news_at": timezone.now() - ago, **values}
        return make_take_row(project=project, model=model, author=author, **values)

    return make


def wants(
    user: Any, rhythm: str = Digest.HOURLY, which: str = Which.ALL, mailed_ago: timedelta = HOUR
) -> None:
    watching.choose(user, which=which, sound=False, notify=False, digest=rhythm)
    Watching.objects.filter(user=user).update(mailed_until=timezone.now() - mailed_ago)


def test_what_was_not_seen_is_mailed_as_text_and_html(alice, take):
    wants(alice)
    done = take(alice, prompt="A <boat> & a gull")
    refused = take(alice, status=Status.FAILED, prompt="A corridor")
    assert digest.mail_digest(str(alice.pk))
    (sent,) = mail.outbox
    html = sent.alternatives[0][0]
    assert sent.to == ["alice@example.com"] and sent.subject.startswith("2 takes ended or wait for you")
    assert "Done: A <boat> & a gull" in sent.body and f"https://studio.example/t/{done.pk}" in sent.body
    assert "The prompt was refused. Not charged." in sent.body
    assert "A &lt;boat&gt; &amp; a gull" in html and f'href="https://studio.example/t/{refused.pk}"' in html
    assert "https://studio.example/me#hearing" in sent.body and "https://studio.example/me#hearing" in html


def test_nothing_is_sent_when_everything_was_seen(alice, take):
    wants(alice)
    news.saw(alice, [take(alice).pk])
    assert not digest.mail_digest(str(alice.pk)) and mail.outbox == []


def test_each_piece_of_news_is_in_one_mail_only(alice, take):
    wants(alice)
    take(alice)
    assert digest.mail_digest(str(alice.pk))
    Watching.objects.filter(user=alice).update(digest=Digest.HOURLY)
    assert not digest.mail_digest(str(alice.pk))
    late = Watching.objects.get(user=alice).mailed_until
    assert timezone.now() - late < HOUR and len(mail.outbox) == 1


def test_what_became_known_a_moment_ago_waits_for_the_next_mail(alice, take):
    wants(alice)
    take(alice, ago=timedelta(minutes=1))
    assert not digest.mail_digest(str(alice.pk))


def test_news_of_before_the_digest_was_ordered_is_in_no_mail(alice, take):
    take(alice, ago=timedelta(days=2))
    watching.choose(alice, which=Which.ALL, sound=False, notify=False, digest=Digest.DAILY)
    Watching.objects.filter(user=alice).update(mailed_until=timezone.now() - timedelta(days=1))
    assert not digest.mail_digest(str(alice.pk))


def test_only_failures_for_those_who_want_only_failures(alice, take):
    wants(alice, which=Which.TROUBLE)
    take(alice, prompt="Went well")
    assert not digest.mail_digest(str(alice.pk))
    take(alice, status=Status.UNCERTAIN, prompt="Nobody knows")
    assert digest.mail_digest(str(alice.pk))
    assert "Nobody knows" in mail.outbox[0].body and "Went well" not in mail.outbox[0].body


def test_who_left_the_project_gets_no_prompts_of_it(bob, take):
    wants(bob)
    take(bob)
    Membership.objects.filter(user=bob).delete()
    assert not digest.mail_digest(str(bob.pk))


def test_a_mail_that_could_not_be_sent_is_tried_again(alice, take, settings):
    wants(alice)
    take(alice)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert not digest.mail_digest(str(alice.pk))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert digest.mail_digest(str(alice.pk)) and len(mail.outbox) == 1


def test_hundreds_are_one_mail_with_the_rest_counted(alice, take):
    wants(alice)
    for _ in range(digest.MOST_LISTED + 3):
        take(alice, hold=False)
    assert digest.mail_digest(str(alice.pk))
    assert "and 3 more" in mail.outbox[0].body
    assert mail.outbox[0].body.count("/t/") == digest.MOST_LISTED


@pytest.mark.parametrize(
    ("rhythm", "hours", "rung"),
    [
        (Digest.HOURLY, 0.5, False),
        (Digest.HOURLY, 1, True),
        (Digest.DAILY, 5, False),
        (Digest.DAILY, 24, True),
        (Digest.NEVER, 99, False),
    ],
)
def test_who_is_due_follows_their_rhythm(
    alice, rhythm, hours, rung, monkeypatch, django_capture_on_commit_callbacks
):
    wants(alice, rhythm, mailed_ago=timedelta(hours=hours))
    heard: list[Any] = []
    monkeypatch.setattr(
        ringing, "async_task", lambda path, pk, **more: heard.append((path, pk, more["cluster"]))
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert digest.ring_due() == int(rung)
    assert heard == ([("generations.tasks.mail_digest", str(alice.pk), "studio")] if rung else [])


def test_nobody_is_rung_without_a_mail_server_an_address_or_an_account_in_use(alice, bob, settings):
    for person in (alice, bob):
        wants(person)
    alice.email = ""
    alice.save()
    bob.deactivate()
    assert digest.ring_due() == 0
    settings.MAIL = False
    assert digest.ring_due() == 0


def test_the_schedule_rings_once_an_hour_however_often_the_studio_starts():
    for _ in range(2):
        prepare.schedule_housekeeping()
    row = Schedule.objects.get(name="mail digests")
    assert (row.schedule_type, row.cluster, row.func) == ("H", "studio", prepare.DIGESTS)


# --- the person's page ------------------------------------------------------------------------------

CHOICE = {"which": "trouble", "sound": "on", "notify": "on", "digest": "daily"}


def test_a_person_chooses_on_their_page(alice, signed_in):
    assert signed_in(alice).post("/me/watching", CHOICE).status_code == 302
    row = Watching.objects.get(user=alice)
    assert (row.which, row.sound, row.notify, row.digest) == ("trouble", True, True, "daily")
    assert row.mailed_until is not None
    assert signed_in(alice).post("/me/watching", {**CHOICE, "digest": "always"}).status_code == 422


def test_without_a_mail_server_the_choice_says_so_and_stays_off(alice, signed_in, settings):
    settings.MAIL = False
    page = signed_in(alice).get("/me").content.decode()
    assert "This studio has no mail server, so it sends no mail." in page
    signed_in(alice).post("/me/watching", CHOICE)
    assert Watching.objects.get(user=alice).digest == Digest.NEVER


def test_without_an_address_the_choice_asks_for_it(alice, signed_in):
    alice.email = ""
    alice.save()
    assert "Give your e-mail address above first." in signed_in(alice).get("/me").content.decode()


def test_what_others_said_is_mailed_beside_the_takes(alice, bob, take, project):
    wants(alice)
    take(alice)
    clip = make_clip(project)
    note = comments.write(Writer(person=bob), clip, body="Darker & <b>wider</b>")
    assert digest.mail_digest(str(alice.pk))  # of the note nothing yet: she may be looking at it
    assert "Darker" not in mail.outbox[0].body
    wants(alice)
    Notification.objects.update(at=timezone.now() - timedelta(minutes=30))
    news.saw_all(alice)
    assert digest.mail_digest(str(alice.pk))
    sent = mail.outbox[1]
    assert sent.subject.startswith("1 note or decision to read ·")
    assert "Bob Baker wrote a note on a take of yours: Darker & <b>wider</b>" in sent.body
    assert f"https://studio.example/t/{clip.pk}#note-{note.pk}" in sent.body
    assert "Darker &amp; &lt;b&gt;wider&lt;/b&gt;" in sent.alternatives[0][0]
