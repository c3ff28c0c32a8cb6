"""How often a job is asked about, and how long to wait after an error. Seconds throughout."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.conf import settings

from providers.gateways.base import Gateway
from providers.gateways.values import Job

_DOUBLINGS = 30  # past every limit; an outage of a day would pass what a float holds


def _spread(seconds: float) -> float:
    """Ten per cent to either side, so that what was made together does not stay together."""
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311 - no secret


def _jittered(seconds: float) -> float:
    return _spread(seconds) * settings.STUDIO["POLL_SCALE"]


def interval_s(age_s: float, *, overdue: bool = False, together: int = 1, polls_per_min: int = 0) -> float:
    """3 s in the first half minute, 5 s to three minutes, then 10 s; stretched so that all takes
    of the account ``together`` stay within its rate limit; 300 s past the deadline. With 10 % jitter."""
    if overdue:
        base = 300.0
    else:
        base = 3.0 if age_s < 30 else 5.0 if age_s < 180 else 10.0
        if polls_per_min:
            base = max(base, together * 60.0 / polls_per_min)
    return _jittered(base)


def first_poll_at(now: datetime, job: Job) -> datetime:
    """Not before there can be an answer: a known duration is waited for by half, 30 s at most."""
    wait = min((job.eta_s or 0) / 2, 30.0)
    return now + timedelta(seconds=max(wait, interval_s(0)))


def cost_wait_s(tries: int) -> float:
    """10 s, then 1, 6, 36 minutes and 2 hours between questions for a cost, with 10 % jitter."""
    return _jittered(min(10.0 * 6**tries, 7200.0))


def back_off_s(errors: int) -> float:
    """2, 4, 8, … up to 60 s, with 10 % jitter."""
    return _jittered(_doubled(2.0, errors, 60.0))


def busy_wait_s(adapter: Gateway, told_s: float | None, before: int) -> float:
    """The time that a busy gateway told; else its adapter's own, doubled for each time ``before`` that it
    was busy, with 10 % jitter."""
    first_s, most_s = adapter.busy_s
    return _jittered(_doubled(first_s, before, most_s)) if told_s is None else told_s


def webhook_wait_s(failures: int) -> float:
    """A minute, then twice as long each time, up to two hours, with 10 % jitter.

    :param failures: in a row, one at least.
    """
    return _spread(_doubled(float(settings.STUDIO["WEBHOOK_RETRY_S"]), failures - 1, 7200.0))


def _doubled(first_s: float, times: int, most_s: float) -> float:
    return min(first_s * 2 ** min(times, _DOUBLINGS), most_s)


def step_back_s() -> float:
    """5 to 15 s: far enough apart that two takes that stepped back before each other do not meet again."""
    return random.uniform(5.0, 15.0) * settings.STUDIO["POLL_SCALE"]  # noqa: S311 - no secret
