"""A soft limit: who is told, how often, and that nothing of it stands in the way of the take."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction

from generations import digest, tasks
from generations.models import Generation, Notification, Watching
from generations.services import limit_news, mailing
from generations.services.create import hold_for
from generations.telling import said
from generations.watch import bell_of
from providers import ledger, limits, quotas
from providers.models import QuotaCounter
from tests.factories import make_model, make_quota, make_take_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_one(project: Any, bob: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """A take of bob's, at $0.75."""
    model = make_model()

    def make(author: Any = bob) -> Generation:
        with django_capture_on_commit_callbacks(execute=True):
            return make_take_row(project=project, author=author, model=model)

    return make


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind="limit").select_related("person").order_by("id")
    return [(row.person.username, row.detail["words"]) for row in rows]


def test_reaching_it_tells_who_did_and_who_can_lift_it_once_a_period(project, make_one, bob, admin, producer):
    quota = make_quota(
        3, measure="money", scope="project", scope_id=project.pk, soft_limit=Decimal("1.50"), period="month"
    )
    with time_machine.travel("2026-03-30T12:00:00Z", tick=False):
        make_one()
        assert not told()
        make_one()
        make_one()
    words = "Project Harbour film: $1.50 of $3.00 used this month"
    assert sorted(told()) == [("admin", words), ("bob", words), ("producer", words)]
    with time_machine.travel("2026-04-01T00:00:00Z", tick=False):
        make_one()
        make_one()
    assert len(told()) == 6
    limits.change(quota, Decimal(9), Decimal(8))  # not reached any more: it warns again
    assert not QuotaCounter.objects.exclude(warned_at=None).exists()


def test_a_role_warns_of_the_person_whose_counter_it_is(make_one, bob, alice, admin):
    make_quota(3, scope="role", role="member", soft_limit=1)
    make_one(alice)
    make_quota(9, scope="person", scope_id=bob.pk)  # bob has a limit of his own: the role's does not ask
    make_one()
    words = "Each member, Alice Archer: 1 of 3 takes used in all"
    assert told() == [("alice", words), ("admin", words)] or told() == [("admin", words), ("alice", words)]


def test_a_take_that_a_limit_refuses_warns_nobody(make_one, bob):
    make_quota(2, soft_limit=1)
    make_quota(0, scope="person", scope_id=bob.pk)
    with pytest.raises(quotas.QuotaExceeded), transaction.atomic():
        make_one()
    assert not told() and not QuotaCounter.objects.exclude(warned_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_the_take_is_made_whatever_becomes_of_the_warning(monkeypatch):
    tried = []
    monkeypatch.setattr(limit_news, "_warn", lambda *given: tried.append(given) or 1 / 0)
    take = make_take_row(hold=False)
    make_quota(2, soft_limit=1)
    with transaction.atomic():
        hold_for(take, take.author)
    assert len(tried) == 1 and ledger.open_holds().filter(take_id=take.pk).exists()


def test_the_bell_shows_it_and_seeing_it_there_counts(make_one, bob, signed_in):
    make_quota(2, soft_limit=1)
    make_one()
    row = Notification.objects.get(person=bob)
    (item,) = [one for one in bell_of(bob, 12, short=True)["items"] if one["id"] == row.pk]
    assert item["word"] == "A limit is nearly used up" and item["url"] == "/limits/" and item["is_news"]
    client = signed_in(bob)
    assert "1 of 2 takes used in all" in client.get("/news").content.decode()
    assert client.post("/news/seen", {"take": str(row.pk)}).status_code == 200
    row.refresh_from_db()
    assert row.seen_at is not None


def test_mail_goes_out_once_and_not_again_in_the_digest(make_one, bob, settings, monkeypatch):
    settings.MAIL, settings.PUBLIC_URL = True, "https://studio.example"
    rung: list[str] = []
    monkeypatch.setattr(limit_news, "ring", lambda task, pk: rung.append(str(pk)))
    make_quota(2, soft_limit=1)
    make_one()
    for _run in range(2):
        tasks.mail_limit_news(rung[0])
    (letter,) = mail.outbox
    assert letter.to == ["bob@example.com"] and "https://studio.example/limits/" in letter.body
    assert "1 of 2 takes used in all" in letter.body
    row = Watching.objects.create(user=bob, digest="hourly")
    with time_machine.travel("2036-01-01"):
        assert not digest.mail_digest(str(row.pk))
        Notification.objects.update(mailed_at=None)  # it could not go out: the digest has it
        assert digest.mail_digest(str(row.pk)) and len(mail.outbox) == 2
    monkeypatch.setattr(mailing, "send_mail", lambda *_a: (_ for _ in ()).throw(OSError("away")))
    Notification.objects.update(mailed_at=None)
    assert not limit_news.mail(rung[0])
    assert Notification.objects.get().mailed_at is None
    assert said.of(Notification.objects.get())["project"] == ""


def test_the_composer_shows_it_beside_the_price(project, bob, signed_in):
    model = make_model()
    quota = make_quota(20, measure="money", scope="person", scope_id=bob.pk, period="month", soft_limit=10)
    asks = {"prompt": "A boat", "model": str(model.pk), "duration_s": "5", "resolution": "720p", "count": "1"}
    client = signed_in(bob)

    def quote() -> Any:
        return client.post(f"/p/{project.slug}/composer/price", asks).json()

    assert quote()["near"] == ""
    QuotaCounter.objects.filter(quota=quota).update(used_micro=18_000_000)
    assert quote()["near"] == "$18.00 of $20.00 used this month" and quote()["more_url"] == ""
    QuotaCounter.objects.filter(quota=quota).update(used_micro=19_500_000)
    assert quote()["closed"] and quote()["more_url"] == f"/limits/{quota.pk}/ask"
    answer = client.post(
        f"/p/{project.slug}/generate",
        {**asks, "shown_usd": "9", "idempotency_key": "k"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422 and f'href="/limits/{quota.pk}/ask"' in answer.content.decode()
    model.price_rule = {}
    model.save()
    assert quote()["closed"] and quote()["more_url"] == "", "more is no help without a price"
