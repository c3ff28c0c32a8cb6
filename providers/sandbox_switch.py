"""The sandbox for everybody or for nobody: its accounts are offered, or not. What runs there is collected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from .models import ProviderAccount, audit


def is_on(accounts: Iterable[ProviderAccount]) -> bool | None:
    """Whether one of these is offered that is of the sandbox; None where none is of it."""
    enabled = [account.enabled for account in accounts if account.sandbox]
    return any(enabled) if enabled else None


def switch(actor: Any, on: bool) -> int:
    """:returns: how many accounts that changes."""
    with transaction.atomic():
        changed = ProviderAccount.objects.filter(sandbox=True, enabled=not on).update(enabled=on)
        if changed:
            before, after = {"offered": not on}, {"offered": on, "accounts": changed}
            audit(actor, "switch sandbox", "accounts", before=before, after=after)
    return changed
