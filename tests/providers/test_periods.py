"""When periods begin: at the clock of the limit's zone, whatever it does to its hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from providers import periods
from providers.models import Quota

MOMENTS = some.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=some.just(UTC))
APART = ["hour", "day", "week", "month"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quota(period: str, zone: str = "UTC", measure: str = "count") -> Quota:
    return Quota(measure=measure, period=period, time_zone=zone)


@pytest.mark.parametrize(
    ("period", "zone", "moment", "start", "anew"),
    [
        ("day", "UTC", "2026-03-09T23:59:00", "2026-03-09T00:00", "2026-03-10T00:00"),
        ("month", "UTC", "2026-12-31T23:59:59", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("week", "UTC", "2027-01-03T23:59:00", "2026-12-28T00:00", "2027-01-04T00:00"),  # a Sunday
        ("week", "UTC", "2027-01-04T00:00:00", "2027-01-04T00:00", "2027-01-11T00:00"),  # a Monday
        # elsewhere the month is over, or has not begun
        ("month", "Pacific/Auckland", "2026-02-28T11:30:00", "2026-02-28T11:00", "2026-03-31T11:00"),
        ("month", "America/New_York", "2026-03-01T04:59:00", "2026-02-01T05:00", "2026-03-01T05:00"),
        # a day of 23 hours and one of 25, each one day
        ("day", "Europe/Berlin", "2026-03-29T12:00:00", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("day", "Europe/Berlin", "2026-10-25T12:00:00", "2026-10-24T22:00", "2026-10-25T23:00"),
        # the clock jumps over midnight, or strikes it twice
        ("day", "Africa/Cairo", "2026-04-24T12:00:00", "2026-04-23T22:00", "2026-04-24T21:00"),
        ("day", "America/Havana", "2026-11-01T04:30:00", "2026-11-01T04:00", "2026-11-02T05:00"),
        ("day", "America/Havana", "2026-11-01T05:30:00", "2026-11-01T04:00", "2026-11-02T05:00"),
        # two o'clock twice: two hours; and none at all: the next one follows
        ("hour", "Europe/Berlin", "2026-10-25T00:30:00", "2026-10-25T00:00", "2026-10-25T01:00"),
        ("hour", "Europe/Berlin", "2026-10-25T01:30:00", "2026-10-25T01:00", "2026-10-25T02:00"),
        ("hour", "Europe/Berlin", "2026-03-29T00:30:00", "2026-03-29T00:00", "2026-03-29T01:00"),
        ("hour", "Asia/Kolkata", "2026-05-05T10:45:00", "2026-05-05T10:30", "2026-05-05T11:30"),
        # a clock that moves by half an hour has one hour of ninety minutes and one of thirty
        ("hour", "Australia/Lord_Howe", "2026-04-04T15:20:00", "2026-04-04T14:00", "2026-04-04T15:30"),
        ("hour", "Australia/Lord_Howe", "2026-10-03T15:40:00", "2026-10-03T15:30", "2026-10-03T16:00"),
    ],
)
def test_a_period_begins_at_the_clock_of_its_zone(period, zone, moment, start, anew):
    limit = quota(period, zone)
    assert periods.start_of(limit, at(moment)) == at(start)
    assert periods.next_start(limit, at(moment)) == at(anew)


@pytest.mark.parametrize(("period", "measure"), [("lifetime", "money"), ("day", "in_flight")])
def test_what_has_one_period_never_begins_anew(period, measure):
    limit = quota(period, "Europe/Berlin", measure)
    assert (periods.start_of(limit), periods.next_start(limit)) == (periods.ALWAYS, None)


@given(MOMENTS, some.sampled_from(sorted(periods.zones())), some.sampled_from(APART))
@example(at("2026-04-04T14:59:59"), "Australia/Lord_Howe", "hour")
@example(at("2026-10-25T00:59:59"), "Europe/Berlin", "hour")
def test_every_moment_lies_in_one_period_and_each_follows_the_one_before(moment, zone, period):
    limit = quota(period, zone)
    start, anew = periods.start_of(limit, moment), periods.next_start(limit, moment)
    assert anew is not None and start <= moment < anew
    assert (
        periods.start_of(limit, start) == start == periods.start_of(limit, anew - timedelta(microseconds=1))
    )
    assert periods.start_of(limit, anew) == anew
