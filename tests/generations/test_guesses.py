"""Takes charged on a guess: a producer says whether they were billed, once, and the money follows."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from generations.models import CostLookUp, Event, Generation
from generations.services import audit as drift
from generations.services import costs, decide, guesses, spend, spend_scope
from generations.services.refusals import NotAllowed, WrongState
from generations.telling import receipt
from providers import ledger, limits
from providers.models import AuditEvent, LedgerEntry, Quota, QuotaCounter
from providers.spending import Sums
from tests import factories
from tests.generations.spend_rows import november, spent

LOST = {"status": "failed", "failure_billed": None, "failure_class": "lost", "job_id": "j-1"}


def limit(measure: str) -> Quota:
    return limits.make(Quota(scope="studio", measure=measure, period="lifetime", limit=Decimal(50)))


def used() -> dict[str, int]:
    return dict(QuotaCounter.objects.values_list("quota__measure", "used_micro"))


@pytest.mark.both_databases
@pytest.mark.django_db
def test_not_billed_gives_everything_back_and_leaves_the_list(project, producer):
    for measure in ("money", "count", "seconds"):
        limit(measure)
    take = spent(project, "0.75", **LOST)
    assert used()["money"] == 750_000 and used()["count"] == 1_000_000
    guesses.say(producer, take, billed=False, reason="  Statement of\nNovember ")
    take.refresh_from_db()
    assert (take.failure_billed, take.actual_usd) == (False, 0)
    assert set(used().values()) == {0}
    found = spend.whole(producer, november())
    assert found.sums == Sums(quoted=750_000, released=750_000) and found.facts.refused == 1
    assert not spend_scope.attempts(producer, november(which="guessed")).exists()
    assert not drift.money_drift()
    event = Event.objects.get(generation=take, kind="said not to be billed")
    assert event.actor == producer and event.detail["reason"] == "Statement of November"
    line = AuditEvent.objects.get(subject="take", subject_id=str(take.pk))
    assert Decimal(line.before["charged_usd"]) == Decimal("0.75") and line.after["charged_usd"] == "0"
    assert "Statement of November" in ledger.lines_of(take.pk).get(kind="waive").note
    later = Quota(scope="project", scope_id=project.pk, measure="count", period="lifetime", limit=Decimal(9))
    assert QuotaCounter.objects.get(quota=limits.make(later)).used_micro == 0


@pytest.mark.django_db
def test_billed_lets_the_sum_stand_and_is_said_once(project, producer, bob):
    take = spent(project, "0.75", **LOST)
    with pytest.raises(NotAllowed):
        guesses.say(bob, take, billed=False)
    guesses.say(producer, take, billed=True)
    take.refresh_from_db()
    assert (take.failure_billed, take.actual_usd) == (True, Decimal("0.75"))
    with pytest.raises(WrongState):
        guesses.say(producer, take, billed=False)
    assert spend.whole(producer, november()).sums.actual == 750_000
    assert not LedgerEntry.objects.filter(kind="waive").exists()


@pytest.mark.django_db
def test_a_clip_that_comes_after_all_is_charged_after_all(project, producer, alice):
    limit("money"), limit("count")
    take = spent(project, "0.75", **LOST)
    guesses.say(producer, take, billed=False)
    take.refresh_from_db()
    decide.resume(alice, take)
    assert not ledger.settle(take.pk, 1, Decimal("0.75"), "quoted")
    assert ledger.made_after_all(take.pk, 1, Decimal("0.75"), "quoted", "its clip came after all")
    assert not ledger.made_after_all(take.pk, 1, Decimal("0.75"), "quoted", "twice")
    assert used() == {"money": 750_000, "count": 1_000_000}
    assert spend_scope.attempts(producer, november(which="late")).count() == 1
    assert spend.whole(producer, november()).sums.actual == 750_000


@pytest.mark.both_databases
@pytest.mark.django_db
def test_what_a_gateway_tells_of_a_clip_that_came_after_all_is_booked(project, producer):
    for measure in ("money", "count"):
        limit(measure)
    take = spent(project, "0.75", **LOST)
    guesses.say(producer, take, billed=False)
    assert ledger.made_after_all(take.pk, 1, Decimal("0.75"), "quoted", "its clip came after all")
    CostLookUp.objects.create(generation=take, attempt=1, due_at=timezone.now())
    asked = CostLookUp.objects.select_related("generation").get()
    costs._book(asked, Decimal("1.20"))
    take.refresh_from_db()
    assert take.actual_usd == ledger.spent(project.pk) == Decimal("1.20")
    assert used() == {"money": 1_200_000, "count": 1_000_000}
    assert not CostLookUp.objects.exists() and not drift.money_drift()
    lines = [(line.label, line.sum) for line in receipt.of(take).lines]
    assert lines == [
        ("Held", "$0.75"),
        ("Settled", "$0.75"),
        ("Given back", "-$0.75"),
        ("Charged after all", "$0.75"),
        ("Corrected", "$0.45"),
    ]
    assert receipt.of(take).total == "$1.20"


@pytest.mark.django_db
def test_a_guess_that_the_gateway_confirmed_is_no_guess_any_more(project, producer):
    take = spent(project, "0.75", told="0.75", **LOST)
    assert (receipt.of(take).lines[-1].label, receipt.of(take).lines[-1].sum) == ("Confirmed", "$0.00")
    with pytest.raises(WrongState):
        guesses.say(producer, take, billed=False)
    assert ledger.spent(project.pk) == Decimal("0.75")


@pytest.mark.django_db
def test_a_cost_that_cannot_be_booked_is_not_thrown_away(project):
    take = spent(project, "0.75", None)  # its money is held still
    CostLookUp.objects.create(generation=take, attempt=1, due_at=timezone.now())
    costs._book(CostLookUp.objects.select_related("generation").get(), Decimal("1.20"))
    assert CostLookUp.objects.exists() and ledger.spent(project.pk) == 0


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_counts(project, producer):
    limit("money")
    with transaction.atomic():
        take = spent(project, "0.75", **LOST)

    def click(billed: bool) -> bool:
        try:
            guesses.say(producer, Generation.objects.get(pk=take.pk), billed=billed)
        except WrongState:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(click, [False, False, False, True]))
    assert done.count(True) == 1
    take.refresh_from_db()
    assert used()["money"] == (750_000 if take.failure_billed else 0)
    assert not drift.money_drift()


@pytest.mark.django_db
def test_it_is_said_in_reconcile_on_the_receipt_and_by_the_api(project, producer, alice, signed_in, client):
    one, two, three = (spent(project, "0.75", **LOST) for _ in range(3))
    page = signed_in(producer)
    asked = {"range": "own", "since": "2026-11-01", "until": "2026-11-30"}
    address = f"/spend/takes/{one.pk}/billing"
    assert address in page.get("/spend/reconcile", asked).content.decode()
    assert address in page.get(f"/spend/takes/{one.pk}").content.decode()
    owner = signed_in(alice)
    assert "/billing" not in owner.get("/spend/reconcile", asked).content.decode()
    assert owner.post(address, {"said": "not_billed"}).status_code == 403
    back = page.post(address, {"said": "not_billed", "next": "/spend/reconcile"})
    assert (back.status_code, back.url) == (302, "/spend/reconcile")
    again = page.post(address, {"said": "billed"})
    assert again.status_code == 409 and "known by now" in again.content.decode()

    def ask(person: Any, take: Any, **body: Any) -> int:
        headers = {"Authorization": f"Bearer {factories.make_token(person, 'generate')}"}
        body = json.dumps(body)
        url = f"/api/v1/generations/{take.pk}/resolve"
        return client.post(url, body, content_type="application/json", headers=headers).status_code

    assert ask(alice, two, action="not_billed") == 403
    boss = factories.make_user(role="administrator")
    assert ask(boss, two, action="not_billed", reason="The statement") == 200
    assert ask(boss, two, action="not_billed") == 409
    assert ask(boss, three, action="billed") == 200
    three.refresh_from_db()
    assert three.failure_billed is True
