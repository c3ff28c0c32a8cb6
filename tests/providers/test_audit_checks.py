"""Looks through the audit log's chain by a worker: in portions, from where the last whole one ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from generations.models import Alert, Notification
from generations.services import alerts
from generations.telling import alarms
from providers import audit_chain, audit_checks
from providers.models import AuditCheck, AuditEvent, audit
from tests.providers.test_audit_log import forge

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    found: list[str] = []
    monkeypatch.setattr(audit_checks, "async_task", lambda _path, pk, cluster: found.append(pk))
    return found


@pytest.fixture
def lines(admin):
    for n in range(5):
        audit(admin, "change", "quota", n, after={"limit": n})
    audit_chain.link_new()


def worked(*, whole: bool = False) -> AuditCheck:
    check = audit_checks.begin(whole=whole)
    audit_checks.go_on(check.pk)
    check.refresh_from_db()
    return check


def test_the_daily_look_goes_on_from_the_last_whole_line(lines, admin):
    first = worked()
    assert first.whole and (first.lines, first.number, first.faults, first.running) == (5, 5, 0, None)
    audit(admin, "change", "quota", 6)
    second = worked()
    assert not second.whole and (second.since, second.lines, second.number) == (5, 1, 6)
    assert worked().lines == 0 and worked(whole=True).lines == 6


def test_a_changed_line_is_found_by_a_whole_look_and_the_next_reads_all_again(lines):
    worked()
    forge("UPDATE providers_auditevent SET verb = 'nothing' WHERE subject_id = '2'")
    assert not worked().faults  # it lies before the line from which this look went on
    broken = worked(whole=True)
    assert (broken.faults, broken.first) == (1, 3) and broken.wrong == ["Line 3 was changed."]
    assert worked().whole and AuditCheck.objects.first().faults == 1


def test_an_end_that_was_cut_off_shows_in_the_next_look(lines):
    worked()
    forge("DELETE FROM providers_auditlink WHERE number = 5")
    forge("DELETE FROM providers_auditevent WHERE subject_id = '4'")
    found = worked()
    assert found.faults and found.wrong == ["Line 5 is not the one that was expected there."]


def cut() -> None:
    """All after the third line is gone, as by somebody who can write into the database."""
    forge("DELETE FROM providers_auditlink WHERE number > 3")
    forge("DELETE FROM providers_auditevent WHERE id NOT IN (SELECT event_id FROM providers_auditlink)")


@pytest.mark.parametrize("whole", [False, True])
def test_an_end_that_was_cut_off_is_never_forgotten(lines, admin, monkeypatch, whole):
    monkeypatch.setattr(audit_checks, "KEPT", 1)
    assert not worked().faults
    cut()
    told = ["Line 5 is not the one that was expected there."]
    assert [worked(whole=whole).wrong for _look in range(4)] == [told] * 4
    for n in range(5):  # the log grows past the cut
        audit(admin, "change", "quota", n)
    audit_chain.link_new()
    grown = worked(whole=whole)
    assert (grown.whole, grown.number, grown.wrong) == (True, 8, told)
    assert worked(whole=True).wrong == told
    cut()
    assert len(worked().wrong) == 2  # the farther end that the looks with a fault saw is gone too
    assert AuditCheck.objects.count() == 3


def test_a_worker_that_dies_in_the_middle_loses_nothing(lines, monkeypatch, rung):
    """Portions of two; the worker is gone in its second, before that one was saved."""
    monkeypatch.setattr(audit_checks, "_AT_ONCE", 2)
    forge("UPDATE providers_auditevent SET verb = 'nothing' WHERE subject_id = '0'")
    check, save = audit_checks.begin(whole=True), audit_checks._save

    def die(row, report, **more):
        if report.lines > 2:
            raise SystemExit
        save(row, report, **more)

    monkeypatch.setattr(audit_checks, "_save", die)
    with pytest.raises(SystemExit):
        audit_checks.go_on(check.pk)
    monkeypatch.setattr(audit_checks, "_save", save)
    check.refresh_from_db()
    assert (check.lines, check.number, check.faults, check.first) == (2, 2, 1, 1) and check.running
    audit_checks.go_on(check.pk)  # the dead one's lease holds
    check.refresh_from_db()
    assert check.lines == 2 and audit_checks.begin(whole=True) == check
    rung.clear()
    audit_checks.look_daily(timezone.now() + timedelta(minutes=3))
    AuditCheck.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    audit_checks.go_on(check.pk)
    check.refresh_from_db()
    assert (check.lines, check.number, check.faults, check.running) == (5, 5, 1, None)


@pytest.mark.parametrize("at", ["while it reads", "while it links"])
def test_a_worker_that_was_away_does_not_undo_what_another_found(lines, monkeypatch, at):
    """It stops past its lease; another one ends the look. Back again, it writes nothing and stops."""
    forge("UPDATE providers_auditevent SET verb = 'nothing' WHERE subject_id = '4'")
    monkeypatch.setattr(audit_checks, "_AT_ONCE", 2)
    name = {"while it reads": "go_on", "while it links": "_link"}[at]
    check, work, over = audit_checks.begin(whole=True), getattr(audit_chain, name), []
    if name == "_link":
        AuditEvent.objects.create(verb="waits for its place", subject="x")

    def stall(*given):
        done = work(*given)
        if AuditCheck.objects.filter(running=True).exists() and not over:
            over.append({})
            AuditCheck.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            audit_checks.go_on(check.pk)
            over[0] |= AuditCheck.objects.values().get()
        return done

    monkeypatch.setattr(audit_chain, name, stall)
    audit_checks.go_on(check.pk)
    assert (over[0]["running"], over[0]["faults"], over[0]["first"]) == (None, 1, 5)
    assert AuditCheck.objects.values().get() == over[0]


def test_linking_many_keeps_the_lease(lines, monkeypatch):
    for n in range(3):
        AuditEvent.objects.create(verb="waits for its place", subject="x", subject_id=str(n))
    monkeypatch.setattr(audit_chain, "_AT_ONCE", 1)
    check, link, seen = audit_checks.begin(whole=True), audit_chain._link, []

    def look(some):
        seen.append(AuditCheck.objects.get(pk=check.pk).lease_until)
        return link(some)

    monkeypatch.setattr(audit_chain, "_link", look)
    audit_checks.go_on(check.pk)
    assert len(seen) == 3 and seen == sorted(set(seen))  # each portion begins with a newer one


def test_it_takes_turns_with_other_tasks(lines, monkeypatch, rung, django_capture_on_commit_callbacks):
    monkeypatch.setattr(audit_checks, "_AT_ONCE", 2)
    monkeypatch.setattr(audit_checks, "_TURN_S", -1.0)
    check = audit_checks.begin(whole=True)
    for _turn in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            audit_checks.go_on(check.pk)
    assert rung == [str(check.pk)] * 3
    monkeypatch.setattr(audit_checks, "_TURN_S", 15.0)
    audit_checks.go_on(check.pk)
    check.refresh_from_db()
    assert check.lines == 5 and check.running is None


def test_once_a_day_by_itself_and_the_whole_of_it_once_a_week(lines):
    now = timezone.now()
    audit_checks.look_daily(now)
    first = AuditCheck.objects.get()
    assert first.whole
    audit_checks.go_on(first.pk)
    audit_checks.look_daily(now + timedelta(hours=1))
    assert AuditCheck.objects.count() == 1
    audit_checks.look_daily(now + timedelta(days=1))
    second = AuditCheck.objects.first()
    assert not second.whole
    audit_checks.go_on(second.pk)
    AuditCheck.objects.update(ended_at=now - timedelta(days=8), started_at=now - timedelta(days=8))
    audit_checks.look_daily(now)
    assert AuditCheck.objects.first().whole


def test_a_log_that_does_not_hold_is_an_alert_until_a_whole_look_finds_nothing(lines, admin, settings):
    settings.CLUSTERS, settings.STUDIO = (), {**settings.STUDIO, "ALERTS_EVERY_S": 0}
    worked()
    alerts.look()
    assert not Alert.objects.filter(kind="audit").exists()
    forge("UPDATE providers_auditevent SET verb = 'nothing' WHERE subject_id = '2'")
    worked(whole=True)
    alerts.look()
    alert = Alert.objects.open().get(kind="audit")
    told = alarms.of(alert)
    assert alert.severity == "critical" and told.what == "1 fault was found, the first at line 3."
    assert "/auditevent/" in told.url and Notification.objects.filter(person=admin, kind="alert").exists()
    forge("UPDATE providers_auditevent SET verb = 'change' WHERE subject_id = '2'")
    assert not worked().faults  # whole, since the last one found a fault
    alerts.look()
    assert not Alert.objects.open().filter(kind="audit").exists()
