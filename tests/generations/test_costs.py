"""What a take really cost is asked for after its clip is safe, a few times, and booked once."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations import tasks
from generations.models import CostLookUp, Generation, Status
from generations.services import costs, decide
from generations.telling import history, receipt
from providers import accounts, ledger
from providers.models import QuotaCounter
from tests.factories import (
    CLOSED_PORT,
    make_account,
    make_project,
    make_quota,
    make_take,
    make_user,
    model_of,
)
from tests.generations.pipeline import Line
from tests.providers.sandbox_server import SandboxServer

HELD, ACTUAL = Decimal("0.42"), Decimal("0.4125")  # the estimate is rounded up to a cent, the bill is not


@pytest.fixture
def account(studio: Line, sandbox: SandboxServer) -> Any:
    """No sandbox account, so that money counts; it points at the sandbox, whose bill is the judge."""
    return make_account("token360", base_url=sandbox.url_for("token360"))


@pytest.fixture
def take_of(account: Any) -> Any:
    user = make_user()
    project = make_project(user)

    def make(prompt: str) -> Generation:
        model = model_of(account, "seedance-2.0-fast")
        return make_take(
            user, project, model, prompt=prompt, duration_s=5.0, resolution="480p", aspect_ratio="16:9"
        )

    return make


def kinds(take: Generation) -> list[str]:
    return list(ledger.lines_of(take.pk).values_list("kind", flat=True))


def make_due(**values: Any) -> None:
    CostLookUp.objects.update(due_at=timezone.now() - timedelta(seconds=1), **values)


def ask(studio: Line, take: Generation) -> Generation:
    """One question, as if its time had come."""
    make_due()
    costs.ring_due()
    studio.answer()
    take.refresh_from_db()
    return take


def questions(sandbox: SandboxServer, take: Generation) -> int:
    path = f"/token360/v1/billing/requests/{take.job_request_id}?type=video"
    return [row["path"] for row in sandbox.requests()].count(path)


@pytest.fixture
def stored(studio: Line, take_of: Any) -> Any:
    """``stored(words)``: a completed take that is charged at its estimate, its cost not yet asked for."""

    def make(words: str) -> Generation:
        take = take_of(words)
        studio.send()
        studio.finish(take)
        assert take.status == Status.COMPLETED
        return take

    return make


@pytest.fixture(autouse=True)
def slow_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only ``ask`` makes a question due; none comes by the quick clocks of these tests."""
    monkeypatch.setattr(costs.rhythm, "cost_wait_s", lambda tries: 3600.0)


@pytest.mark.both_databases
def test_the_bill_corrects_the_estimate_once(studio: Line, stored: Any) -> None:
    quota = make_quota(100, measure="money")
    take = stored("A heron pays")
    assert (take.actual_usd, take.actual_basis) == (HELD, "estimated")
    version = take.version
    ask(studio, take)
    assert (take.actual_usd, take.actual_basis, take.status) == (ACTUAL, "actual", Status.COMPLETED)
    assert kinds(take) == ["hold", "settle", "correct"] and take.version == version + 1
    assert ledger.spent(take.project_id) == ACTUAL
    assert QuotaCounter.objects.get(quota=quota).used_micro == int(ACTUAL * 1_000_000)
    assert not CostLookUp.objects.exists()
    tasks.look_up_cost(str(take.pk))  # a bell that rings late
    assert kinds(take) == ["hold", "settle", "correct"]


@pytest.mark.both_databases
def test_two_answers_to_one_question_are_booked_once(stored: Any) -> None:
    take = stored("A heron pays twice")
    first, second = (CostLookUp.objects.select_related("generation").get(pk=take.pk) for _ in range(2))
    costs._book(first, Decimal("0.30"))
    costs._book(second, Decimal("0.90"))
    take.refresh_from_db()
    assert take.actual_usd == ledger.spent(take.project_id) == Decimal("0.30")
    assert take.events.filter(kind="cost told").count() == 1


def test_a_late_bill_is_asked_for_again(studio: Line, sandbox: SandboxServer, stored: Any) -> None:
    take = ask(studio, stored("A heron waits [late bill]"))
    assert (take.actual_usd, take.actual_basis) == (HELD, "estimated")
    assert CostLookUp.objects.get().tries == 1
    ask(studio, take)
    assert take.actual_usd == ACTUAL and questions(sandbox, take) == 2


def test_without_a_bill_the_estimate_stays_and_says_so(
    studio: Line, sandbox: SandboxServer, stored: Any
) -> None:
    take = stored("A heron is forgotten [no bill]")
    for _ in range(costs.COST_TRIES + 2):
        ask(studio, take)
    assert questions(sandbox, take) == costs.COST_TRIES
    assert not CostLookUp.objects.exists()
    assert (take.actual_usd, take.actual_basis) == (HELD, "estimated")
    assert kinds(take) == ["hold", "settle"] and take.status == Status.COMPLETED
    assert receipt.of(take).charged_basis == ""


