"""Former keys that nothing needs any more are erased; see ``providers.former_keys``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from generations.models import CostLookUp, Generation, Status
from providers import former_keys
from providers.gateways.values import FailureClass
from providers.models import FormerKey, ProviderAccount

# *Resume* goes on with the same job
RESUMABLE = (FailureClass.EXPIRED_RESULT, FailureClass.LOST, FailureClass.PROVIDER_DOWN)
_AT_GATEWAY = (Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING, Status.STORING)
_LATE_CLIP = Q(next_poll_at__isnull=False) | Q(finished_at__isnull=False, completed_at=None)


def end(rows: Iterable[FormerKey]) -> int:
    """:returns: how many had done their work, or were too old to be kept for it."""
    due = [row for row in rows if former_keys.may_end(row)]
    done = [row for row in due if former_keys.is_old(row) or not _is_needed(row)]
    return sum(former_keys.end(row, "its takes are done", actor="schedule") for row in done)


def _is_needed(row: FormerKey) -> bool:
    return any(found.exists() for found in _waiting(row.account, row.no))


def needed(account: ProviderAccount, key_no: int) -> int:
    """How many takes are asked about with the key of this number, or may be once more."""
    return sum(found.count() for found in _waiting(account, key_no))


def _waiting(account: ProviderAccount, key_no: int) -> list[QuerySet[Any]]:
    """By account, key and status, as their index has them; no take is in two of them."""
    takes = Generation.objects.filter(account=account, key_no=key_no).order_by()
    kept = timezone.now() - timedelta(seconds=account.adapter.keeps_results_s)
    failed = Q(failure_class__in=RESUMABLE, ended_at__gte=kept) & ~Q(job_id="")
    costs = CostLookUp.objects.filter(generation__account=account, generation__key_no=key_no)
    return [
        takes.filter(status__in=_AT_GATEWAY),
        takes.filter(_LATE_CLIP, status=Status.CANCELLED),
        takes.filter(failed, status=Status.FAILED),
        costs.filter(generation__status=Status.COMPLETED),
    ]
