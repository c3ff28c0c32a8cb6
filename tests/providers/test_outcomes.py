"""What a hold says of its end is what the lines of its attempt come to, and nobody can bend it unseen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generations.services import audit
from providers import ledger, outcomes
from providers.models import LedgerEntry
from tests import factories

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
End = LedgerEntry.End
STEPS = {
    "settle": lambda take: ledger.settle(take.pk, 1, Decimal("0.75"), "unknown"),
    "release": lambda take: ledger.release(take.pk, 1),
    "move": lambda take: ledger.release(take.pk, 1, ledger.MOVED),
    "correct": lambda take: ledger.correct(take.pk, 1, Decimal("0.5")),
    "same": lambda take: ledger.correct(take.pk, 1, Decimal("0.75")),
    "again": lambda take: ledger.made_after_all(take.pk, 1, Decimal("0.75"), "quoted", "its clip came"),
    "waive": lambda take: ledger.waive(take.pk, 1, "its statement"),
}


def said(take) -> tuple[str, int | None]:
    hold = LedgerEntry.objects.get(take_id=take.pk, kind="hold")
    return hold.end, hold.charged_micro


@pytest.mark.parametrize(
    ("steps", "end", "charged"),
    [
        ("", End.OPEN, None),
        ("settle", End.CHARGED, 750_000),
        ("release", End.BACK, None),
        ("move", End.MOVED, None),
        ("settle correct", End.CHARGED, 500_000),
        ("release settle", End.LATE, 750_000),
        ("settle same", End.CHARGED, 750_000),
        ("settle waive", End.BACK, None),
        ("settle waive again same", End.LATE, 750_000),
        ("settle waive correct", End.LATE, 500_000),
        ("settle waive again", End.LATE, 750_000),
        ("settle waive again correct", End.LATE, 500_000),
    ],
)
def test_a_hold_says_what_its_lines_come_to(steps, end, charged):
    take = factories.make_take_row(held_usd=Decimal("0.75"))
    for step in steps.split():
        assert STEPS[step](take)
    assert said(take) == (end, charged) and not list(outcomes.wrong())
    LedgerEntry.objects.filter(take_id=take.pk, kind="hold").update(end="late", charged_micro=1)
    assert list(outcomes.wrong()) == [(take.pk, 1)]
    assert any(problem.take_id == take.pk for problem in audit.money_drift())
    assert outcomes.rebuild() == 1 and said(take) == (end, charged) and outcomes.rebuild() == 0


def test_what_is_known_better_is_not_waived():
    take = factories.make_take_row(held_usd=Decimal("0.75"))
    assert not ledger.waive(take.pk, 1)  # nothing was settled
    ledger.settle(take.pk, 1, Decimal("0.75"), "unknown")
    ledger.correct(take.pk, 1, Decimal("0.6"), "told by the gateway")
    assert not ledger.waive(take.pk, 1)
    other = factories.make_take_row(held_usd=Decimal("0.75"))
    ledger.settle(other.pk, 1, Decimal("0.75"), "unknown")
    assert ledger.waive(other.pk, 1) and not ledger.waive(other.pk, 1)
    assert ledger.spent(other.project_id) == 0
