"""Everything stopped: nothing new goes out, what runs is collected, other pauses stay as they were."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation
from generations.services import submit as submitting
from providers import accounts, sandbox_switch, stopping
from providers.models import AuditEvent, ProviderAccount
from tests import factories
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_all_but_what_a_person_had_paused_and_later_ones_too(admin):
    paused, rests, ready = make_account(), make_account(), make_account()
    accounts.pause(paused.pk, 3600, "Paused by Bob.")
    accounts.rest(rests.pk, 30)
    assert stopping.stop_all(admin, "  Budget\x00\n meeting ") == 3 and stopping.stop_all(admin, "again") == 0
    later = make_account()
    now = {row.pk: row for row in ProviderAccount.objects.all()}
    words = f"Stopped by {admin}: Budget meeting"
    told = {row.why_unusable() for row in now.values()} | {row.why_closed() for row in now.values()}
    assert told == {words} and len(now) == 4 and later.pk in now
    assert not ProviderAccount.objects.usable().exists()
    # jobs that are paid for are still asked about, but at no gateway that wants its rest
    asked_at = timezone.now()
    assert now[rests.pk].rests(asked_at) and not now[ready.pk].rests(asked_at)
    assert stopping.standing() == words and stopping.go_on(admin) == 4 and not stopping.standing()
    now = {row.pk: row for row in ProviderAccount.objects.all()}
    assert now[paused.pk].pause_reason == "Paused by Bob." and now[paused.pk].is_paused()
    assert now[rests.pk].is_paused() and not now[ready.pk].why_unusable()
    told = AuditEvent.objects.filter(subject="accounts").order_by("id").values_list("verb", flat=True)
    assert list(told) == ["stopped everything", "stopped everything", "ended the stop"]


def test_a_take_that_was_about_to_be_sent_stays_in_line(admin, monkeypatch):
    take = factories.make_take_row(status="queued")
    prepare = submitting.prepare

    def slowly(row):
        stopping.stop_all(admin, "")  # while its files are made ready
        return prepare(row)

    monkeypatch.setattr(submitting, "prepare", slowly)
    submitting.submit_generation(str(take.pk))
    take.refresh_from_db()
    assert (take.status, take.submitted_at) == ("queued", None)
    submitting.submit_generation(str(take.pk))
    take.refresh_from_db()
    assert take.status == "queued" and "Everything was stopped" in take.wait_reason
    assert Generation.objects.filter(pk=take.pk, tries=0).exists()


def test_from_the_admins_first_page(desk, admin, alice, signed_in):
    make_account()
    assert "Stop new submits" in desk.get("/admin/").content.decode()
    page = desk.post(reverse("admin:stop-all"), {"reason": "<b>Fire</b>"}, follow=True).content.decode()
    assert "Nothing new is sent." in page and "&lt;b&gt;Fire" in page and "Send again" in page
    page = desk.post(reverse("admin:go-on"), follow=True).content.decode()
    assert "New takes are sent again." in page and "Stop new submits" in page
    assert desk.get(reverse("admin:stop-all")).status_code == 405
    assert signed_in(alice).post(reverse("admin:stop-all")).status_code == 404
    assert not stopping.standing()


def test_the_sandbox_is_offered_to_all_or_to_none_and_runs_on(db, admin, signed_in):
    desk = signed_in(admin)
    real = make_account()
    assert "sandbox is" not in desk.get("/admin/").content.decode() and sandbox_switch.is_on([real]) is None
    here = make_account(sandbox=True)
    take = factories.make_take_row(account=here, status="running")
    away = ("0", "not offered any more")
    for on, words in (away, away, ("1", "offered to everybody")):
        page = desk.post("/admin/sandbox", {"on": on}, follow=True).content.decode()
        here.refresh_from_db(), take.refresh_from_db(), real.refresh_from_db()
        assert words in page and here.enabled == (on == "1") and take.status == "running" and real.enabled
    assert AuditEvent.objects.filter(verb="switch sandbox").count() == 2
