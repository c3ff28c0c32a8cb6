"""Sentences about money: a sandbox take never says that some may be gone, a real one says what is true."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation
from generations.services.transitions import record
from generations.telling import history, receipt
from generations.terminal import report
from providers import ledger
from tests import factories

pytestmark = pytest.mark.django_db

# what a page of a sandbox take may say of money; what is left of the page may say nothing
FREE = re.compile(r"nothing (is|was|has been) charged|Charged</dt><dd class=\"sum\">\$0\.00<", re.IGNORECASE)
GONE = re.compile(r"\bbill|charged\b|\bpaid\b|held sum|is held|stays held|costs nothing", re.IGNORECASE)

NOW = timezone.now()
SENT = {"submitted_at": NOW, "finished_at": NOW}
# name -> (the row, what a real take of $0.75 says of it)
SITUATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "queued": ({"status": "queued"}, "$0.75 is held; cancelling releases it."),
    "sending": ({"status": "submitting"}, "$0.75 is held until it ends."),
    "running": ({"status": "running"}, "It will most likely be charged."),
    "storing": ({"status": "storing"}, "$0.75 is held until it ends."),
    "not stored": (
        {"status": "storing", "parked_at": NOW, **SENT},
        "The gateway made it, so it is paid for there; $0.75 is held.",
    ),
    "consent": ({"status": "needs_consent"}, "Nothing has been charged."),
    "uncertain": ({"status": "uncertain"}, "It may have been billed; $0.75 stays held."),
    "not billed": ({"status": "failed"}, "Not charged."),
    "billed": ({"status": "failed", "failure_billed": True}, "It was charged."),
    "lost": (
        {"status": "failed", "failure_class": "lost", "failure_billed": None},
        "It may have been charged: look at your account at the gateway.",
    ),
    "never sent": ({"status": "cancelled", "actual_usd": Decimal(0)}, "Nothing was charged."),
    "dropped": (
        {"status": "cancelled", "submitted_at": NOW},
        "If the gateway made it all the same, its bill shows it.",
    ),
    "cancelled and made": (
        {"status": "cancelled", "job_id": "j", "actual_usd": Decimal("0.75"), "actual_basis": "estimated"},
        "$0.75 was charged.",
    ),
    "cancelled and lost": (
        {"status": "cancelled", "job_id": "j", "actual_usd": Decimal("0.75"), "actual_basis": "unknown"},
        "It may have been charged; $0.75 counts as spent.",
    ),
}
NOTES = ("billed", "may have been billed", "dropped by Bob; may have been billed")


def make(project: Any, name: str, sandbox: bool) -> Generation:
    model = factories.make_model(
        account=factories.make_account(sandbox=sandbox, base_url="http://127.0.0.1:9/v1")
    )
    fields = {**SITUATIONS[name][0]}
    if sandbox:
        fields |= {"held_usd": Decimal(0), "price_basis": "sandbox"}
        fields |= {"actual_usd": Decimal(0)} if "actual_usd" in fields else {}
    return factories.make_take_row(project=project, model=model, **fields)


def everything_said(client: Any, take: Generation) -> str:
    """The take's page with its questions and its history, its card, its price, and the terminal's report."""
    pages = [
        client.get(reverse("take", args=[take.pk])),
        client.get(reverse("feed", args=[take.project.slug])),
        client.get(reverse("take-price", args=[take.pk]), headers={"HX-Request": "true"}),
    ]
    told = io.StringIO()
    report(_Out(told), take)
    return "\n".join([*(page.content.decode() for page in pages), told.getvalue()])


class _Out:
    def __init__(self, stream: io.StringIO) -> None:
        self.stream = stream

    def write(self, words: str) -> None:
        self.stream.write(f"{words}\n")


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_sandbox_take_never_says_that_money_may_be_gone(project, bob, signed_in, name):
    take = make(project, name, sandbox=True)
    said = FREE.sub("", everything_said(signed_in(bob), take))
    assert not GONE.findall(said), [said[max(0, m.start() - 80) : m.end() + 40] for m in GONE.finditer(said)]


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_real_take_says_what_is_true(project, bob, signed_in, name):
    take = make(project, name, sandbox=False)
    assert SITUATIONS[name][1] in everything_said(signed_in(bob), take)


@pytest.mark.parametrize("billed", [True, False, None])
def test_no_line_of_a_sandbox_history_speaks_of_a_bill(project, billed):
    take = make(project, "queued", sandbox=True)
    for kind in history.TOLD:
        record(
            take.pk, project.pk, kind, detail={"billed": billed, "basis": "sandbox", "reason": "It broke."}
        )
    said = [FREE.sub("", f"{line.sentence} {line.more}") for line in history.lines_of(take)]
    assert len(said) == len(history.TOLD) and not [
        line for line in said if re.search("bill|paid|charged", line)
    ]


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("sandbox", [True, False])
def test_the_receipt_of_a_real_take_alone_speaks_of_a_bill(project, bob, signed_in, note, sandbox):
    take = make(project, "dropped", sandbox=sandbox)
    ledger.release(take.pk, take.attempt, note)
    lines = signed_in(bob).get(take.get_absolute_url()).context["receipt"].lines
    assert ("bill" in lines[-1].note) is not sandbox
    assert "dropped by Bob" in lines[-1].note or "dropped" not in note


@pytest.mark.parametrize("billed", [False, None, True])
def test_what_a_take_would_have_cost_is_not_said_of_one_that_cost_nothing(project, billed):
    fields = {"status": "failed", "failure_billed": billed, "price_detail": ["Would be $0.95."]}
    take = factories.make_take_row(project=project, **fields)
    assert receipt.of(take).detail == ([] if billed is False else ["Would be $0.95."])
