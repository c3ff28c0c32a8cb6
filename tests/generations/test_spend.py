"""What was spent: exact, apart where it may not be added, and seen by those who may see it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.forms_spend import SpendForm
from generations.models import Client, Project, Tag, Tagging
from generations.services import spend, spend_scope
from generations.services.refusals import NotAllowed
from generations.services.span import Span, named
from generations.services.spend_scope import Purse
from providers import ledger
from providers.ids import new_id
from providers.models import LedgerEntry
from providers.spending import Sums, units
from tests import factories
from tests.generations.spend_rows import NOON, november, spent

FAR = date(2020, 1, 1)

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def whole(user: Any, **values: Any) -> spend.Line:
    return spend.whole(user, november(**values))


def test_a_take_in_each_state_is_in_its_column_and_in_no_other(producer, project):
    model = factories.make_model()
    spent(project, "0.75", model=model)
    spent(project, "1.10", None, model=model)
    spent(project, "0.25", release="not billed", status="failed", failure_billed=False, model=model)
    spent(project, "0.96", told="1.12", model=model, review="approved", failure_class="")
    spent(project, None, "0", model=model)
    found = whole(producer)
    assert found.sums == Sums(quoted=3_060_000, actual=1_870_000, released=250_000, open=1_100_000, unknown=1)
    assert (found.facts.takes, found.facts.refused, found.facts.approved) == (5, 1, 1)
    assert found.an_approved_second is None and found.share_approved == Decimal("20.0")
    for which, takes in {"actual": 3, "released": 1, "held": 1, "refused": 1, "approved": 1, "differs": 1,
                         "unknown": 1, "late": 0}.items():  # fmt: skip
        assert spend_scope.attempts(producer, november(which=which)).count() == takes, which


@pytest.mark.parametrize("by", ["model", "shot"])
def test_a_group_that_appears_between_the_readings_breaks_nothing(producer, project, monkeypatch, by):
    one, two = factories.make_model(), factories.make_model()
    ends = spend._ends

    def meanwhile():
        spent(project, "0.75", release="x", status="failed", failure_billed=False, model=two)
        yield from ends()

    monkeypatch.setattr(spend, "_ends", meanwhile)
    assert whole(producer) == spend.Line((), Sums(), spend.Facts())  # it is in the next look
    LedgerEntry.objects.all().delete()
    spent(project, "0.50", model=one)
    found = spend.table(producer, november(), by)
    assert [line.sums.actual for line in found] == [500_000]
    later = {line.key: line.facts.refused for line in spend.table(producer, november(), by)}
    assert sum(later.values()) >= 1


def test_an_approved_second_costs_all_that_it_took(producer, project):
    model = factories.make_model()
    spent(project, "3.00", model=model)
    for length in (5.04, 4.96):
        take = spent(project, "0.77", review="approved", model=model)
        factories.make_output(take, duration_s=length)
    found = whole(producer)
    assert (found.facts.approved_ms, found.an_approved_second) == (10_000, Decimal("0.4540"))


@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(
            st.decimals("0", "99999.999999", places=6),
            st.sampled_from(["open", "settle", "release", "correct", "late", "waive", "again"]),
            st.decimals("0", "99999.999999", places=6),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_happens_held_is_charged_released_or_open_to_the_last_digit(events):
    """Lines by the ledger's own rules in any order; the database's sums are those of Python's decimals."""
    LedgerEntry.objects.all().delete()
    model, owner = factories.make_model(), factories.make_user(role="producer")
    project = factories.make_project(owner)
    want = {"quoted": Decimal(0), "actual": Decimal(0), "released": Decimal(0), "open": Decimal(0)}
    settled_holds = Decimal(0)
    for held, what, paid in events:
        take = factories.make_take_row(project=project, model=model, held_usd=held, price_basis="quoted")
        want["quoted"] += held
        if what in ("release", "late"):
            ledger.release(take.pk, 1)
        if what in ("settle", "correct", "late", "waive", "again"):
            ledger.settle(take.pk, 1, paid if what in ("settle", "late") else held, "quoted")
        if what in ("waive", "again"):
            assert ledger.waive(take.pk, 1)
        if what == "again":
            assert ledger.made_after_all(take.pk, 1, held, "quoted", "its clip came")
        if what in ("correct", "again"):
            assert ledger.correct(take.pk, 1, paid)
        if what in ("settle", "correct", "late", "again"):
            settled_holds += held
            want["actual"] += paid
        else:
            want["open" if what == "open" else "released"] += held
    today = datetime.now(UTC).date()
    wide = Span(today - timedelta(days=1), today + timedelta(days=1), ZoneInfo("UTC"))
    found = spend.whole(owner, spend_scope.Wanted(wide)).sums
    assert {name: units(getattr(found, name)) for name in want} == want
    assert units(found.quoted) == settled_holds + units(found.released) + units(found.open)
    by_model = spend.table(owner, spend_scope.Wanted(wide), "model")
    assert [line.sums for line in by_model] == [found]
    assert spend.over_time(owner, spend_scope.Wanted(wide)).total() == found


