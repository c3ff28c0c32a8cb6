"""Alerts from rows: opened once, told once, over by themselves, whoever looks and however many do at once."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.utils import timezone

from generations import tasks
from generations.models import Alert, Generation, Heartbeat, Notification, Webhook, WebhookDelivery
from generations.services import alert_facts, alert_mail, alerts, mailing, watching, webhook_sending
from generations.services.alerts import alive_cluster
from generations.telling import alarms, said
from providers import accounts, ledger
from providers.gateways.values import FailureClass
from providers.ids import first_id
from providers.models import AuditEvent, ProviderAccount
from tests.factories import make_account, make_model, make_take_row
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False) as moved:
        yield moved


@pytest.fixture(autouse=True)
def quiet(settings: Any, monkeypatch: Any) -> list[tuple[str, str]]:
    """Room on the disk, no clusters, and bells that are heard here."""
    settings.CLUSTERS = ()
    monkeypatch.setattr(alert_facts.shutil, "disk_usage", lambda _folder: Disk)
    monkeypatch.setattr(alerts, "alive_cluster", lambda _now: "studio")
    Disk.free = 900 * 10**9
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(alerts, "ring", lambda task, *_ids, cluster="": rung.append((task, cluster)))
    return rung


class Disk:
    free, total = 900 * 10**9, 1000 * 10**9


def look(clock: Any, minutes: float = 1) -> list[tuple[str, str]]:
    """Go on by so much, look, and say what is open: kind and name."""
    clock.shift(timedelta(minutes=minutes))
    assert alerts.look()
    return sorted((row.kind, row.about) for row in Alert.objects.open())


def ended(account: ProviderAccount, failed: int = 0, done: int = 0) -> None:
    now, model = timezone.now(), make_model(account=account)
    for _n in range(failed):
        make_take_row(model=model, status="failed", failure_class="provider_down", ended_at=now, hold=False)
    for _n in range(done):
        make_take_row(model=model, status="completed", ended_at=now, hold=False)


def told(person: Any) -> list[str]:
    rows = Notification.objects.filter(person=person).order_by("id")
    return [said.of(row)["word"] for row in rows]


def test_it_opens_once_tells_administrators_once_and_is_over_by_itself(clock, admin, producer, bob):
    account = make_account(name="Venice")
    ended(account, failed=5)
    for _look in range(3):
        assert look(clock) == [("failing", "Venice")]
    words = "Many takes fail at Venice"
    assert told(admin) == [words] and told(producer) == told(bob) == []
    row = Alert.objects.get()
    assert row.facts == {"ended": 5, "failed": 5} and row.last_seen_at == timezone.now()
    assert alarms.of(row).what == "5 of the last 5 takes did not come through."
    clock.shift(timedelta(minutes=1))
    ended(account, done=5)
    assert look(clock, 0.1) == [] and told(admin) == [words, f"Over: {words}"]
    row.refresh_from_db()
    assert row.closed_at == timezone.now() and alarms.lasted(row) == "It lasted 3 minutes."
    ended(account, failed=1)  # what led to that one opens no other
    assert look(clock) == [] and Alert.objects.count() == 1


def test_a_backlog_that_fails_is_seen_however_long_it_has_waited(clock):
    """A pause, a stop of all or a limit lets takes wait in line for hours."""
    model, now = make_model(), timezone.now()
    for seconds in range(5):
        made = first_id(now - timedelta(hours=30, seconds=seconds))
        kwargs = {"status": "failed", "failure_class": "provider_down", "hold": False}
        make_take_row(pk=made, model=model, ended_at=now, **kwargs)
    assert [kind for kind, _name in look(clock)] == ["failing"]
    Generation.objects.update(ended_at=now - timedelta(hours=2))
    assert look(clock) == [], "nor is what ended long ago"


def test_an_unknown_outcome_is_one_that_did_not_come_through(clock):
    model = make_model()
    for _n in range(5):
        make_take_row(model=model, status="uncertain", submitted_at=timezone.now(), hold=False)
    assert [kind for kind, _name in look(clock)] == ["failing"]


def test_who_is_no_administrator_any_more_hears_no_more_of_them(clock, admin):
    Disk.free = 10**9
    look(clock)
    assert watching.state_of(admin).said == 1
    admin.role = "member"
    admin.save()
    assert watching.state_of(admin).said == 0 and not watching.heard(admin)


def test_what_people_asked_for_wrongly_is_no_fault_of_the_account(clock):
    take = make_take_row(status="failed", hold=False)
    for _n in range(9):
        make_take_row(model=take.model, status="failed", failure_class="moderation", hold=False)
    assert look(clock) == []


@pytest.mark.parametrize(
    ("failure", "kind"), [(FailureClass.KEY_REJECTED, "key"), (FailureClass.NO_BALANCE, "empty")]
)
def test_a_refused_key_stays_until_something_proves_it(clock, admin, failure, kind):
    account = make_account(name="Elk")
    accounts.note_refusal(account.pk, failure)
    assert look(clock) == [(kind, "Elk")]
    # its pause is over, and nothing was tried
    assert look(clock, 15) == [(kind, "Elk")]
    accounts.save_key(account, "sk-another-0123456789", actor=admin)
    assert look(clock) == []
    accounts.note_refusal(account.pk, failure)
    assert look(clock) == [(kind, "Elk")]
    clock.shift(timedelta(minutes=11))
    make_take_row(account=account, status="running", hold=False)  # it took one
    assert look(clock, 0.1) == []


@pytest.mark.parametrize(
    ("failure", "cause"), [(FailureClass.KEY_REJECTED, "key"), (FailureClass.NO_BALANCE, "balance")]
)
def test_a_pause_of_an_earlier_version_learns_its_cause(failure, cause):
    account = make_account()
    accounts.note_refusal(account.pk, failure)
    ProviderAccount.objects.update(pause_cause="key")  # it had one for both
    import_module("providers.migrations.0016_alerts").tell_balances(apps, None)
    assert ProviderAccount.objects.get().pause_cause == cause


def test_an_account_that_is_switched_off_has_no_alerts(clock):
    account = make_account()
    accounts.note_refusal(account.pk, FailureClass.KEY_REJECTED)
    assert look(clock)
    ProviderAccount.objects.update(enabled=False)
    assert look(clock) == []


def test_a_balance_is_low_by_what_was_spent_or_by_what_a_person_set(clock):
    account = make_account(name="Silk")
    take = make_take_row(model=make_model(account=account))
    ledger.settle(take.pk, 1, Decimal("35.00"), "actual")  # 5 a day
    sandbox = make_account(sandbox=True)
    for pk, left in ((account.pk, "9.90"), (sandbox.pk, "0.00")):
        ProviderAccount.objects.filter(pk=pk).update(standing={"money": {"balance_usd": left}})
    assert look(clock) == [("balance", "Silk")]
    assert alarms.what("balance", Alert.objects.get().facts) == "$9.90 are left. $5.00 a day were spent last."
    ProviderAccount.objects.filter(pk=account.pk).update(low_balance_usd=5)
    assert look(clock) == []


def test_a_gateway_that_asks_to_wait_again_and_again(clock):
    account = make_account(name="Token")

    def rests() -> list[tuple[str, str]]:
        clock.shift(timedelta(minutes=1))
        accounts.rest(account.pk, 20)
        return look(clock, 0)

    assert [rests() for _n in range(3)] == [[]] * 3
    assert look(clock) == [], "a short break is no end"
    assert rests() == []
    assert rests() == [("gateway", "Token")]
    assert alarms.of(Alert.objects.get()).what == "It has asked to wait for 5 minutes."
    assert look(clock) == [("gateway", "Token")], "nor is it over at once"
    assert look(clock) == []


def test_a_gateway_that_cannot_be_asked_about_its_jobs(clock):
    model = make_model()
    make_take_row(model=model, status="running", poll_errors=6)
    make_take_row(model=model, status="running", poll_errors=0)
    assert [kind for kind, _name in look(clock)] == ["gateway"]
    assert "1 of 2 takes at it cannot be asked about." in alarms.of(Alert.objects.get()).what


def test_room_on_the_disk(clock, settings):
    Disk.free = 10 * 10**9
    assert look(clock) == [("disk", "")] and Alert.objects.get().severity == "warning"
    Disk.free = 10**9
    assert look(clock) == [("disk", "")] and Alert.objects.get().severity == "critical"
    assert "Nothing new is stored" in alarms.of(Alert.objects.get()).what
    Disk.free = 900 * 10**9
    assert look(clock) == []


def test_polls_that_are_late_and_clusters_that_are_silent(clock, settings):
    settings.CLUSTERS = ("files",)
    make_take_row(status="running")
    Generation.objects.update(next_poll_at=timezone.now() - timedelta(hours=2))
    Heartbeat.objects.create(name="files", beaten_at=timezone.now() - timedelta(hours=2))
    assert look(clock) == [], "a studio that was off has missed nothing"
    assert look(clock, 1.1) == [("sweep", "")]
    assert look(clock, 2) == [("cluster", "files"), ("sweep", "")]
    soon = timezone.now() + timedelta(minutes=2)
    Generation.objects.update(next_poll_at=soon)
    Heartbeat.objects.filter(name="files").update(beaten_at=soon)
    assert look(clock) == []


def test_a_poll_that_a_gateway_asked_to_put_off_is_not_late(clock):
    take = make_take_row(status="running")
    look(clock)
    accounts.rest(take.account_id, 290)
    assert look(clock, 2) == []


def test_results_whose_time_at_the_gateway_is_half_over(clock):
    now = timezone.now()
    fetched = make_take_row(status="completed", account=make_account("siliconflow"))
    waits = make_take_row(status="storing", account=fetched.account, finished_at=now)
    make_take_row(status="storing", account=make_account("venice"), finished_at=now)  # keeps them for a day
    assert look(clock, 4) == []
    assert look(clock, 1.5) == [("expiring", fetched.account.name)]
    row = Alert.objects.get()
    assert row.facts == {"takes": 1, "left_s": 270, "takes_ids": [str(waits.pk)]}
    assert alarms.of(row).url == f"/t/{waits.pk}" and "takes_ids" not in alerts.plain(row)["facts"]
    Generation.objects.filter(pk=waits.pk).update(status="completed")
    assert look(clock) == []


def test_one_look_a_minute_whoever_looks(clock):
    assert alerts.look() and not alerts.look()
    clock.shift(timedelta(seconds=47))
    assert not alerts.look()
    clock.shift(timedelta(seconds=2))
    assert alerts.look() and alerts.is_watched(timezone.now(), alerts.watched_at())
    clock.shift(timedelta(minutes=5))
    assert not alerts.is_watched(timezone.now(), alerts.watched_at())


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_open_and_end_one(admin, monkeypatch):
    """Also where both were let through."""
    account = make_account()
    accounts.note_refusal(account.pk, FailureClass.KEY_REJECTED)
    monkeypatch.setattr(alerts, "_claim", lambda _now: {})
    together(4, lambda _n: alerts.look())
    assert Alert.objects.count() == Notification.objects.count() == 1
    ProviderAccount.objects.update(enabled=False)
    together(4, lambda _n: alerts.look())
    assert not Alert.objects.open().exists() and Notification.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_claims_a_look(monkeypatch):
    assert sorted(together(4, lambda _n: alerts.look())) == [False, False, False, True]


def test_a_part_that_cannot_be_looked_at_ends_nothing(clock, monkeypatch, caplog):
    Disk.free = 10**9
    assert look(clock) == [("disk", "")]
    monkeypatch.setattr(alert_facts.shutil, "disk_usage", lambda _folder: 1 / 0)
    accounts.note_refusal(make_account(name="Elk").pk, FailureClass.KEY_REJECTED)
    assert look(clock) == [("disk", ""), ("key", "Elk")]


def test_acknowledging_is_said_once_and_ends_nothing(clock, admin, make_person):
    Disk.free = 10**9
    look(clock)
    row, other = Alert.objects.get(), make_person("root", role="administrator")
    assert alerts.acknowledge(admin, row) and not alerts.acknowledge(other, row)
    row.refresh_from_db()
    assert row.acknowledged_by == admin and not row.closed_at
    assert Notification.objects.get(person=admin).seen_at
    assert [line.actor_name for line in AuditEvent.objects.filter(verb="acknowledged")] == ["Ada Min"]
    Disk.free = 900 * 10**9
    assert look(clock) == [] and not alerts.acknowledge(other, row)


def test_one_mail_of_several_and_one_when_they_are_over(clock, admin, make_person, bob, settings, quiet):
    settings.MAIL, settings.PUBLIC_URL = True, "https://studio.example"
    make_person("root", role="administrator")
    Disk.free = 10**9
    account = make_account(name="Elk")
    accounts.note_refusal(account.pk, FailureClass.KEY_REJECTED)
    look(clock)
    assert quiet == [("mail_alerts", "studio")]
    for _run in range(2):
        tasks.mail_alerts()
    assert sorted(one.to[0] for one in mail.outbox) == ["admin@example.com", "root@example.com"]
    letter = mail.outbox[0]
    assert letter.subject == "2 alerts · Video Studio"
    assert "The key of Elk is rejected" in letter.body and "The disk is nearly full" in letter.body
    assert f"https://studio.example/admin/providers/provideraccount/{account.pk}/change/" in letter.body
    assert not Notification.objects.filter(mailed_at=None).exists(), "the digest does not say it again"
    Disk.free = 900 * 10**9
    look(clock)
    tasks.mail_alerts()
    assert mail.outbox[-1].subject == "Over: The disk is nearly full · Video Studio"
    assert "It lasted 1 minute." in mail.outbox[-1].body and len(mail.outbox) == 4


def test_a_mail_that_could_not_go_out_goes_out_later(clock, admin, settings, monkeypatch):
    settings.MAIL = True
    Disk.free = 10**9
    look(clock)
    real = mailing.send_mail
    monkeypatch.setattr(mailing, "send_mail", lambda *_a: (_ for _ in ()).throw(OSError("away")))
    assert alert_mail.send() == 0 and alert_mail.waiting(timezone.now()).count() == 1
    monkeypatch.setattr(mailing, "send_mail", real)
    assert alert_mail.send() == 1
    clock.shift(timedelta(days=2))
    Alert.objects.update(opening_mailed_at=None)
    assert alert_mail.send() == 0, "of the day before yesterday nobody is told"


def test_bells_go_to_a_cluster_that_beats(clock, settings):
    settings.CLUSTERS = ("studio", "files", "sweep")
    assert alive_cluster(timezone.now()) == ""
    Heartbeat.objects.create(name="files", beaten_at=timezone.now())
    assert alive_cluster(timezone.now()) == "files"
    Heartbeat.objects.create(name="studio", beaten_at=timezone.now() - timedelta(minutes=2))
    assert alive_cluster(timezone.now()) == "files"
    Heartbeat.objects.update(beaten_at=timezone.now())
    assert alive_cluster(timezone.now()) == "studio"


def test_webhooks_hear_of_the_opening_and_of_the_end(clock, monkeypatch):
    """One bell a webhook, however much there is to tell."""
    rung: list[Any] = []
    monkeypatch.setattr(webhook_sending, "ring", lambda _task, pk, cluster="": rung.append((pk, cluster)))
    hook = Webhook.objects.create(name="Pager", url="https://hooks.example/", kinds=["disk", "key"])
    account = make_account(name="Elk")
    accounts.note_refusal(account.pk, FailureClass.KEY_REJECTED)
    Disk.free = 10**9
    look(clock)
    assert rung == [(hook.pk, "studio")]
    Disk.free = 900 * 10**9
    look(clock)
    told = [json.loads(row.body) for row in WebhookDelivery.objects.order_by("id")]
    assert sorted((one["type"], one["data"]["kind"]) for one in told) == [
        ("alert.closed", "disk"),
        ("alert.opened", "disk"),
        ("alert.opened", "key"),
    ]
    assert {"id": str(account.pk), "name": "Elk", "gateway": "token360"} in [
        one["data"]["account"] for one in told
    ]


def test_old_ones_go(clock):
    Disk.free = 10**9
    look(clock)
    Disk.free = 900 * 10**9
    look(clock)
    alerts.prune(timezone.now() + timedelta(days=399))
    assert Alert.objects.count() == 1
    alerts.prune(timezone.now() + timedelta(days=401))
    assert not Alert.objects.exists()
