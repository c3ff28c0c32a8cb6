"""What people may do with a take: four verbs that are never mixed up, and cancel, drop and trash.

resume: the same job, free. resolve: settle an uncertain one. What is paid once more stands in ``again``.
Every verb checks the state by compare-and-set and says so when somebody was faster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation, Status, Verb
from providers import ledger
from providers.models import audit

from . import attempts, costs, endings, stacks, transitions
from .allowed import require_in
from .refusals import NotAllowed, WrongState
from .ring import ring
from .spent_keys import RESUMABLE


def require(user: Any, take: Generation, verb: Verb) -> None:
    """:raises NotAllowed:"""
    require_in(user, take.project, verb)


# a take that goes on leaves the trash, or its clip would be purged with what was thrown away
OUT_OF_TRASH = {"trashed_at": None, "purged_at": None}
# nothing of what stopped it is counted against it
_RESTED = {
    "tries": 0,
    "parked_at": None,
    "poll_errors": 0,
    "poll_faults": 0,
    "denials": 0,
    "wait_reason": "",
    "lease_until": None,
    "not_before": None,
}


def require_new_work(user: Any, take: Generation) -> None:
    """What sends a paid request again is as impossible in an archived project as a new take.

    :raises NotAllowed:
    """
    require(user, take, Verb.SPEND)
    if take.project.archived_at:
        raise NotAllowed(_("This project is archived; nothing more is generated in it."))


def or_wrong_state(done: bool) -> None:
    if not done:
        raise WrongState(_("The take has moved on meanwhile; look at it again."))


def cancel(user: Any, take: Generation) -> None:
    """Stop a take. One that was not sent yet releases its hold; an accepted one is polled to its end; one
    whose file could not be stored is settled.

    :raises NotAllowed, WrongState:
    """
    require(user, take, Verb.SPEND)
    if take.status == Status.STORING:
        _give_up(user, take)
        return
    if take.status in (Status.QUEUED, Status.NEEDS_CONSENT):
        _stop(user, take, frm=take.status, kind="cancelled", note="cancelled before it was sent")
        return
    done = transitions.move(
        take,
        Status.CANCELLED,
        frm=[Status.RUNNING],
        kind="cancelled",
        actor=user,
        cancelled_by=user,
        next_poll_at=timezone.now(),
    )
    or_wrong_state(done)


def _stop(user: Any, take: Generation, *, frm: str, kind: str, note: str) -> None:
    """End a take of which no job is known, and release its hold.

    :raises WrongState:
    """

    def release() -> None:
        ledger.release(take.pk, take.attempt, note)

    _end(user, take, frm, kind=kind, close_money=release, next_poll_at=None)


def _give_up(user: Any, take: Generation) -> None:
    """Close a take whose file could not be stored. The gateway made it, so its money is settled.

    :raises WrongState:
    """

    def settle() -> None:
        endings.close_money(take, True)
        costs.expect(take)

    _end(
        user,
        take,
        Status.STORING,
        kind="given up",
        close_money=settle,
        guard=Q(parked_at__isnull=False),
        detail={"reason": take.wait_reason},
        completed_at=timezone.now(),
        parked_at=None,
        wait_reason="",
    )


def _end(
    user: Any,
    take: Generation,
    frm: str,
    *,
    kind: str,
    close_money: Callable[[], None],
    guard: Q | None = None,
    **fields: Any,
) -> None:
    """A person ends the present attempt: status, event and money in one transaction.

    :raises WrongState:
    """
    same = attempts.this_attempt(take) & (guard or Q())
    with transaction.atomic():
        done = transitions.move(
            take,
            Status.CANCELLED,
            frm=[frm],
            kind=kind,
            actor=user,
            guard=same,
            cancelled_by=user,
            **fields,
        )
        if done:
            close_money()
    or_wrong_state(done)


def can_cancel(take: Generation) -> bool:
    if take.status == Status.STORING:
        return take.parked_at is not None
    return take.status in (Status.QUEUED, Status.NEEDS_CONSENT, Status.RUNNING)


def can_resume(take: Generation) -> bool:
    """There is a job or a file to go on with, at no cost."""
    if take.status in (Status.STORING, Status.QUEUED):
        return take.parked_at is not None or bool(take.wait_reason and take.status == Status.STORING)
    if take.status == Status.RUNNING:
        return bool(take.deadline_at and take.deadline_at < timezone.now())
    return take.status == Status.FAILED and bool(take.job_id) and take.failure_class in RESUMABLE


def unfailed() -> dict[str, Any]:
    said = {f"failure_{name}": "" for name in ("class", "message", "hint", "code")}
    return {**said, "failure_mend": {}, "failure_billed": None}


def resume(user: Any, take: Generation) -> None:
    """Go on with the same job, free: ask again, fetch again.

    :raises NotAllowed, WrongState:
    """
    require(user, take, Verb.COMPOSE)
    if not can_resume(take):
        raise WrongState(_("There is nothing to resume."))
    # what is resumed is the take as it was looked at: another end than that has closed its money meanwhile
    as_seen = Q(version=take.version)
    fresh: dict[str, Any] = {**_RESTED, **OUT_OF_TRASH}
    if take.failure_billed is False:  # its hold was released: what it costs is open again
        fresh |= {"actual_usd": None, "actual_basis": ""}
    with transaction.atomic():
        if take.status in (Status.STORING, Status.QUEUED):
            done = transitions.touch(take, "resumed", actor=user, guard=as_seen, **fresh)
        else:
            fresh |= {**unfailed(), "next_poll_at": timezone.now(), "ended_at": None}
            done = transitions.move(
                take, Status.RUNNING, frm=[take.status], kind="resumed", actor=user, guard=as_seen, **fresh
            )
        if done and take.status == Status.STORING:
            ring("store", take.pk)
    or_wrong_state(done)


def drop(user: Any, take: Generation) -> None:
    """Give an overdue job or an uncertain take up. An accepted one is still collected if it ends.

    :raises NotAllowed, WrongState:
    """
    require(user, take, Verb.SPEND)
    if take.status == Status.RUNNING:
        cancel(user, take)
    else:
        note = f"dropped by {user}; may have been billed"
        _stop(user, take, frm=Status.UNCERTAIN, kind="dropped", note=note)


def trash(user: Any, take: Generation) -> None:
    """:raises NotAllowed, WrongState: a take in flight is cancelled first, not thrown away; one that is
    signed off stays."""
    require(user, take, Verb.TRASH)
    with transaction.atomic():
        stacks.hold([take.pk])
        throwable = Q(trashed_at=None, signed_at=None)
        done = take.is_final and transitions.touch(
            take, "trashed", actor=user, guard=throwable, trashed_at=timezone.now()
        )
        stacks.settle([take.pk])
        if done:
            audit(user, "threw away", "take", take.pk, before={"project": str(take.project_id)})
    if not done and Generation.objects.filter(pk=take.pk, signed_at__isnull=False).exists():
        raise WrongState(_("This take is signed off and stays; the sign-off has to be withdrawn first."))
    or_wrong_state(bool(done))


def restore(user: Any, take: Generation) -> None:
    """:raises NotAllowed, WrongState:"""
    require(user, take, Verb.TRASH)
    there = Q(trashed_at__isnull=False, purged_at=None)
    with transaction.atomic():
        stacks.hold([take.pk])
        done = transitions.touch(take, "restored", actor=user, guard=there, trashed_at=None)
        stacks.settle([take.pk])
        if done:
            audit(user, "restored", "take", take.pk, after={"project": str(take.project_id)})
    or_wrong_state(done)
