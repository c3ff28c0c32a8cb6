"""Stop everything: no account sends anything new until somebody says so. What runs at gateways is still
polled and collected; what waits in line keeps its place and its hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import ProviderAccount, audit
from .models.account import NO_PAUSE, PauseCause

_LONG = timedelta(days=3650)


def stop_all(actor: Any, reason: str) -> int:
    """Every account that no person has paused already; later ones too (see ``for_new``). A submit that begins
    after this is committed is not sent: the step that claims a take asks the account in the same statement.

    :returns: how many were stopped.
    """
    words = " ".join(reason.split())
    told = _("Stopped by %(name)s: %(why)s") if words else _("Everything was stopped by %(name)s.")
    now = timezone.now()
    own = Q(paused_until__gt=now, pause_cause__in=[PauseCause.PERSON, PauseCause.ALL])
    with transaction.atomic():
        stopped = ProviderAccount.objects.exclude(own).update(
            paused_until=now + _LONG,
            pause_reason=(told % {"name": actor, "why": words})[:300],
            pause_cause=PauseCause.ALL,
        )
        audit(actor, "stopped everything", "accounts", after={"accounts": stopped, "why": words[:300]})
    return stopped


def go_on(actor: Any) -> int:
    """Ends what ``stop_all`` began, and no other pause.

    :returns: how many go on.
    """
    with transaction.atomic():
        going = ProviderAccount.objects.filter(pause_cause=PauseCause.ALL).update(**NO_PAUSE)
        audit(actor, "ended the stop", "accounts", after={"accounts": going})
    return going


def standing() -> ProviderAccount | None:
    """One of the accounts that are stopped, with the words; None where nothing is."""
    rows = ProviderAccount.objects.filter(pause_cause=PauseCause.ALL, paused_until__gt=timezone.now())
    return rows.order_by("pk").first()


def for_new(account: ProviderAccount) -> None:
    """An account that is made while everything is stopped is stopped as well (unsaved)."""
    if other := standing():
        account.paused_until, account.pause_reason = other.paused_until, other.pause_reason
        account.pause_cause = PauseCause.ALL
