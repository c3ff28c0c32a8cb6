"""What becomes of one paid attempt: accepted, doubted, or made again by a person."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation, Status
from providers import ledger
from providers.gateways.values import Job
from providers.models import VideoModel
from providers.quotes import Quote

from . import allowing, rhythm, transitions
from .compose import Refused
from .create import hold_for, price_fields

# a definite answer counts in both: a slow worker's take may have been given up as uncertain meanwhile
SENT = (Status.SUBMITTING, Status.UNCERTAIN)
# what a further attempt does not inherit from the one before it
_AS_NEW: dict[str, Any] = {
    "tries": 0,
    "busy_tries": 0,
    "poll_errors": 0,
    "next_poll_at": None,
    "not_before": None,
    "lease_until": None,
    "wait_reason": "",
    "parked_at": None,
    "paused_at": None,
}


def this_attempt(take: Generation) -> Q:
    return Q(attempt=take.attempt)


def accept(take: Generation, job: Job, *, kind: str = "accepted") -> bool:
    """The gateway named a job for this attempt: from now on it is polled.

    Also takes the late answer of an attempt that was given up as uncertain; and where a person dropped
    it meanwhile, its file is still collected, for it may be paid.
    """
    fields = _job_fields(take, job)
    if job.deprecation:
        _note_deprecation(take, job)
    moved = transitions.move(
        take,
        Status.RUNNING,
        frm=SENT,
        kind=kind,
        guard=this_attempt(take),
        detail=_told(take, job),
        **fields,
    )
    return moved or _accept_late(take, job, fields)


def _accept_late(take: Generation, job: Job, fields: dict[str, Any]) -> bool:
    dropped = this_attempt(take) & Q(job_id="", status=Status.CANCELLED)
    collected = transitions.move(
        take,
        Status.CANCELLED,
        frm=[Status.CANCELLED],
        kind="answered after it was dropped",
        guard=dropped,
        detail=_told(take, job),
        **fields,
    )
    if not collected:  # a newer attempt is on its way: keep the name of this job for whoever asks
        transitions.record(take.pk, take.project_id, "late answer", detail=_told(take, job))
    return collected


def _told(take: Generation, job: Job) -> dict[str, Any]:
    """What the history keeps of the answer: the job, and the clip to come where the gateway described it."""
    named = {"job": job.id} if take.account.adapter.shows_job_ids else {}
    return {**named, "makes": dict(job.makes)} if job.makes else named


def _note_deprecation(take: Generation, job: Job) -> None:
    """What the answer says of the model's end stands with the model, as what its listing says does."""
    told = {**take.model.deprecation, **job.deprecation}
    VideoModel.objects.filter(pk=take.model_id).update(deprecation=told)


def _job_fields(take: Generation, job: Job) -> dict[str, Any]:
    now = timezone.now()
    return {
        "job_id": job.id,
        "job_handle": dict(job.handle),
        "job_request_id": job.request_id[:128],
        "accepted_at": now,
        "next_poll_at": rhythm.first_poll_at(now, job),
        "deadline_at": now + timedelta(seconds=job.deadline_s or take.account.adapter.deadline_s),
        "lease_until": None,
        "busy_tries": 0,
        "poll_errors": 0,
        "wait_reason": "",
        "poll_faults": 0,
        "denials": 0,
        "eta_s": job.eta_s,
        "progress": job.progress,
    }


def doubt(take: Generation, reason: str, *, raw: str = "") -> bool:
    """The outcome is not known: the hold stays, and only a look-up or a person ends it."""
    looks = take.account.adapter.job_list is not None
    return transitions.move(
        take,
        Status.UNCERTAIN,
        frm=[Status.SUBMITTING],
        kind="uncertain",
        guard=this_attempt(take),
        detail={"reason": reason[:300]},
        lease_until=None,
        failure_raw=raw[:2000],
        wait_reason=reason[:300],
        poll_errors=0,
        next_poll_at=timezone.now() + timedelta(seconds=2) if looks else None,
    )


def recover_submitting() -> int:
    """Rows that were being sent when their worker died: what became of them is not known.

    :returns: how many were found.
    """
    rows = Generation.objects.lease_over(Status.SUBMITTING, timezone.now()).select_related("account")
    reason = _("The studio stopped while this take was being sent.")
    guard = Q(lease_until=None) | Q(lease_until__lte=timezone.now())
    return sum(_doubt_if_abandoned(take, reason, guard) for take in rows[:200])


def _doubt_if_abandoned(take: Generation, reason: str, guard: Q) -> bool:
    looks = take.account.adapter.job_list is not None
    return transitions.move(
        take,
        Status.UNCERTAIN,
        frm=[Status.SUBMITTING],
        kind="uncertain",
        guard=guard,
        detail={"reason": reason},
        wait_reason=reason,
        poll_errors=0,
        next_poll_at=timezone.now() if looks else None,
    )


def again(
    take: Generation,
    *,
    frm: str,
    kind: str,
    actor: Any,
    payer: Any = None,
    price: Quote | None = None,
    guard: Q | None = None,
    **fields: Any,
) -> bool:
    """A new paid attempt of the same take, with a hold of its own; inside one transaction.

    :param actor: who asked for it and is charged, whoever made the take.
    :param payer: who is charged where nobody asked.
    :raises Refused, quotas.QuotaExceeded: nothing changes.
    """
    from_attempt = take.attempt
    fields |= price_fields(price) if price else {}
    with transaction.atomic():
        moved = transitions.move(
            take,
            Status.QUEUED,
            frm=[frm],
            kind=kind,
            actor=actor,
            guard=Q(attempt=from_attempt) & (guard or Q()),
            attempt=from_attempt + 1,
            **{**_AS_NEW, **fields},
        )
        if moved:
            if actor:
                require_allowed(actor, take)
            hold_for(take, payer or actor)
    return moved


def require_allowed(person: Any, take: Generation) -> None:
    """What somebody sends once more stands on the allow-lists as they are now.

    :raises Refused:
    """
    if problems := allowing.problems_with_take(allowing.lists_for(person, take.project), take):
        raise Refused(problems)


def at_found_price(take: Generation, price: Quote) -> bool:
    """Nothing was sent yet of a take that was made at an unknown price, and it is known now: its empty hold
    is exchanged for one of that sum, in the name of whoever pays for it.

    :raises quotas.QuotaExceeded: nothing changes.
    :returns: False when somebody was faster.
    """
    held = ledger.lines_of(take.pk).get(attempt=take.attempt, kind="hold")
    payer = get_user_model().objects.get(pk=held.person_id)
    told = {"held_usd": str(price.amount_usd), "basis": price.basis}
    row = copy(take)  # what a refused hold takes back must not stay on the caller's
    with transaction.atomic():
        transitions.hold([take.pk])  # before its money, as one who cancels it meanwhile has them
        ledger.release(take.pk, take.attempt, "its price became known before it was sent")
        done = again(
            row,
            frm=Status.QUEUED,
            kind="price found",
            actor=None,
            payer=payer,
            price=price,
            guard=Q(paused_at=None),  # its author paused it while the gateway was asked
            detail=told,
        )
        if not done:
            transaction.set_rollback(True)
    return done


def again_with_ticks(take: Generation, consent_given: dict[str, Any]) -> bool:
    """The gateway asked what the person had already attested to for this take: the same attempt and the
    same hold go out once more, with the ticks."""
    return transitions.move(
        take,
        Status.QUEUED,
        frm=SENT,
        kind="asked and answered",
        guard=this_attempt(take),
        consent=consent_given,
        next_poll_at=None,
        lease_until=None,
        submitted_at=None,
    )
