"""Taking back what was attested: by the person, or by an administrator on their behalf."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import ConsentRecord, Status
from providers.models import audit

from . import attested
from .consent import clearance

MOST_REASON = 300


class ReasonNeeded(Exception):
    """Whoever withdraws for somebody else says why."""


def withdraw(user: Any, record: ConsentRecord, *, reason: str = "") -> bool:
    """Take back what was attested: queued takes that stand on it wait for consent again, and their holds
    are released. What the gateway has already goes on. Other records of this person about one of its
    files end with it.

    :param reason: needed of an administrator who does it on behalf of the person.
    :raises ReasonNeeded: nothing changes.
    :returns: False when it was withdrawn before, or is not theirs to withdraw.
    """
    if not ConsentRecord.objects.readable_by(user).live().filter(pk=record.pk).exists():
        return False
    reason = reason.strip()[:MOST_REASON]
    if record.user_id != user.pk and not reason:
        raise ReasonNeeded(_("Say why: the person reads it, and it stands in the audit log."))
    with transaction.atomic():
        ended = list(attested.together(record).select_related("account", "user"))
        if not _end([record.pk], user, reason):
            return False
        _end([one.pk for one in ended], user, reason)
        for one in ended:
            _note(user, one, reason)
        for take in attested.open_takes(ended).filter(status=Status.QUEUED):
            clearance(take, kind="consent withdrawn")
    return True


def _end(ids: list[Any], user: Any, reason: str) -> int:
    live = ConsentRecord.objects.live().filter(pk__in=ids)
    return live.update(withdrawn_at=timezone.now(), withdrawn_by=user, withdrawal_reason=reason)


def _note(user: Any, record: ConsentRecord, reason: str) -> None:
    before = {"flow": record.flow, "version": record.version}
    theirs = {"person": str(record.user), "reason": reason} if record.user_id != user.pk else {}
    audit(user, "withdraw", "consent", record.pk, before=before, after=theirs)
