"""What people do with their own takes that wait in line: move them among each other, pause them, go on.

A paused take stays ``queued`` with its hold and its turn: the price it was made at stays set aside, so that
going on never fails for want of budget. Cancelling releases it. Only its author moves or pauses a take;
whoever spends in its project may let it go on, for its author may have left.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation, Project, Status, Verb
from providers.gateways.problem import Problem

from . import transitions
from .compose import Refused
from .decide import require, require_new_work
from .line import TURN
from .refusals import NotAllowed, WrongState

AT_ONCE = 200  # takes that one transaction changes where all of mine are meant


def is_in_line(take: Generation) -> bool:
    """Waits to be sent, and does not wait for a person."""
    return take.status == Status.QUEUED and take.parked_at is None


def require_own(user: Any, take: Generation) -> None:
    """The order of a line and who waits in it are its author's alone; who may spend can cancel.

    :raises NotAllowed:
    """
    require(user, take, Verb.SPEND)
    if take.author_id != user.pk:
        raise NotAllowed(_("Only who asked for a take moves or pauses it. You can cancel it."))


def pause(user: Any, take: Generation) -> None:
    """Leave it out of turn until somebody lets it go on; one that is being sent is not stopped.

    :raises NotAllowed, WrongState:
    """
    require_own(user, take)
    if not _note(user, take, kind="paused", guard=_WAITS, **_pausing()):
        raise WrongState(_("Only a take that waits in line can be paused."))


def unpause(user: Any, take: Generation) -> None:
    """Into the line again: what is sent then is paid work, as of a new take.

    :raises NotAllowed, WrongState:
    """
    require_new_work(user, take)
    if not _note(user, take, kind="unpaused", guard=_PAUSED, paused_at=None):
        raise WrongState(_("This take is not paused."))


def pause_all(user: Any) -> int:
    """:returns: how many of this person's takes in line are paused now that were not."""
    return _every(_mine(user).filter(_WAITS), "paused", user, **_pausing())


def unpause_all(user: Any) -> int:
    """But for those in archived projects.

    :returns: how many go on.
    """
    return _every(_mine(user).filter(_PAUSED, project__archived_at=None), "unpaused", user, paused_at=None)


_WAITS, _PAUSED = Q(parked_at=None, paused_at=None), Q(paused_at__isnull=False)


def _pausing() -> dict[str, Any]:
    """A bell may ring for it already: the worker that hears it finds the take paused."""
    return {"paused_at": timezone.now(), "lease_until": None, "tries": 0}


def _every(rows: QuerySet[Generation], kind: str, user: Any, **fields: Any) -> int:
    """Batch by batch, for others write in between; what came to the line since is not meant."""
    last = rows.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return 0
    count, meant = 0, rows.filter(pk__lte=last).order_by("pk")
    while done := transitions.touch_many(meant, AT_ONCE, kind, actor=user, **fields):
        count += done
    return count


def _note(user: Any, take: Generation, *, kind: str, guard: Q, **fields: Any) -> bool:
    return transitions.move(
        take, Status.QUEUED, frm=[Status.QUEUED], kind=kind, actor=user, guard=guard, **fields
    )


def _mine(user: Any) -> QuerySet[Generation]:
    """This person's takes in line, wherever they may still spend."""
    spends = Project.objects.where(user, Verb.SPEND)
    rows = Generation.objects.filter(author=user, status=Status.QUEUED, parked_at=None, project__in=spends)
    return rows.order_by("id")


def move(user: Any, take: Generation, to: str, place_of: UUID | None = None) -> None:
    """Exchange turns among this person's own takes in the line of the take's account.

    :param to: ``front``, ``up``, ``down`` or ``back``; empty with ``place_of``, another take of theirs in
        that line: to where that one stands, which steps aside.
    :raises NotAllowed, WrongState, compose.Refused:
    """
    require_own(user, take)
    if place_of is None and to not in MOVES:
        raise Refused([Problem("to", _("Say where it shall stand."), MOVES)])
    if place_of is not None and to:
        raise Refused([Problem("to", _("Say one of the two: where to, or whose place."), MOVES)])
    with transaction.atomic():
        line = _line_of(take)
        here = next((at for at, (pk, _turn) in enumerate(line) if pk == take.pk), None)
        if here is None:
            raise WrongState(_("Only a take that waits in line can be moved."))
        there = _target(line, here, to, place_of)
        if there != here:
            _reorder(line, here, there)
            detail = {"to": to} if place_of is None else {"place_of": str(place_of)}
            _note(user, take, kind="moved in line", guard=Q(parked_at=None), detail=detail)


def _target(line: list[tuple[UUID, UUID]], here: int, to: str, place_of: UUID | None) -> int:
    """:raises WrongState: the other take stands in this line no more."""
    if place_of is None:
        return int(min(max(_TARGETS[to](here, len(line)), 0), len(line) - 1))
    found = next((at for at, (pk, _turn) in enumerate(line) if pk == place_of), None)
    if found is None:
        raise WrongState(_("The take whose place it was to have waits in this line no more."))
    return found


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
    # held in the order that all keep who hold several: two by their turns could wait for each other
    rows = mine.select_for_update().annotate(its_turn=TURN).order_by("pk")
    return sorted(rows.values_list("pk", "its_turn"), key=lambda row: row[1])


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
