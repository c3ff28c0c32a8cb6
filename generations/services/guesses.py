"""Takes charged on a guess: they failed, and the gateway did not say whether it billed them. A person who
knows from its statement says so: it was billed, and the sum stands; or not, and the money comes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from generations.models import Generation, Status
from providers import ledger
from providers.gateways.plain import keepable_text
from providers.models import audit

from . import transitions
from .refusals import NotAllowed, WrongState

MOST_REASON = 150  # letters


def is_guess(take: Generation) -> bool:
    return take.status == Status.FAILED and take.failure_billed is None and bool(take.actual_usd)


def may_say(user: Any, take: Generation) -> bool:
    return bool(user.is_producer) and is_guess(take)


def say(user: Any, take: Generation, *, billed: bool, reason: str = "") -> None:
    """What a producer or administrator knows: once, whoever is first.

    :raises NotAllowed, WrongState: nothing changes.
    """
    if not user.is_producer:
        raise NotAllowed(_("Producers and administrators say what a gateway billed."))
    reason = " ".join(keepable_text(reason).split())[:MOST_REASON]
    with transaction.atomic():
        row = transitions.hold([take.pk])[take.pk]
        if not is_guess(row):
            raise WrongState(_("It is known by now whether this take was billed; look at it again."))
        charged = row.actual_usd
        fields: dict[str, Any] = {"failure_billed": billed, "actual_basis": row.price_basis}
        if not billed:
            _give_back(user, row, reason)
            fields["actual_usd"] = Decimal(0)
        kind = "said to be billed" if billed else "said not to be billed"
        detail = {"reason": reason, "usd": str(charged), "basis": row.price_basis}
        unsaid = Q(failure_billed=None)
        if not transitions.touch(row, kind, actor=user, detail=detail, guard=unsaid, **fields):
            raise WrongState(_("The take has moved on meanwhile; look at it again."))
        was, now = {"charged_usd": str(charged), "billed": "unknown"}, {"billed": "yes" if billed else "no"}
        now |= {"charged_usd": str(fields.get("actual_usd", charged)), "reason": reason}
        audit(user, kind, "take", row.pk, before=was, after=now)


def _give_back(user: Any, take: Generation, reason: str) -> None:
    """:raises WrongState: the ledger knows better: what it cost was told, or it was given back before."""
    note = f"not billed, says {user}" + (f": {reason}" if reason else "")
    if not ledger.waive(take.pk, take.attempt, note):
        raise WrongState(_("What this take cost was told meanwhile; look at it again."))
