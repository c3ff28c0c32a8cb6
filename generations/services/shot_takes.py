"""Which takes a shot has, and which of them was chosen for it.

Versions of one idea are in one shot: a take that goes to another one takes its whole stack along.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from generations.models import Change, Generation, Project, Shot, Status, Verb
from generations.services import shots, stacks
from generations.services.allowed import require_alive
from generations.services.culling import Before, note
from generations.services.selection import locked, portions

from .refusals import WrongState

KIND = "move"  # of the change
CHOSEN = "chosen for its shot"
NOT_CHOSEN = "no longer chosen"


class NoShot(WrongState):
    """The shot was removed meanwhile, or is another project's."""

    def __init__(self) -> None:
        super().__init__(_("This shot is not there any more."))


def move(user: Any, project: Project, ids: Sequence[UUID], shot: Shot | None) -> Change:
    """To this shot, or out of any.

    :raises NotAllowed, NoShot:
    """
    require_alive(user, project, Verb.COMPOSE)
    with transaction.atomic():
        shots.hold(project)
        if shot and not Shot.objects.filter(pk=shot.pk, project=project).exists():
            raise NoShot
        stacks.hold(ids)
        before: Before = {}
        for some in portions(sorted(_with_versions(project, ids))):
            before |= _as_they_are(locked(some).filter(project=project), shot)
        for some in portions([UUID(pk) for pk in before]):
            shots.move(user, project, some, shot.pk if shot else None)
        further = len(before.keys() - {str(pk) for pk in ids})  # versions that nobody ticked
        after = {
            "shot": str(shot.pk) if shot else "",
            "code": shot.code if shot else "",
            "further": further,
        }
        return Change.objects.create(project=project, person=user, kind=KIND, before=before, after=after)


def move_to_code(user: Any, project: Project, ids: Sequence[UUID], code: str) -> Change:
    """To the shot of this code, made at the end of the list where there is none.

    :raises NotAllowed, NoShot, ShotRefused: nothing was changed.
    """
    require_alive(user, project, Verb.COMPOSE)
    with transaction.atomic():
        shots.hold(project)  # or two people would both find none
        shot = shots.by_code(project, code) or shots.add(user, project, shots.Words(code))
        return move(user, project, ids, shot)


def _with_versions(project: Project, ids: Iterable[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for some in portions(list(ids)):
        chosen = Generation.objects.filter(project=project, pk__in=some)
        stacked = chosen.exclude(stack=None).values("stack")
        found.update(chosen.values_list("pk", flat=True))
        found.update(Generation.objects.filter(stack__in=stacked).values_list("pk", flat=True))
    return found


def _as_they_are(rows: QuerySet[Generation], shot: Shot | None) -> Before:
    """Those that are not there yet: where each is, and whether it was chosen there."""
    found = rows.exclude(shot=shot) if shot else rows.exclude(shot=None)
    read = found.select_related("shot", "chosen_for")
    return {
        str(take.pk): {
            "shot": str(take.shot_id) if take.shot_id else "",
            "code": take.shot.code if take.shot else "",
            "chosen": hasattr(take, "chosen_for"),
        }
        for take in read
    }


def undo(user: Any, change: Change, ids: Sequence[UUID]) -> int:
    """Back to where they were, as far as they are where ``move`` put them and that shot is still there.
    Inside a transaction that holds the project and their stacks.

    :returns: how many.
    """
    back: Before = {}
    touched: set[UUID | None] = set()
    for some in portions(ids):
        mine = _put_back(user, change, some)
        rows = Generation.objects.filter(pk__in=[UUID(pk) for pk in mine])
        touched.update(rows.values_list("stack", flat=True))
        back |= mine
    for few in portions([pk for pk in touched if pk]):  # one portion may have held a part of it only
        stacks.in_one_shot(user, change.project, few)
    shots.choose_again(back)
    return len(back)


def _put_back(user: Any, change: Change, some: Sequence[UUID]) -> Before:
    """:returns: those that went, as ``move`` found them."""
    takes = locked(some).filter(shot=change.after["shot"] or None).values_list("pk", flat=True)
    was = {str(pk): change.before[str(pk)] for pk in takes}
    named = {value["shot"] for value in was.values() if value["shot"]}
    rows = Shot.objects.filter(project=change.project, pk__in=named)
    known = {"", *map(str, rows.values_list("pk", flat=True))}
    back = {pk: value for pk, value in was.items() if value["shot"] in known}
    by_shot: dict[str, list[UUID]] = {}
    for pk, value in back.items():
        by_shot.setdefault(value["shot"], []).append(UUID(pk))
    for shot, mine in by_shot.items():
        shots.move(user, change.project, mine, UUID(shot) if shot else None)
    return back


def choose(user: Any, project: Project, shot: Shot, take: UUID | None) -> Shot:
    """This take stands for its shot in the film; None: none does. Choosing the chosen one again does nothing.

    :raises NotAllowed, WrongState: it is not in this shot, has no clip, or is in the trash.
    """
    require_alive(user, project, Verb.DECIDE)
    with transaction.atomic():
        shots.hold(project)
        if take:
            _require_worthy(shot, take)
        row = Shot.objects.select_for_update().filter(pk=shot.pk, project=project).first()
        if row is None:
            raise NoShot
        old = row.chosen_take_id
        if old == take:
            return row
        row.chosen_take_id = take
        row.save(update_fields=["chosen_take"])
        if old:
            note(user, project, [old], NOT_CHOSEN, {"shot": row.code})
        if take:
            note(user, project, [take], CHOSEN, {"shot": row.code})
        return row


def worthy() -> dict[str, Any]:
    """What a take must be to stand for a shot, as arguments of a filter."""
    return {"status": Status.COMPLETED, "trashed_at": None}


def _require_worthy(shot: Shot, take: UUID) -> None:
    row = locked([take]).filter(shot=shot.pk).first()
    if row is None:
        raise WrongState(_("This take is not in that shot."))
    if row.status != Status.COMPLETED or row.trashed_at:
        raise WrongState(_("Only a take that has its clip and is not in the trash can be chosen."))
