"""The bell that has a gateway asked for its models soon: for a new account, and when a refusal says that
what the studio knows of them is old.

One a time in ten minutes for each account: a hundred takes refused in a row ask once.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from .gateways.errors import GatewayError, Refused
from .models import ProviderAccount

TASK = "providers.tasks.discover_account"
REST = timedelta(minutes=10)
_ABOUT_MODELS = ("model", "mode")


def ask_soon(account: ProviderAccount) -> bool:
    """Ring once the present transaction is saved; whether the bell was rung. Nothing that goes wrong with it
    is in the way of what is being saved: the daily look comes anyway."""
    if not (account.adapter.discovers and account.sealed_key):
        return False
    now = timezone.now()
    rested = Q(discovery_rung_at=None) | Q(discovery_rung_at__lte=now - REST)
    if not ProviderAccount.objects.filter(rested, pk=account.pk).update(discovery_rung_at=now):
        return False
    account.discovery_rung_at = now
    transaction.on_commit(lambda: async_task(TASK, str(account.pk), cluster="files"), robust=True)
    return True


def ask_after(account: ProviderAccount, error: GatewayError) -> bool:
    """As ``ask_soon``, where a refusal is about the model or what it does, or finds fault with a field that
    our own check let pass."""
    if not isinstance(error, Refused):
        return False
    return (error.about_model or error.field in _ABOUT_MODELS) and ask_soon(account)
