"""A range of days in somebody's time zone, and the steps that a chart of it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_DAYS = 3660
_BY_DAY, _BY_WEEK = 62, 400  # so many days at most are drawn day by day, or week by week


@dataclass(frozen=True)
class Span:
    """``first`` and ``last`` are both in it."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return self.midnight(self.first)

    @property
    def end(self) -> datetime:
        """The moment after it."""
        return self.midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def step(self) -> str:
        return "day" if self.days <= _BY_DAY else "week" if self.days <= _BY_WEEK else "month"

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.zone).astimezone(UTC)

    def steps(self) -> list[tuple[date, date]]:
        """First and last day of each; weeks begin on Monday. The outer ones are cut to the range."""
        found, day = [], self.first
        while day <= self.last:
            following = self._next(day)
            found.append((day, min(following - timedelta(days=1), self.last)))
            day = following
        return found

    def _next(self, day: date) -> date:
        if self.step == "day":
            return day + timedelta(days=1)
        if self.step == "week":
            return day + timedelta(days=7 - day.weekday())
        return _month_after(day)


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def named(name: str, today: date, zone: ZoneInfo) -> Span:
    """One of the ranges that the page offers.

    :raises KeyError: there is no such range.
    """
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    ranges = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "this_month": (month, today),
        "last_month": (before.replace(day=1), before),
        **{str(days): (today - timedelta(days=days - 1), today) for days in (7, 30, 90)},
    }
    return Span(*ranges[name], zone)
