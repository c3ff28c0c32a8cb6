"""All of mine that wait for one account: all of them or none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations.models import Generation, Status
from generations.services import failover, queue
from generations.services.create import PriceMoved
from generations.services.refusals import WrongState
from providers import quotas
from providers.quotes import Quote
from tests.factories import (
    CAPABILITIES,
    CLOSED_PORT,
    make_account,
    make_asset,
    make_model,
    make_quota,
    make_take_row,
)
from tests.generations.failover.desk import close, fresh, open_now, run_all, twin_of

pytestmark = pytest.mark.django_db


def test_all_of_mine_go_at_the_sum_that_was_shown(bob, waiting, model, other):
    (group,) = failover.offered_together(bob, model.account)
    assert (group.account, len(group.items), group.total) == (other.account, 3, Decimal("3.00"))
    with pytest.raises(PriceMoved):
        run_all(bob, waiting, other, "2.99")
    assert run_all(bob, waiting, other, "3.00") == 3
    assert Generation.objects.filter(account=other.account, author=bob).count() == 3
    assert len(open_now()) == 4 and Generation.objects.filter(account=model.account).count() == 1


@pytest.mark.parametrize("why", ["no room", "one has gone"])
def test_all_or_none_of_them(bob, waiting, model, other, why):
    if why == "no room":
        make_quota(2, scope="account", scope_id=other.account_id)
    else:
        Generation.objects.filter(pk=waiting[1].pk).update(status=Status.SUBMITTING)
    before = sorted(open_now(), key=str)
    with pytest.raises((quotas.QuotaExceeded, WrongState)):
        run_all(bob, waiting, other, "3.00")
    assert sorted(open_now(), key=str) == before
    assert not Generation.objects.filter(account=other.account).exists()


def test_what_is_held_back_stays_where_it_is(bob, waiting, model, other):
    paused, parked, goes = waiting
    queue.pause(bob, fresh(paused))
    Generation.objects.filter(pk=parked.pk).update(parked_at=timezone.now())
    (group,) = failover.offered_together(bob, model.account)
    assert [item.take for item in group.items] == [goes]
    for held in (paused, parked):
        with pytest.raises(WrongState):
            run_all(bob, [goes, held], other, "9")
    assert run_all(bob, [goes], other, "1.00") == 1
    assert fresh(paused).paused_at and fresh(paused).account == model.account


def test_what_can_go_nowhere_is_not_in_the_way_of_the_rest(bob, signed_in, project, monkeypatch):
    """A long line begins with takes that no other account makes: of another model, or of a picture that is
    too small there."""
    monkeypatch.setattr(failover, "MOST_AT_ONCE", 2)
    here = make_account("token360", base_url=CLOSED_PORT)
    alone, model = make_model(label="Alone", account=here), make_model(label="Long", account=here)
    caps = {**CAPABILITIES, "inputs": {"first_frame": {"min_side_px": 5000}}}
    there = twin_of(model, "elkapi", wire_id="elk-long", capabilities=caps)
    picture = [("first_frame", make_asset(project=project))]
    for _ in range(3):
        make_take_row(author=bob, project=project, model=alone)
        make_take_row(author=bob, project=project, model=model, inputs=picture)
    going = [make_take_row(author=bob, project=project, model=model) for _ in range(3)]
    close(here)
    (group,) = failover.offered_together(bob, here)
    assert [item.take for item in group.items] == going[:2]
    page = signed_in(bob).get(f"/queue/{here.pk}/elsewhere").content.decode()
    assert "9 takes of yours wait" in page and f"Run 2 of 9 at {there.account.name}" in page
    assert "The oldest 2 go at once" in page
    assert run_all(bob, going[:2], there, "2.00") == 2
    (group,) = failover.offered_together(bob, here)
    assert [item.take for item in group.items] == going[2:]


def test_a_line_is_read_in_as_many_queries_however_long_it_is(
    bob, waiting, model, other, django_assert_num_queries
):
    with CaptureQueriesContext(connection) as few:
        assert len(failover.in_vain(bob, model.account)) == 3
    for _ in range(4):
        make_take_row(author=bob, project=waiting[0].project, model=model)
    with django_assert_num_queries(len(few)):
        assert len(failover.in_vain(bob, model.account)) == 7


@pytest.mark.parametrize(
    ("bases", "words"),
    [
        (("quoted", "quoted", "quoted"), "Quoted. "),
        (("quoted", "estimated", "quoted"), "Partly quoted, partly estimated. "),
        (("unknown", "estimated", "unknown"), "Estimated. "),
    ],
)
def test_a_sum_is_not_called_surer_than_its_prices(
    bob, signed_in, waiting, model, other, monkeypatch, bases, words
):
    prices = [Quote(None if basis == "unknown" else Decimal(1), basis) for basis in bases]
    monkeypatch.setattr(failover.create, "price_all", lambda *_: prices)
    page = signed_in(bob).get(f"/queue/{model.account_id}/elsewhere").content.decode()
    assert f">{words}ElkAPI instead" in page
