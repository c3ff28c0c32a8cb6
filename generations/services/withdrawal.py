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
    _stop_what_waits(ended)
    return True


def _stop_what_waits(ended: list[ConsentRecord]) -> None:
    """Each in a transaction of its own, for there may be a thousand and others write in between.

    Nothing depends on getting to the end: the records have ended, and every submit asks ``clearance`` first
    and claims under its guard. A take that a crash leaves queued keeps its hold until it is tried, and is put
    to wait for consent then; a paused one when it goes on."""
    for take in attested.open_takes(ended).filter(status=Status.QUEUED):
        clearance(take, kind="consent withdrawn")


def _end(ids: list[Any], user: Any, reason: str) -> int:
    live = ConsentRecord.objects.live().filter(pk__in=ids)
    return live.update(withdrawn_at=timezone.now(), withdrawn_by=user, withdrawal_reason=reason)


def _note(user: Any, record: ConsentRecord, reason: str) -> None:
    before = {"flow": record.flow, "version": record.version}
    theirs = {"person": str(record.user), "reason": reason} if record.user_id != user.pk else {}
    audit(user, "withdraw", "consent", record.pk, before=before, after=theirs)
