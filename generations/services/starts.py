"""When a take in line is likely to start: the takes before it, its account's places and rate, and how long
takes of their models usually need here. Where one of them is unknown, nothing is said rather than guessed."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import inf, isfinite
from uuid import UUID

from django.utils import timezone

from generations.models import Generation, Status
from providers.models import ProviderAccount

from . import line, typical

_MINUTE_S = 60.0
_MOST = 200  # of one account's line; who stands further back is told nothing
_AT_LEAST = 0.1  # of the usual time: what is left of a take that has outlived all usual ones


def expected_s(takes: Iterable[Generation], lines: Mapping[UUID, line.Line]) -> dict[UUID, float]:
    """Take -> seconds until it is likely to be sent; those of whom it cannot be told are left out.

    :param takes: with their accounts; told of are those lines in which one of them waits.
    """
    accounts = {take.account_id: take.account for take in takes if take.status == Status.QUEUED}
    known, now = typical.times() if accounts else {}, timezone.now()
    found: dict[UUID, float] = {}
    for pk, account in accounts.items():
        if known and pk in lines and not account.why_unusable(now):
            found |= _of_line(lines[pk], account, known, now)
    return found


def _of_line(
    of: line.Line, account: ProviderAccount, known: Mapping[UUID, typical.Typical], now: datetime
) -> dict[UUID, float]:
    takes = of.takes[:_MOST]
    usual = [known.get(model) if (model := of.models.get(take)) else None for take in takes]
    spans = [found.p50_s if found else inf for found in usual]
    ages = [(now - (one.began or now)).total_seconds() for one in of.work]
    work = [_left(known.get(one.model_id), age) for one, age in zip(of.work, ages, strict=True)]
    starts = _simulated(spans, work, account.max_in_flight)
    sent = [min((at - now).total_seconds(), 0.0) for at in of.sent]
    told = zip(takes, _at_rate(starts, sent, account.submits_per_min), strict=True)
    return {take: start for take, start in told if isfinite(start)}


def _left(usual: typical.Typical | None, elapsed_s: float) -> float:
    if usual is None:
        return inf
    for span in (usual.p50_s, usual.p90_s):
        if span > elapsed_s:
            return span - elapsed_s
    return usual.p50_s * _AT_LEAST


def _simulated(spans: Sequence[float], work: Sequence[float], places: int) -> list[float]:
    """When each of the takes in line begins: in turn, in the place that is free first."""
    free = sorted(work)[-places:] + [0.0] * max(places - len(work), 0) if places else []
    heapq.heapify(free)
    found = []
    for span in spans:
        start = heapq.heappop(free) if free else inf
        heapq.heappush(free, start + span)
        found.append(start)
    return found


def _at_rate(starts: Sequence[float], sent: Sequence[float], a_minute: int) -> list[float]:
    """No more than so many a minute, those counted that were sent within the last one."""
    times = list(sent)
    for start in starts:
        before = times[-a_minute] if 0 < a_minute <= len(times) else -inf
        times.append(max(start, before + _MINUTE_S))
    return times[len(sent) :]
