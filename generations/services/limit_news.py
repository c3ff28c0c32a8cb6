"""Tell people of limits: in the bell, and by a mail of its own to each, where the studio sends mail."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from generations.models import EventKind, LimitRequest, Notification
from generations.telling import said
from providers import quota_words
from providers.models import Quota, QuotaCounter
from providers.models.money import MICRO

from . import limits, mailing, webhooks
from .ring import ring

logger = logging.getLogger(__name__)


def warn_once_saved(counters: Sequence[int], person: Any) -> None:
    """When the present transaction is saved: these counters have reached their soft limit by this person's
    take. Whatever goes wrong there, the take is made."""
    if counters:
        transaction.on_commit(lambda: _warn(counters, person), robust=True)


def _warn(counters: Sequence[int], person: Any) -> None:
    rows = list(QuotaCounter.objects.filter(pk__in=counters).select_related("quota"))
    people = {person.pk, *quota_words.lifters().values_list("pk", flat=True)}
    names = limits.names_of(row.quota for row in rows)
    with transaction.atomic():
        for row in rows:
            used = quota_words.used_of_limit(row.quota, row.used_micro / MICRO)
            words = f"{names[row.quota.pk]}{_of_whom(row)}: {used}"
            tell(people, Notification.Kind.LIMIT, str(person), {"words": words})
            told = {
                **plain(row.quota, names[row.quota.pk]),
                "used": f"{row.used_micro / MICRO:f}",
                "words": words,
            }
            webhooks.emit(EventKind.LIMIT, "limit.warning", told)


def plain(quota: Quota, name: str) -> dict[str, Any]:
    """A limit for programs outside; ``name`` as ``limits.name_of`` has it."""
    soft = quota.soft_limit
    return {
        "limit_id": str(quota.pk),
        "scope": quota.scope,
        "applies_to": name,
        "measure": quota.measure,
        "period": quota.period,
        "limit": f"{quota.limit:f}",
        "soft_limit": None if soft is None else f"{soft:f}",
    }


def tell_webhooks_of(request: LimitRequest, quota: Quota) -> None:
    """Somebody asks for more; what they wrote along stays here. In the transaction that asks."""
    told = {"request_id": str(request.pk), "by": str(request.asked_by), "amount": f"{request.amount:f}"}
    webhooks.emit(EventKind.MORE, "limit.request", {**plain(quota, limits.name_of(quota)), **told})


def _of_whom(row: QuotaCounter) -> str:
    """Whose counter it is, of a limit for a role."""
    found = get_user_model().objects.filter(pk=row.person_id).first() if row.person_id else None
    return f", {found}" if found and row.quota.scope == Quota.Scope.ROLE else ""


def tell(people: Iterable[Any], kind: Notification.Kind, by: str, detail: dict[str, Any]) -> None:
    """Inside a transaction; those who are still in the studio.

    :param detail: ``words`` how the limit stands, ``said`` what was written along, ``url`` a page.
    """
    here = get_user_model().objects.active().filter(pk__in=set(people))
    rows = [Notification(person=person, kind=kind, actor_name=by[:150], detail=detail) for person in here]
    Notification.objects.bulk_create(rows)
    for row in rows:
        if settings.MAIL and row.person.email:
            ring("mail_limit_news", row.pk)


def mail(notification_id: str) -> bool:
    """One mail, once. Returns whether it went out; where it could not, the digest has it."""
    rows = Notification.objects.filter(pk=UUID(notification_id), person__is_active=True)
    row = rows.select_related("person", "project", "generation", "comment").first()
    if row is None or not settings.MAIL or not row.person.email:
        return False
    if not rows.filter(mailed_at=None).update(mailed_at=timezone.now()):
        return False
    told = said.of(row)
    lines = (told["word"], told["prompt"], told["more"], settings.PUBLIC_URL + told["url"])
    sent = mailing.send(row.person, told["word"], lines)
    if not sent:
        rows.update(mailed_at=None)
    return sent