def test_every_table_adds_up_to_the_whole(producer, project, bob):
    other = factories.make_project(bob, client=Client.objects.create(name="Kestrel"))
    one, two = factories.make_model(), factories.make_model()
    spent(project, "0.1", model=one), spent(project, "0.2", model=two), spent(other, "0.3", "0.7", model=two)
    tag = Tag.objects.create(project=other, name="hero")
    Tagging.objects.create(tag=tag, generation=spent(other, "0.4", model=one))
    all_of_it = whole(producer)
    for by in spend.BY:
        lines = spend.table(producer, november(), by)
        if by == "tag":
            assert [(line.key, line.sums.actual, line.facts.takes) for line in lines] == [
                (("hero",), 400_000, 1)
            ]
            continue
        assert sum((line.sums for line in lines), Sums()) == all_of_it.sums
        assert sum(line.facts.takes for line in lines) == 4
    clients = spend.table(producer, november(), "client")
    assert [(line.key[0], line.sums.actual) for line in clients] == [
        (other.client_id, 1_100_000),
        (None, 300_000),
    ]
    assert whole(producer, client=other.client_id).sums.actual == 1_100_000
    assert whole(producer, client=spend_scope.NONE).sums.actual == 300_000
    LedgerEntry.objects.filter(project_id=project.pk, model=one.wire_id).update(project_id=new_id())
    assert whole(producer, client=spend_scope.NONE).sums.actual == 300_000
    kestrel = other.client_id
    Project.objects.filter(pk=other.pk).update(client=Client.objects.create(name="Buzzard"))  # for what comes
    assert whole(producer, client=kestrel).sums.actual == 1_100_000
    assert whole(producer, tag="hero", person=bob.pk, model=one.wire_id).sums.actual == 400_000


def test_sandbox_and_other_currencies_are_never_added(producer, project):
    play = factories.make_model(account=factories.make_account(sandbox=True))
    spent(project, "5", model=play)
    spent(project, "1", model=(real := factories.make_model()))
    foreign = spent(project, "7", model=real)
    LedgerEntry.objects.filter(take_id=foreign.pk).update(currency="CNY")
    assert whole(producer).sums.actual == 1_000_000
    assert whole(producer, purse=Purse(sandbox=True)).sums.actual == 5_000_000
    assert whole(producer, purse=Purse("CNY")).sums.actual == 7_000_000
    assert [purse.key for purse in spend.purses(producer, november())] == ["USD", "CNY", "sandbox"]


@pytest.mark.parametrize(("zone", "months"), [("UTC", ["Oct", "Nov"]), ("Pacific/Auckland", ["Nov", "Nov"])])
def test_the_month_begins_at_midnight_of_the_persons_zone(producer, project, zone, months):
    """An hour before midnight UTC it is next month in Auckland; what is told later counts with its hold."""
    model = factories.make_model()
    for at in (datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 1, 0, tzinfo=UTC)):
        take = spent(project, "1", told="3", at=at, model=model)
        LedgerEntry.objects.filter(take_id=take.pk, kind="correct").update(created_at=at + timedelta(days=40))
    spans = {"Oct": Span(date(2026, 10, 1), date(2026, 10, 31), ZoneInfo(zone))}
    spans["Nov"] = Span(date(2026, 11, 1), date(2026, 11, 30), ZoneInfo(zone))
    for name, span in spans.items():
        found = spend.whole(producer, spend_scope.Wanted(span))
        assert found.sums.actual == 3_000_000 * months.count(name)
        first = spend.over_time(producer, spend_scope.Wanted(span)).steps
        assert len(first) == len(set(months)) if months.count(name) and len(set(months)) == 1 else True


