"""Former keys that nothing needs any more are erased; see ``providers.former_keys``."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from generations.models import Generation, Status
from providers import former_keys
from providers.models import FormerKey

_NEEDS_ITS_KEY = (
    Q(status__in=[Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING, Status.STORING])
    | Q(next_poll_at__isnull=False)
    | Q(cost_look_up__isnull=False)
    | Q(status=Status.CANCELLED, finished_at__isnull=False, completed_at=None)  # its late clip
)


def end(rows: Iterable[FormerKey]) -> int:
    """:returns: how many had done their work, or were too old to be kept for it."""
    done = [row for row in rows if former_keys.may_end(row) and (former_keys.is_old(row) or not _needed(row))]
    return sum(former_keys.end(row, "its takes are done", actor="schedule") for row in done)


def _needed(row: FormerKey) -> int:
    return needed(row.account_id, row.no)


def needed(account_id: UUID, key_no: int) -> int:
    """How many takes are still asked about with the key of this number."""
    takes = Generation.objects.filter(_NEEDS_ITS_KEY, account=account_id, key_no=key_no)
    return takes.order_by().count()
