"""Choose which queued takes are sent next: within each account's limits, in turn between people."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from generations.models import AT_THE_GATEWAY, Generation, Status
from providers.models import ProviderAccount

from .lease import rung_until
from .ring import ring

_LOOK_AHEAD = 400


def dispatch() -> int:
    """Ring a submit for every queued take that may go now.

    :returns: how many were rung.
    """
    now = timezone.now()
    waiting = Generation.objects.filter(status=Status.QUEUED, parked_at=None, awaits_inputs=False).order_by()
    accounts = ProviderAccount.objects.usable(now).filter(pk__in=waiting.values("account_id").distinct())
    return sum(_dispatch_account(account, now) for account in accounts)


def _dispatch_account(account: ProviderAccount, now: datetime) -> int:
    free = free_places(account, now)
    if free <= 0:
        return 0
    chosen = _in_turn(_ready(account, now), _in_flight_by_person(account, now), free)
    return sum(_pick(take_id, now) for take_id in chosen)


def free_places(account: ProviderAccount, now: datetime) -> int:
    """How many more this account may send now, by its places in flight and its rate a minute."""
    takes = Generation.objects.filter(account=account).order_by()
    busy = takes.filter(status__in=AT_THE_GATEWAY).count()
    picked = takes.filter(status=Status.QUEUED, lease_until__gt=now).count()
    minute = takes.filter(submitted_at__gt=now - timedelta(minutes=1)).count()
    return min(account.max_in_flight - busy - picked, account.submits_per_min - minute - picked)


def _ready(account: ProviderAccount, now: datetime) -> Iterable[tuple[UUID, UUID]]:
    rows = Generation.objects.lease_over(Status.QUEUED, now).filter(
        Q(not_before=None) | Q(not_before__lte=now), account=account, parked_at=None, awaits_inputs=False
    )
    return rows.order_by("id").values_list("id", "author_id")[:_LOOK_AHEAD]


def _in_flight_by_person(account: ProviderAccount, now: datetime) -> Counter[UUID]:
    rows = Generation.objects.filter(account=account).filter(
        Q(status__in=AT_THE_GATEWAY) | Q(status=Status.QUEUED, lease_until__gt=now)
    )
    return Counter(rows.values_list("author_id", flat=True))


def _in_turn(ready: Iterable[tuple[UUID, UUID]], busy: Counter[UUID], free: int) -> list[UUID]:
    """The oldest take of whoever has the fewest in flight, again and again."""
    lines: dict[UUID, deque[UUID]] = {}
    for take_id, author_id in ready:
        lines.setdefault(author_id, deque()).append(take_id)
    chosen: list[UUID] = []
    while lines and len(chosen) < free:
        author_id = min(lines, key=lambda person: (busy[person], lines[person][0]))
        chosen.append(lines[author_id].popleft())
        busy[author_id] += 1
        if not lines[author_id]:
            del lines[author_id]
    return chosen


def _pick(take_id: UUID, now: datetime) -> int:
    """Mark the row as rung, so that the next look passes it over until the bell must have been lost."""
    rung = rung_until(settings.STUDIO["SUBMIT_LEASE_S"])
    if not Generation.objects.lease_over(Status.QUEUED, now).filter(pk=take_id).update(**rung):
        return 0
    ring("submit", take_id)
    return 1