def test_days_are_23_or_25_hours_where_the_clock_is_put_forward_or_back(producer, project):
    berlin = ZoneInfo("Europe/Berlin")
    span = Span(date(2026, 10, 24), date(2026, 10, 26), berlin)
    assert (span.midnight(date(2026, 10, 26)) - span.midnight(date(2026, 10, 25))) == timedelta(hours=25)
    spent(project, "1", at=datetime(2026, 10, 25, 22, 59, tzinfo=UTC))
    assert list(spend.over_time(producer, spend_scope.Wanted(span)).steps) == [(1, "token360")]


@pytest.mark.parametrize(
    ("name", "first", "last", "step"),
    [
        ("this_month", "2026-03-01", "2026-03-31", "day"),
        ("last_month", "2026-02-01", "2026-02-28", "day"),
        ("yesterday", "2026-03-30", "2026-03-30", "day"),
        ("7", "2026-03-25", "2026-03-31", "day"),
        ("90", "2026-01-01", "2026-03-31", "week"),
    ],
)
def test_named_ranges_end_today(name, first, last, step):
    found = named(name, date(2026, 3, 31), ZoneInfo("UTC"))
    assert (str(found.first), str(found.last), found.step) == (first, last, step)
    steps = found.steps()
    assert (steps[0][0], steps[-1][1]) == (found.first, found.last)
    assert sum((last - first).days + 1 for first, last in steps) == found.days


def test_owners_see_their_projects_producers_all_others_nothing(producer, alice, bob, charlie, project):
    spent(project, "1"), spent(factories.make_project(), "2")
    assert whole(producer).sums.actual == 3_000_000
    assert whole(alice).sums.actual == 1_000_000
    for nobody in (bob, charlie):  # an editor, a stranger
        assert whole(nobody).facts.takes == 0
        with pytest.raises(NotAllowed):
            spend_scope.require(nobody)


def test_a_second_attempt_counts_its_money_and_not_a_second_take(producer, project):
    take = spent(project, "1", release="declared lost")
    take.attempt = 2
    take.save()
    from generations.services.create import hold_for

    hold_for(take, take.author)
    ledger.settle(take.pk, 2, Decimal("1.5"), "quoted")
    LedgerEntry.objects.filter(take_id=take.pk).update(created_at=NOON)
    ledger.release(take.pk, 2)  # changes nothing any more
    found = whole(producer)
    assert found.facts.takes == 1
    assert found.sums == Sums(quoted=2_000_000, actual=1_500_000, released=1_000_000)


def test_money_that_came_back_and_was_charged_after_all_is_late(producer, project):
    take = spent(project, "1", release="dropped")
    ledger.settle(take.pk, 1, Decimal(1), "quoted")
    LedgerEntry.objects.filter(take_id=take.pk).update(created_at=NOON)
    assert [row.take_id for row in spend_scope.attempts(producer, november(which="late"))] == [take.pk]
    assert whole(producer).sums == Sums(quoted=1_000_000, actual=1_000_000)


def test_the_number_of_queries_does_not_depend_on_the_rows(producer, project):
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            for by in spend.BY:
                spend.table(producer, november(), by)
            whole(producer), spend.over_time(producer, november()), spend.purses(producer, november())
        return len(caught)

    spent(project)
    before = asked()
    for _ in range(5):
        spent(factories.make_project())
    # a table is read for its sums, for what was approved and for what was refused; one of tags at once
    assert asked() == before == 3 * (len(spend.BY) - 1) + 1 + 3 + 2


def test_days_begin_at_the_studios_clock_unless_another_is_named(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    for said, zone in (({}, "Pacific/Auckland"), ({"tz": "America/Lima"}, "America/Lima")):
        form = SpendForm({"range": "own", "since": "2026-11-01", "until": "2026-11-01", **said})
        assert form.is_valid() and str(form.wanted().span.zone) == zone
        assert ("tz" in form.asked()) == ("tz" in said)


def test_an_attempt_that_went_on_elsewhere_counts_there_alone(producer, project):
    kept, moved = (factories.make_take_row(project=project) for _ in range(2))
    before = spend.whole(producer, spend_scope.Wanted(Span(FAR, date(2100, 1, 1), ZoneInfo("UTC"))))
    assert before.sums.quoted == before.sums.open > 0
    ledger.release(moved.pk, 1, ledger.MOVED)
    ledger.release(kept.pk, 1)
    after = spend.whole(producer, spend_scope.Wanted(Span(FAR, date(2100, 1, 1), ZoneInfo("UTC"))))
    assert after.sums.quoted == after.sums.released == before.sums.quoted / 2 and after.sums.open == 0