@pytest.mark.both_databases
def test_a_worker_that_dies_loses_one_question(studio: Line, stored: Any) -> None:
    take = stored("A heron is interrupted")
    make_due()
    assert costs.ring_due() == 1
    studio.rung.clear()  # the bell was heard by nobody who lived
    assert costs.ring_due() == 0  # not before its time
    assert ask(studio, take).actual_usd == ACTUAL


def test_a_gateway_in_trouble_touches_no_take(studio: Line, account: Any, stored: Any) -> None:
    take = stored("A heron meets a closed door")
    before = (take.version, take.events.count(), take.actual_usd)
    accounts.change_address(account, CLOSED_PORT)
    accounts.save_key(account, "sandbox-key-for-tests")
    ask(studio, take)
    assert (take.version, take.events.count(), take.actual_usd) == before
    account.refresh_from_db()
    assert CostLookUp.objects.get().tries == 1 and account.paused_until is None


def test_an_account_that_rests_is_not_asked(
    studio: Line, sandbox: SandboxServer, account: Any, stored: Any
) -> None:
    take = stored("A heron sleeps")
    accounts.pause(account.pk, 600, "asked to wait")
    ask(studio, take)
    assert questions(sandbox, take) == 0 and CostLookUp.objects.exists()


@pytest.mark.both_databases
def test_nobody_asks_while_a_clip_waits_for_a_worker(
    studio: Line, sandbox: SandboxServer, stored: Any, take_of: Any
) -> None:
    take, other = stored("A heron is patient"), take_of("A heron comes first")
    Generation.objects.filter(pk=other.pk).update(status=Status.STORING)
    ask(studio, take)
    assert questions(sandbox, take) == 0 and CostLookUp.objects.get(pk=take.pk).tries == 0


def test_a_cancelled_take_that_was_made_all_the_same_is_corrected_too(studio: Line, take_of: Any) -> None:
    take = take_of("A heron turns back")
    studio.send()
    take.refresh_from_db()
    decide.cancel(take.author, take)
    studio.run_until(lambda: CostLookUp.objects.exists(), 20)
    assert (ask(studio, take).status, take.actual_usd) == (Status.CANCELLED, ACTUAL)


@pytest.mark.parametrize("words", ["A heron fails [failed]", "A heron is lost [lost answer]"])
def test_who_has_nothing_to_ask_by_does_not_ask(studio: Line, take_of: Any, words: str) -> None:
    """A failed take is not charged; one found in the list has no request id."""
    take = take_of(words)
    studio.send()
    assert studio.finish(take, seconds=40).status in (Status.FAILED, Status.COMPLETED)
    assert not CostLookUp.objects.exists()


def test_a_sandbox_account_is_charged_nothing_whatever_the_bill_says(studio: Line, account: Any) -> None:
    account.sandbox = True
    account.save()
    user = make_user()
    model = model_of(account, "seedance-2.0-fast")
    take = make_take(user, make_project(user), model, duration_s=5.0, resolution="480p")
    studio.send()
    assert studio.finish(take).status == Status.COMPLETED
    assert not CostLookUp.objects.exists() and take.actual_usd == 0


def test_people_are_told(studio: Line, stored: Any, signed_in: Any) -> None:
    take = ask(studio, stored("A heron reads its bill"))
    told = receipt.of(take)
    assert [(line.label, line.sum) for line in told.lines] == [
        ("Held", "$0.42"),
        ("Settled", "$0.42"),
        ("Corrected", "-$0.0075"),
    ]
    assert (told.total, told.charged_basis) == ("$0.4125", "told by the gateway")
    line = next(line for line in history.lines_of(take) if "told what it cost" in line.sentence)
    assert line.more == "$0.4125 instead of $0.42"
    client = signed_in(take.author)
    page = " ".join(client.get(take.get_absolute_url()).content.decode().split())
    assert "Sum charged told by the gateway." in page and "$0.4125" in page
    cost = json.loads(client.get(f"/api/v1/generations/{take.pk}").content)["cost"]
    assert (Decimal(cost["actual_usd"]), cost["actual_basis"]) == (ACTUAL, "actual")


def test_a_price_that_was_not_known_is_known_in_the_end(studio: Line, account: Any, take_of: Any) -> None:
    account.models.update(price_rule={})
    take = take_of("A heron without a price")
    assert take.held_usd is None
    studio.send()
    studio.finish(take)
    assert receipt.of(take).total == "unknown"
    assert receipt.of(ask(studio, take)).total == "$0.4125" and take.actual_usd == ACTUAL
