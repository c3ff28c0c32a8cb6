"""A gateway's call at the end of a job. It makes its take due for a poll and is believed for nothing else:
whatever status, address or cost it tells, only the gateway's answer to our own question counts."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.utils import timezone

from generations.models import Generation
from providers.models import ProviderAccount

from . import travel

logger = logging.getLogger(__name__)
_SIGNER = signing.Signer(salt="generations.hook")
NOT_AGAIN_S = 10.0  # however often a gateway calls, its calls make a take due no more often


def address_for(take: Generation) -> str:
    """Where the gateway may call about this take, or an empty string where it takes no such address or
    cannot reach the studio. Signed, and the same at every submit: a gateway that asks for consent gets the
    identical request again."""
    if not take.account.adapter.takes_callback or not travel.is_reachable(take.account):
        return ""
    return f"{settings.PUBLIC_URL}/hooks/{_SIGNER.sign(take.pk.hex)}"


def without_token(address: str) -> str:
    """The address as people may read it in a recipe."""
    return address and f"{address.rpartition('/')[0]}/…"


def heard(token: str, body: bytes) -> bool:
    """Make the take of ``token`` due now, if it is being polled and was not made due by a call just before.

    :returns: whether it was. Nobody outside is told: the caller learns nothing of tokens and takes.
    """
    take, now = _take_of(token), timezone.now()
    if take is None or take.next_poll_at is None or take.next_poll_at <= now:
        return False
    if _speaks_of_another(take, body):
        logger.warning("take %s: a call of the gateway names another job; ignored", take.pk)
        return False
    rested = Q(hooked_at=None) | Q(hooked_at__lte=now - timedelta(seconds=_rest_s(take.account)))
    rows = Generation.objects.filter(rested, pk=take.pk, next_poll_at__gt=now)
    return bool(rows.update(next_poll_at=now, hooked_at=now))


def _take_of(token: str) -> Generation | None:
    try:
        take_id = UUID(hex=_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    rows = Generation.objects.select_related("account")
    return rows.only("next_poll_at", "job_id", "account").filter(pk=take_id).first()


def _speaks_of_another(take: Generation, body: bytes) -> bool:
    """A take that is looked for in the gateway's list has no job yet that could be compared."""
    named = take.account.adapter.jobs_in_hook(_read(body))
    return bool(take.job_id and named and take.job_id not in named)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, Mapping) else {}


def _rest_s(account: ProviderAccount) -> float:
    """Calls for all takes of an account together stay within its limit of polls."""
    if not account.polls_per_min:
        return NOT_AGAIN_S
    together = Generation.objects.filter(account=account, next_poll_at__isnull=False).count()
    return max(NOT_AGAIN_S, together * 60.0 / account.polls_per_min)
