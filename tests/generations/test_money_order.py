"""Who changes takes and their money in one transaction holds the rows first, then the limits: two who mean
the same takes wait for each other in turn, and no database has to end one of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from threading import Event, get_ident
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from generations.models import Generation, Status
from generations.services import attempts, consent, decide, endings, failover, transitions
from generations.services.lease import Lease
from generations.services.refusals import WrongState
from providers import accounts, ledger
from providers.gateways.values import Failure, FailureClass
from providers.quotes import Quote
from tests.factories import (
    CLOSED_PORT,
    CONSENT,
    make_account,
    make_asset,
    make_model,
    make_quota,
    make_take_row,
)
from tests.together import together

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
RULE = {"per": "second", "rates": [{"usd": "0.20"}]}
TICKS = dict.fromkeys(CONSENT["statements"], True)
NO = Failure(FailureClass.REFUSED_LOCALLY, "It cannot be sent.", billed=False)


def read(take: Generation) -> Generation:
    return Generation.objects.select_related("project", "author", "account", "model").get(pk=take.pk)


def moves(user: Any, takes: list[Generation], other: Any) -> Any:
    return failover.run(user, takes[0], other.account_id, key=uuid4().hex, shown_usd=None)


def finds_a_price(_user: Any, takes: list[Generation], _other: Any) -> Any:
    return attempts.at_found_price(takes[0], Quote(Decimal("0.50"), "quoted"))


def attests_all(user: Any, takes: list[Generation], _other: Any) -> Any:
    return consent.attest_all(user, takes, TICKS, text_sha256=CONSENT["text_sha256"], address=None)


def cancels(user: Any, take: Generation) -> Any:
    return decide.cancel(user, take)


def fails(_user: Any, take: Generation) -> Any:
    return endings.fail(take, NO, frm=[Status.QUEUED])


def sends(_user: Any, take: Generation) -> Any:
    """A worker's claim, as ``submit`` makes it."""
    lease = Lease(60)
    return lease.claim_by_move(
        take, Status.SUBMITTING, frm=[Status.QUEUED], kind="sending", guard=attempts.this_attempt(take)
    )


def attests(user: Any, take: Generation) -> Any:
    return consent.attest(user, take, TICKS, text_sha256=CONSENT["text_sha256"], address=None)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("first", "second", "status", "count"),
    [
        (moves, cancels, Status.QUEUED, 1),
        (moves, fails, Status.QUEUED, 1),
        (moves, sends, Status.QUEUED, 1),
        (finds_a_price, cancels, Status.QUEUED, 1),
        (attests_all, attests, Status.NEEDS_CONSENT, 2),
    ],
)
def test_two_who_mean_one_take_wait_in_turn(
    bob: Any,
    project: Any,
    monkeypatch: pytest.MonkeyPatch,
    first: Callable[..., Any],
    second: Callable[..., Any],
    status: str,
    count: int,
) -> None:
    """The first one, with the limits in its hand and about to change the last row, goes on when the second
    one waits."""
    make_quota(100, measure="in_flight")
    model = make_model(label="Long", account=make_account("token360", base_url=CLOSED_PORT))
    other = make_model(label="Long", account=make_account("elkapi", base_url=CLOSED_PORT), price_rule=RULE)
    inputs = [("first_frame", make_asset(project=project))] if status == Status.NEEDS_CONSENT else []
    takes = [
        make_take_row(project=project, author=bob, model=model, status=status, inputs=inputs)
        for _ in range(count)
    ]
    if status == Status.NEEDS_CONSENT:
        for take in takes:
            ledger.release(take.pk, take.attempt, "consent asked")
    if first is moves:
        accounts.pause(model.account_id, 3600, "Resting.")
    mine, theirs, ready, calls, who = [read(take) for take in takes], read(takes[-1]), Event(), [], []
    move = transitions.move

    def slowly(take: Generation, *args: Any, **said: Any) -> bool:
        if [get_ident()] == who and take.pk == takes[-1].pk:
            calls.append(take.pk)
            ready.set()
            until = monotonic() + 10
            while connection.vendor == "postgresql" and not somebody_waits() and monotonic() < until:
                ready.wait(0)
        return move(take, *args, **said)

    monkeypatch.setattr(transitions, "move", slowly)

    def act(number: int) -> Any:
        try:
            if number == 0:
                who.append(get_ident())
                return bool(first(bob, mine, other))
            assert ready.wait(10)
            return second(bob, theirs)
        except WrongState:
            return False

    assert together(2, act) == [True, False]
    assert calls == [takes[-1].pk]
    assert {(line.take_id, line.attempt) for line in ledger.open_holds()} == {(one.pk, 2) for one in takes}
    assert {read(one).status for one in takes} == {Status.QUEUED}
