"""When a limit's period begins and ends: at the clock of the limit's own time zone, as moments in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone

from .models import Quota

Measure, Period = Quota.Measure, Quota.Period
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)  # of what has one period only
_AN_HOUR = timedelta(hours=1)


def start_of(quota: Quota, moment: datetime | None = None) -> datetime:
    """Of the period that ``moment``, or now, lies in; ALWAYS where there is but one.

    A day that the clock makes longer or shorter is one day. An hour that the clock repeats is two, for what
    was used in the first is over when the second begins.
    """
    if quota.measure == Measure.IN_FLIGHT or quota.period == Period.LIFETIME:
        return ALWAYS
    there = (moment or timezone.now()).astimezone(zone_of(quota))
    if quota.period == Period.HOUR:
        return there.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    return _midnight(quota, _first_day(quota, there.date()))


def next_start(quota: Quota, moment: datetime | None = None) -> datetime | None:
    """When it begins anew; None where it never does."""
    start = start_of(quota, moment)
    if start == ALWAYS:
        return None
    if quota.period == Period.HOUR:
        return _next_hour(quota, start)
    day = start.astimezone(zone_of(quota)).date()
    return _midnight(quota, _first_day(quota, day + _LONGEST[Period(quota.period)]))


# a step from the first day of a period that ends in the next one
_LONGEST = {Period.DAY: timedelta(days=1), Period.WEEK: timedelta(days=7), Period.MONTH: timedelta(days=31)}


def zone_of(quota: Quota) -> ZoneInfo:
    return ZoneInfo(quota.time_zone)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The names that a limit may have; those of a machine's own files are no names to others."""
    return frozenset(name for name in available_timezones() if name not in ("localtime", "Factory"))


def _first_day(quota: Quota, day: date) -> date:
    if quota.period == Period.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if quota.period == Period.WEEK else day


def _midnight(quota: Quota, day: date) -> datetime:
    """Where the clock jumps over midnight, the moment of the jump; where it strikes twice, the first."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(quota)).astimezone(UTC)


def _next_hour(quota: Quota, start: datetime) -> datetime:
    """Lord Howe moves its clock by half an hour: one hour of it then lasts ninety minutes, one thirty."""
    later = start_of(quota, start + _AN_HOUR)
    return later if later > start else start_of(quota, start + 2 * _AN_HOUR)
