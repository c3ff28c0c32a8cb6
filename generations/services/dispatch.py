"""Send what waits: as many takes as each account's limits allow, in the order of its line."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from generations.models import AT_THE_GATEWAY, Generation, Status
from providers.models import ProviderAccount

from . import line
from .lease import rung_until
from .ring import ring


def dispatch() -> int:
    """Ring a submit for every queued take that may go now.

    :returns: how many were rung.
    """
    now = timezone.now()
    waiting = line.ready(now).order_by().values("account_id").distinct()
    accounts = ProviderAccount.objects.usable(now).filter(pk__in=waiting)
    return sum(_dispatch_account(account, now) for account in accounts)


def _dispatch_account(account: ProviderAccount, now: datetime) -> int:
    free = free_places(account, now)
    if free <= 0:
        return 0
    return sum(_pick(take_id, now) for take_id in line.order(account.pk, now, free))


def free_places(account: ProviderAccount, now: datetime) -> int:
    """How many more this account may send now, by its places in flight and its rate a minute."""
    takes = Generation.objects.filter(account=account).order_by()
    busy = takes.filter(status__in=AT_THE_GATEWAY).count()
    picked = takes.filter(status=Status.QUEUED, lease_until__gt=now).count()
    minute = takes.filter(submitted_at__gt=now - timedelta(minutes=1)).count()
    return min(account.max_in_flight - busy - picked, account.submits_per_min - minute - picked)


def _pick(take_id: UUID, now: datetime) -> int:
    """Mark the row as rung, so that the next look passes it over until the bell must have been lost."""
    rung = rung_until(settings.STUDIO["SUBMIT_LEASE_S"])
    if not line.ready(now).filter(pk=take_id).update(**rung):
        return 0
    ring("submit", take_id)
    return 1
