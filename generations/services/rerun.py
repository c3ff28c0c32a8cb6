"""Refused takes that somebody has run at another account since (see ``failover``)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from generations.models import Generation, Status


def at_other_accounts(takes: Iterable[Generation]) -> dict[UUID, Generation]:
    """By the refused take: the newest that was made from it at another account and has not ended badly
    itself, with its account. One query, none where nothing of it failed. A retry stays at its account, so a
    child of that relation elsewhere is one that was run there."""
    failed = [take.pk for take in takes if take.status == Status.FAILED]
    if not failed:
        return {}
    # one that was moved to another project is not for everybody here to know of
    rows = Generation.objects.filter(parent__in=failed, relation="retry", project=F("parent__project"))
    rows = rows.exclude(status__in=(Status.FAILED, Status.CANCELLED)).exclude(account=F("parent__account"))
    return {row.parent_id: row for row in rows.select_related("account").order_by("id") if row.parent_id}
