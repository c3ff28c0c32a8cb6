"""Two keys during a change: the jobs that the old one made are asked about with it, until they are done.

A gateway may know a job by the key that made it alone. The present key sends everything new; the former one
polls, fetches and tidies up what is its own, and goes when nothing needs it any more, when the gateway
refuses it, when an administrator ends it, or with its host.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from . import secrets
from .gateways.errors import GatewayError, Refused
from .gateways.values import FailureClass
from .models import FormerKey, ProviderAccount, audit

LONGEST = timedelta(days=30)
# a submit that had read its account just before the change may still be on its way
SOONEST = timedelta(minutes=10)

ByJob = Mapping[tuple[UUID, int], FormerKey]


def keep(account: ProviderAccount) -> FormerKey | None:
    """The present key of this row, which is about to be replaced; None where it has none, or cannot be read.
    Runs inside the caller's transaction."""
    try:
        if not account.get_key():
            return None
    except secrets.Unreadable:
        return None
    return FormerKey.objects.create(
        account=account,
        no=account.key_no,
        base_url=account.base_url,
        sealed_key=account.sealed_key,
        last4=account.key_last4,
        saved_at=account.key_saved_at,
    )


def of_job(account: ProviderAccount, key_no: int | None) -> FormerKey | None:
    """The former key that made a job; None: the present one is to ask."""
    if key_no is None or key_no == account.key_no:
        return None
    return FormerKey.objects.filter(account=account, no=key_no, base_url=account.base_url).first()


def all_by_job() -> ByJob:
    return {(row.account_id, row.no): row for row in FormerKey.objects.select_related("account")}


def among(rows: ByJob, account: ProviderAccount, key_no: int | None) -> FormerKey | None:
    """As ``of_job``, of keys that have been read already, perhaps before the account was."""
    row = rows.get((account.pk, key_no or 0))
    return row if row and row.is_for(account) and key_no != account.key_no else None


def opened(row: FormerKey | None) -> str:
    """Empty where there is none, or it cannot be read: the present one is to ask then."""
    try:
        return row.get_key() if row else ""
    except secrets.Unreadable:
        return ""


def fell(account_id: Any, key_no: int | None, error: Exception) -> bool:
    """Whether this error speaks of a former key: it is ended, and whoever asks again asks with the present
    one. Its end says nothing about the account."""
    if not isinstance(error, GatewayError) or not _rejected(error):
        return False
    row = FormerKey.objects.filter(account=account_id, no=key_no).first() if key_no else None
    return row is not None and end(row, "the gateway rejected it")


def _rejected(error: GatewayError) -> bool:
    return isinstance(error, Refused) and error.failure_class == FailureClass.KEY_REJECTED


def end(row: FormerKey, why: str, *, actor: Any = None) -> bool:
    """It is erased. Whether it was still there."""
    with transaction.atomic():
        gone, _rows = FormerKey.objects.filter(pk=row.pk).delete()
        if gone:
            before = {"key": str(row), "why": why}
            audit(actor, "end former key", "account", row.account_id, before=before)
    return bool(gone)


def end_all(account: ProviderAccount, why: str, *, actor: Any = None) -> None:
    for row in account.former_keys.all():
        end(row, why, actor=actor)


def same_as(account: ProviderAccount, key: str) -> FormerKey | None:
    """The one of the account's former keys that this key is."""
    return next((row for row in account.former_keys.all() if opened(row) == key.strip()), None)


def may_end(row: FormerKey) -> bool:
    """Whether it has been replaced for long enough that no submit with it can still begin."""
    return row.replaced_at <= timezone.now() - SOONEST


def is_old(row: FormerKey) -> bool:
    return row.replaced_at <= timezone.now() - LONGEST
