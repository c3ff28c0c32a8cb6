"""Stop everything: no account sends anything new until somebody says so. What runs at gateways is still
polled and collected; what waits in line keeps its place and its hold. Pauses of single accounts, a person's
or a gateway's, stand beside it and are not touched."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from .gateways.plain import keepable_text
from .models import ProviderAccount, audit


def stop_all(actor: Any, reason: str) -> int:
    """Every account, and those that are made later (see ``for_new``). A submit that begins after this is
    committed is not sent: the step that claims a take asks the account in the same statement.

    :returns: how many were not stopped before.
    """
    why = " ".join(keepable_text(reason).split())
    told = _("Stopped by %(name)s: %(why)s") if why else _("Everything was stopped by %(name)s.")
    with transaction.atomic():
        rows = ProviderAccount.objects.filter(stopped="")
        stopped = rows.update(stopped=(told % {"name": actor, "why": why})[:300])
        audit(actor, "stopped everything", "accounts", after={"accounts": stopped, "why": why[:300]})
    return stopped


def go_on(actor: Any) -> int:
    """:returns: how many are not stopped any more."""
    with transaction.atomic():
        going = ProviderAccount.objects.exclude(stopped="").update(stopped="")
        audit(actor, "ended the stop", "accounts", after={"accounts": going})
    return going


def standing() -> str:
    """The words of the stop; empty where nothing is stopped."""
    return ProviderAccount.objects.exclude(stopped="").values_list("stopped", flat=True).first() or ""


def for_new(account: ProviderAccount) -> None:
    """An account that is made while everything is stopped is stopped as well (unsaved)."""
    account.stopped = standing()
