"""Mails of alerts: each administrator is told, whoever else could not be and whatever dies in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db.models import F
from django.utils import timezone

from generations.models import Alert, Notification
from generations.services import alert_mail, alerts, mailing
from tests.crash.studio import database_url
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(settings: Any, admin: Any, make_person: Any) -> list[Any]:
    settings.MAIL = True
    return [admin, make_person("root", role="administrator")]


def opened(kind: str = "disk") -> Alert:
    """As a look opens it: with a line in the bell of every administrator."""
    now = timezone.now()
    row = Alert.objects.create(kind=kind, opened_at=now, last_seen_at=now)
    alerts._tell(row, Notification.Kind.ALERT)
    return row


def told() -> list[str]:
    return [one.to[0] for one in mail.outbox]


def lease_over() -> None:
    for field in ("opening_mailed_at", "end_mailed_at"):
        Alert.objects.update(**{field: F(field) - alert_mail.LEASE})


@pytest.mark.parametrize("error", [OSError("refused"), ValueError("no address")])
def test_who_could_not_be_told_is_told_later_and_the_others_once(monkeypatch, error):
    real = mailing.send_mail

    def send_mail(*given: Any) -> None:
        if given[3] == ["admin@example.com"]:
            raise error
        real(*given)

    opened()
    monkeypatch.setattr(mailing, "send_mail", send_mail)
    assert alert_mail.send() == 1 and told() == ["root@example.com"]
    monkeypatch.setattr(mailing, "send_mail", real)
    assert not alert_mail.waiting(timezone.now()).exists() and alert_mail.send() == 0, "not every minute"
    lease_over()
    assert alert_mail.send() == 1 and told() == ["root@example.com", "admin@example.com"]
    lease_over()
    assert alert_mail.send() == 0 and not alert_mail.waiting(timezone.now()).exists()


def test_what_is_over_before_it_could_be_told_is_told_as_over(monkeypatch):
    real = mailing.send_mail
    row = opened()
    monkeypatch.setattr(mailing, "send_mail", lambda *_given: 1 / 0)
    assert alert_mail.send() == 0 and alert_mail.waiting(timezone.now()).exists(), "a minute later, for all"
    monkeypatch.setattr(mailing, "send_mail", real)
    alerts._end(timezone.now(), row, at_once=True)
    assert alert_mail.send() == 2 and {one.subject[:6] for one in mail.outbox} == {"Over: "}
    lease_over()
    assert alert_mail.send() == 0


def test_an_end_while_its_opening_is_mailed_is_told_as_well(monkeypatch):
    real, row = alert_mail._claim, opened()

    def claim(now: Any) -> Any:
        found = real(now)
        if row.closed_at is None:
            alerts._end(timezone.now(), row, at_once=True)
        return found

    monkeypatch.setattr(alert_mail, "_claim", claim)
    assert alert_mail.send() == 2 and alert_mail.send() == 2
    assert [one.subject.startswith("Over: ") for one in mail.outbox] == [False, False, True, True]


def test_a_mail_server_that_takes_long_is_asked_no_longer_than_the_lease(monkeypatch):
    real = mailing.send_mail
    with time_machine.travel(timezone.now(), tick=False) as clock:

        def send_mail(*given: Any) -> None:
            clock.shift(alert_mail.LEASE)
            real(*given)

        opened()
        monkeypatch.setattr(mailing, "send_mail", send_mail)
        assert alert_mail.send() == 1 and len(told()) == 1
        assert alert_mail.send() == 1 and sorted(told()) == ["admin@example.com", "root@example.com"]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_everybody_once():
    opened()
    opened("sweep")
    assert sum(together(4, lambda _n: alert_mail.send())) == 2
    assert sorted(told()) == ["admin@example.com", "root@example.com"]


WORKER = """
import os, signal, django
django.setup()
from unittest import mock
from django.conf import settings
from generations import tasks
from generations.services import mailing
settings.MAIL = True
sent = []
def send_mail(*given):
    if sent:
        os.kill(os.getpid(), signal.SIGKILL)
    sent.append(given)
with mock.patch.object(mailing, "send_mail", send_mail):
    tasks.mail_alerts()
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_between_two_mails_leaves_the_second_to_be_sent():
    opened()
    env = {**os.environ, "DATABASE_URL": database_url()}
    died = subprocess.run([sys.executable, "-c", WORKER], env=env, check=False)
    assert died.returncode == -signal.SIGKILL
    assert Notification.objects.filter(mailed_at=None).count() == 1 and alert_mail.send() == 0
    lease_over()
    assert alert_mail.send() == 1
    (left,) = told()
    row = Notification.objects.order_by("mailed_at").last()
    assert row.person.email == left and not Notification.objects.filter(mailed_at=None).exists()


def test_what_is_no_news_any_more_is_not_told():
    opened()
    Notification.objects.update(at=timezone.now() - alert_mail.STILL_NEWS - timedelta(minutes=1))
    assert not alert_mail.waiting(timezone.now()).exists() and alert_mail.send() == 0
