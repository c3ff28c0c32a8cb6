"""The daily housekeeping: what it removes, and that one part that fails stops no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_q.models import Schedule, Task

from videostudio import housekeeping
from videostudio.models import Tries
from videostudio.supervisor import prepare

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def task(days: float, *, success: bool) -> Task:
    at = timezone.now() - timedelta(days=days)
    name = f"{days}-{success}"
    return Task.objects.create(id=name, name=name, func="f", started=at, stopped=at, success=success)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def test_old_tasks_go_whether_they_failed_or_not():
    for success in (True, False):
        task(6.9, success=success), task(7.1, success=success)
    housekeeping.daily()
    assert {row.name for row in Task.objects.all()} == {"6.9-True", "6.9-False"}


def test_ended_sessions_and_old_counters_go():
    now = timezone.now()
    for name, days in (("ended", -1), ("alive", 1)):
        Session.objects.create(session_key=name, session_data="", expire_date=now + timedelta(days=days))
    Tries.objects.create(kind="sign-in", address="10.0.0.1", minute=now - timedelta(hours=1))
    housekeeping.daily()
    assert [row.session_key for row in Session.objects.all()] == ["alive"]
    assert not Tries.objects.exists()


def test_one_part_that_fails_stops_no_other(monkeypatch, caplog):
    def broken(_now: Any) -> None:
        raise OSError("no disk")

    monkeypatch.setattr(housekeeping, "PARTS", (broken, *housekeeping.PARTS))
    task(8, success=False)
    housekeeping.daily()
    assert not Task.objects.exists() and "broken" in caplog.text


def test_it_is_scheduled_once_a_day_however_often_the_studio_starts():
    for _ in range(2):
        prepare.schedule_housekeeping()
    row = Schedule.objects.get(name="housekeeping")
    assert (row.schedule_type, row.cluster, row.func) == ("D", "files", prepare.HOUSEKEEPING)
