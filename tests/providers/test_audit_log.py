"""The audit log: from where, in one chain, never changed; read, exported and checked in the admin."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from providers import audit_chain, audit_checks, canonical, whence
from providers.models import AuditCheck, AuditEvent, audit
from providers.models.audit import AuditLink
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def lines(admin):
    """Five, in the chain."""
    with whence.of("192.0.2.7"):
        for n in range(5):
            audit(admin, "change", "quota", n, before={"limit": n}, after={"limit": n + 1, "part": 0.5})
    assert audit_chain.link_new() == 5 and audit_chain.link_new() == 0
    return list(AuditEvent.objects.order_by("id"))


def forge(statement, *values):
    """As somebody who can write into the database, triggers or not."""
    from tests.emptying import around_triggers

    with around_triggers(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_each_line_follows_the_one_before(lines, admin):
    links = list(AuditLink.objects.select_related("event"))
    assert [link.number for link in links] == [1, 2, 3, 4, 5] and [link.event for link in links] == lines
    assert [link.previous for link in links] == ["", *(link.digest for link in links[:-1])]
    assert {line.address for line in lines} == {"192.0.2.7"} and whence.address() == ""
    assert audit_chain.verify().ok and audit_chain.verify().end == (5, links[-1].digest)


@pytest.mark.django_db(transaction=True)
def test_written_at_once_they_are_one_chain_and_what_is_taken_back_is_not_in_it(admin):
    together(4, lambda n: audit(admin, "change", "quota", n))
    with transaction.atomic():
        audit(admin, "change", "quota", 9)
        transaction.set_rollback(True)
    audit_chain.link_new()  # for one that lost each race
    report = audit_chain.verify()
    assert report.ok and report.lines == 4 == AuditEvent.objects.count()
    audit(admin, "change", "quota", 5)  # alone it is linked by the time the change is committed
    assert audit_chain.verify().lines == 5


def test_a_line_whose_worker_died_comes_in_later(lines, admin):
    audit(admin, "pause", "account", 1)
    report = audit_chain.verify()
    assert report.ok and report.lines == 5 and "just being added" in report.notes[0]
    forge("UPDATE providers_auditevent SET at = %s WHERE verb = 'pause'", "2026-01-01 00:00:00+00:00")
    assert "no place" in audit_chain.verify().wrong[0]
    assert audit_chain.link_new() == 1
    assert audit_chain.verify().ok and audit_chain.verify().lines == 6


@pytest.mark.parametrize("table", ["providers_auditevent", "providers_auditlink"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete(lines, table, verb):
    column = "verb = 'x'" if table.endswith("event") else "seal = 'x'"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table, column))
    assert audit_chain.verify().ok


TAMPERED = {
    "changed": ("UPDATE providers_auditevent SET after = '{}' WHERE subject_id = '2'", "Line 3 was changed."),
    "from elsewhere": ("UPDATE providers_auditevent SET address = '' WHERE subject_id = '0'", "Line 1 was"),
    "taken out": ("DELETE FROM providers_auditlink WHERE number = 3", "Between line 2 and line 4"),
    "sealed anew": ("UPDATE providers_auditlink SET seal = 'v1:00000000:ab' WHERE number > 3", "The last 2"),
    "an old key": ("UPDATE providers_auditlink SET seal = 'v1:00000000:ab' WHERE number = 2", ""),
    "unsealed": ("UPDATE providers_auditlink SET seal = '' WHERE number = 2", "The seal of line 2"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_tampered_with_shows(lines, how):
    statement, words = TAMPERED[how]
    forge(statement)
    report = audit_chain.verify()
    if not words:  # a key that is gone: a later line's seal stands for it
        assert report.ok and "1 lines are sealed with a key" in report.notes[0]
        return
    assert any(line.startswith(words) for line in report.wrong)
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_a_chain_made_anew_lacks_the_seal_and_a_cut_end_shows_against_the_kept_one(lines, capsys):
    call_command("verify_audit")
    end = capsys.readouterr().out.rsplit(" ", 1)[-1].strip()
    forge("DELETE FROM providers_auditlink WHERE number = 5")
    forge("DELETE FROM providers_auditevent WHERE subject_id = '4'")
    assert audit_chain.verify().ok  # by itself the chain cannot know
    with pytest.raises(CommandError):
        call_command("verify_audit", expect=end)
    last = AuditLink.objects.select_related("event").get(number=4)
    forge("UPDATE providers_auditevent SET verb = 'nothing' WHERE id = %s", last.event_id)
    last.event.verb = "nothing"
    forged = canonical.digest(audit_chain.line_of(last.event, 4, last.previous))
    forge("UPDATE providers_auditlink SET digest = %s WHERE number = 4", forged)
    assert audit_chain.verify().wrong == ["The seal of line 4 was not made by this studio."]
    with pytest.raises(CommandError):
        call_command("verify_audit", expect="five")


def test_it_is_read_exported_and_checked_in_the_admin(lines, admin, signed_in):
    audit(admin, "change", "quota", 77, before={"note": "=1+1"}, after={"note": "=2+2"})
    audit_chain.link_new()
    desk = signed_in(admin)
    page = desk.get("/admin/providers/auditevent/", {"q": "192.0.2.7"}).content.decode()
    assert "limit: 0 → 1" in page and "192.0.2.7" in page and "=2+2" not in page
    assert "=2+2" in desk.get("/admin/providers/auditevent/", {"q": "=1+1"}).content.decode()
    address = reverse("admin:providers_auditevent_export", args=["csv"])
    text = b"".join(desk.get(address, {"q": "192.0.2.7"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5"] and rows[0]["digest"]
    audit_chain.link_new()  # the export before, and who entered
    told = b"".join(
        desk.get(reverse("admin:providers_auditevent_export", args=["jsonl"])).streaming_content
    ).decode()
    previous = ""
    for line in [json.loads(line) for line in told.splitlines()]:  # the chain can be followed from the file
        said = line.pop("digest")
        assert line["previous"] == previous and canonical.digest(line) == said
        previous = said
    assert AuditEvent.objects.filter(verb="exported", actor_id=admin.pk).count() == 2
    assert desk.get(reverse("admin:providers_auditevent_export", args=["exe"])).status_code == 404
    checked = desk.post(reverse("admin:audit-check"), follow=True).content.decode()
    assert "A worker reads the chain" in checked and "every 2s" in checked
    audit_checks.go_on(AuditCheck.objects.get().pk)
    state = desk.get(reverse("admin:audit-check-state")).content.decode()
    assert "The chain holds" in state and "all of it" in state and "hx-get" not in state
    one = desk.get(f"/admin/providers/auditevent/{lines[0].pk}/change/").content.decode()
    assert "place in the chain" in one.lower() and "Delete" not in one
