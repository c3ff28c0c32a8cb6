"""The click that runs a take at another account: once, with its hold, at no more than what was shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generations.models import Generation
from generations.services import allow_changes, attempts, elsewhere, failover, queue
from generations.services.compose import Refused
from generations.services.create import KeyReused, PriceMoved
from generations.services.refusals import WrongState
from generations.telling.elsewhere import differences
from providers import ledger, quotas
from providers.models import AllowList, AuditEvent, QuotaCounter
from tests.factories import (
    make_quota,
    make_take,
    make_take_row,
)
from tests.generations.failover.desk import REFUSED, close, fresh, open_now, run, twin_of
from tests.together import together

pytestmark = pytest.mark.django_db


def test_a_refused_take_is_made_anew_once_for_two_clicks(bob, project, model, other):
    take = fresh(make_take_row(project=project, model=model, author=bob, hold=False, **REFUSED))
    with pytest.raises(PriceMoved):
        run(bob, take, other, "0.99")
    made = run(bob, take, other, "1.00", key="k")
    assert run(bob, take, other, "1.00", key="k") == made
    assert (made.parent, made.relation, made.account, made.status) == (take, "retry", other.account, "queued")
    assert open_now() == [(other.account_id, 1, Decimal("1.00"))]
    assert take.events.filter(kind="run elsewhere").count() == 1
    line = AuditEvent.objects.get(verb="ran elsewhere")
    assert (line.subject_id, line.after["account"]) == (str(take.pk), other.account.name)


def test_one_in_line_moves_with_its_hold_and_is_asked_once(bob, project, model, other):
    limit = make_quota(1, scope="account", scope_id=model.account_id, measure="in_flight")
    take = make_take(bob, project, model)
    close(model.account)
    assert take.attempt == 1 and QuotaCounter.objects.get(quota=limit).used_micro == 1_000_000
    with pytest.raises(PriceMoved):
        run(bob, fresh(take), other, "0.75")
    assert open_now() == [(model.account_id, 1, Decimal("0.75"))]
    moved = run(bob, fresh(take), other, "1.00")
    assert (moved.pk, moved.account) == (take.pk, other.account), "as it is now: a page names where it went"
    assert run(bob, fresh(take), other, "1.00").pk == take.pk
    take = fresh(take)
    assert (take.account, take.model, take.status, take.attempt) == (other.account, other, "queued", 2)
    assert open_now() == [(other.account_id, 2, Decimal("1.00"))] and take.held_usd == Decimal("1.00")
    assert QuotaCounter.objects.get(quota=limit).used_micro == 0
    (event,) = take.events.filter(kind="moved to another account")
    assert event.detail["from"] == model.account.name and event.detail["to"] == other.account.name
    kinds = ledger.lines_of(take.pk).values_list("kind", "attempt")
    assert list(kinds) == [("hold", 1), ("release", 1), ("hold", 2)]


def test_a_paused_one_moves_and_stays_paused(alice, bob, signed_in, project, model, other):
    take = make_take(bob, project, model)
    before, since = fresh(take), timezone.now()
    close(model.account)
    queue.pause(bob, fresh(take))
    with pytest.raises(WrongState):  # its author paused it after that was looked at
        run(alice, before, other)
    (item,) = failover.offered(alice, fresh(take))
    assert differences(item)[-1] == "It stays paused there until somebody lets it go on."
    client, form = signed_in(alice), {"account": str(other.account_id), "once": "k", "shown": "1.00"}
    assert client.post(f"/t/{take.pk}/elsewhere", form).status_code == 302
    assert f"Paused at {other.account.name}." in client.get(f"/t/{take.pk}").content.decode()
    take = fresh(take)
    assert take.account == other.account and take.paused_at and take.paused_at > since
    queue.unpause(bob, take)
    assert fresh(take).paused_at is None and open_now() == [(other.account_id, 2, Decimal("1.00"))]


def test_a_key_that_has_moved_a_take_moves_it_nowhere_else(bob, project, model, other):
    third = twin_of(model, "venice", wire_id="third")
    take, second = make_take(bob, project, model), make_take(bob, project, model)
    close(model.account)
    for key in ("one", "another"):  # the second of them only hears that it is there already
        assert run(bob, fresh(take), other, key=key).account == other.account
    close(other.account)
    for key in ("one", "another"):
        assert run(bob, fresh(take), other, key=key).account == other.account
        for meant, to in ((take, third), (second, other)):
            with pytest.raises(KeyReused):
                run(bob, fresh(meant), to, key=key)
    assert (fresh(take).account, fresh(second).account) == (other.account, model.account)
    assert run(bob, fresh(take), third, key="a third").account == third.account
    assert run(bob, fresh(take), other, key="one").account == third.account, "the answer to that click"
    assert len(open_now()) == 2


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_one_click_that_is_sent_six_times_is_answered_six_times(bob, project, model, other):
    take = make_take(bob, project, model)
    close(model.account)
    seen = [fresh(take) for _ in range(6)]
    answers = together(6, lambda number: run(bob, seen[number], other, key="k"))
    assert {(one.pk, one.account_id) for one in answers} == {(take.pk, other.account_id)}
    assert open_now() == [(other.account_id, 2, Decimal("1.00"))]


def test_a_limit_without_room_there_leaves_it_where_it_is(bob, project, model, other):
    make_quota(0, scope="account", scope_id=other.account_id)
    take = make_take(bob, project, model)
    close(model.account)
    with pytest.raises(quotas.QuotaExceeded):
        run(bob, fresh(take), other)
    assert fresh(take).account == model.account and open_now() == [(model.account_id, 1, Decimal("0.75"))]
    assert not fresh(take).events.filter(kind="moved to another account").exists()


def test_a_worker_that_dies_between_release_and_hold_leaves_the_old_hold(
    bob, project, model, other, monkeypatch
):
    take = make_take(bob, project, model)
    close(model.account)

    def dies(*_: Any) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr(attempts, "hold_for", dies)
    with pytest.raises(SystemExit):
        run(bob, fresh(take), other)
    assert open_now() == [(model.account_id, 1, Decimal("0.75"))]
    assert (fresh(take).account, fresh(take).attempt) == (model.account, 1)


def test_a_list_that_was_tightened_meanwhile_counts(admin, bob, project, model, other, monkeypatch):
    take = make_take(bob, project, model)
    close(model.account)
    ways = elsewhere.ways_of(elsewhere.Shelves(bob), fresh(take))
    monkeypatch.setattr(elsewhere, "ways_of", lambda *_: ways)
    allow_changes.make(admin, AllowList(scope="role", role="editor", accounts=[model.account_id]))
    with pytest.raises(Refused, match="It allows these accounts"):
        run(bob, fresh(take), other)
    assert open_now() == [(model.account_id, 1, Decimal("0.75"))]


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_clicks_at_one_moment_move_a_take_once_and_limits_hold(bob, project, model, other):
    """Six takes, each clicked twice at one moment, and room for four of them there."""
    make_quota(4, scope="account", scope_id=other.account_id, measure="in_flight")
    takes = [make_take(bob, project, model) for _ in range(6)]
    close(model.account)

    def click(number: int) -> str:
        try:
            run(bob, fresh(takes[number % 6]), other)
        except (WrongState, quotas.QuotaExceeded) as error:
            return type(error).__name__
        return "moved"

    together(12, click)
    there = Generation.objects.filter(account=other.account)
    assert there.count() == 4 and {take.attempt for take in there} == {2}
    assert sorted(open_now(), key=str) == sorted(
        [(other.account_id, 2, Decimal("1.00"))] * 4 + [(model.account_id, 1, Decimal("0.75"))] * 2, key=str
    )
