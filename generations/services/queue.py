"""What people do with their own takes that wait in line: move them among each other, pause them, go on.

A paused take stays ``queued`` with its hold and its turn: the price it was made at stays set aside, so that
going on never fails for want of budget. Cancelling releases it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation, Project, Status, Verb
from providers.gateways.check import Problem

from . import transitions
from .compose import Refused
from .create import NotAllowed
from .decide import WrongState, require
from .line import TURN

MOST_AT_ONCE = 500  # takes that one click on all of mine pauses


def is_in_line(take: Generation) -> bool:
    """Waits to be sent, and does not wait for a person."""
    return take.status == Status.QUEUED and take.parked_at is None


def require_own(user: Any, take: Generation) -> None:
    """The order and the pauses of a line are its author's alone; who may spend can cancel.

    :raises NotAllowed:
    """
    require(user, take, Verb.SPEND)
    if take.author_id != user.pk:
        raise NotAllowed(_("Only who asked for a take moves or pauses it. You can cancel it."))


def pause(user: Any, take: Generation) -> None:
    """Leave it out of turn until its author lets it go on; one that is being sent is not stopped.

    :raises NotAllowed, WrongState:
    """
    require_own(user, take)
    if not _pause(user, take):
        raise WrongState(_("Only a take that waits in line can be paused."))


def unpause(user: Any, take: Generation) -> None:
    """:raises NotAllowed, WrongState:"""
    require_own(user, take)
    if not _unpause(user, take):
        raise WrongState(_("This take is not paused."))


def pause_all(user: Any) -> int:
    """:returns: how many of this person's takes in line are paused now that were not."""
    return sum(_pause(user, take) for take in _mine(user).filter(paused_at=None)[:MOST_AT_ONCE])


def unpause_all(user: Any) -> int:
    """:returns: how many go on."""
    return sum(_unpause(user, take) for take in _mine(user).filter(paused_at__isnull=False)[:MOST_AT_ONCE])


def _pause(user: Any, take: Generation) -> bool:
    """A bell may ring for it already: the worker that hears it finds the take paused."""
    waits = Q(parked_at=None, paused_at=None)
    fields = {"paused_at": timezone.now(), "lease_until": None, "tries": 0}
    return _note(user, take, kind="paused", guard=waits, **fields)


def _unpause(user: Any, take: Generation) -> bool:
    return _note(user, take, kind="unpaused", guard=Q(paused_at__isnull=False), paused_at=None)


def _note(user: Any, take: Generation, *, kind: str, guard: Q, **fields: Any) -> bool:
    return transitions.move(
        take, Status.QUEUED, frm=[Status.QUEUED], kind=kind, actor=user, guard=guard, **fields
    )


def _mine(user: Any) -> QuerySet[Generation]:
    """This person's takes in line, wherever they may still spend."""
    spends = Project.objects.where(user, Verb.SPEND)
    rows = Generation.objects.filter(author=user, status=Status.QUEUED, parked_at=None, project__in=spends)
    return rows.order_by("id")


def move(user: Any, take: Generation, to: str) -> None:
    """Exchange turns among this person's own takes in the line of the take's account.

    :param to: ``front``, ``up``, ``down`` or ``back``.
    :raises NotAllowed, WrongState, compose.Refused:
    """
    require_own(user, take)
    if to not in MOVES:
        raise Refused([Problem("to", _("Say where it shall stand."), MOVES)])
    with transaction.atomic():
        line = _line_of(take)
        here = next((at for at, (pk, _turn) in enumerate(line) if pk == take.pk), None)
        if here is None:
            raise WrongState(_("Only a take that waits in line can be moved."))
        there = min(max(_TARGETS[to](here, len(line)), 0), len(line) - 1)
        if there != here:
            _reorder(line, here, there)
            _note(user, take, kind="moved in line", guard=Q(parked_at=None), detail={"to": to})


_TARGETS = {
    "front": lambda _here, _length: 0,
    "up": lambda here, _length: here - 1,
    "down": lambda here, _length: here + 1,
    "back": lambda _here, length: length - 1,
}
MOVES = tuple(_TARGETS)


def _line_of(take: Generation) -> list[tuple[UUID, UUID]]:
    """The author's takes in the line of this account with their turns, locked, the first one first."""
    mine = Generation.objects.filter(
        author=take.author_id, account=take.account_id, status=Status.QUEUED, parked_at=None
    )
    rows = mine.select_for_update().annotate(its_turn=TURN).order_by("its_turn")
    return list(rows.values_list("pk", "its_turn"))


def _reorder(line: list[tuple[UUID, UUID]], here: int, there: int) -> None:
    """The turns stay where they are; the takes between the two places step on by one."""
    takes = [pk for pk, _turn in line]
    takes.insert(there, takes.pop(here))
    first, last = sorted((here, there))
    changed = [
        Generation(pk=pk, turn=turn)
        for pk, (_was, turn) in list(zip(takes, line, strict=True))[first : last + 1]
    ]
    Generation.objects.bulk_update(changed, ["turn"], batch_size=300)
