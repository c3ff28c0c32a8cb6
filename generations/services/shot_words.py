"""Takes are found by what their shots are called. Where a shot with few takes is renamed or removed, that is
written anew at once; with many takes in the background, a few at a time, so that nobody waits for it.

What is to be done stands in a row (``Rewording``) until it is: a chain that broke off is begun anew at the
next start or by the daily housekeeping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from generations.models import Generation, Project, Rewording, Shot

from . import words
from .ring import ring
from .selection import locked

FEW = 200  # takes: well under a second


def hold_few(of: Sequence[UUID]) -> bool:
    """Where these shots have few takes, lock them, so that ``renamed`` writes them at once.

    :returns: whether they are few.
    """
    ids = list(Generation.objects.filter(shot__in=of).values_list("pk", flat=True)[: FEW + 1])
    if len(ids) > FEW:
        return False
    list(locked(ids).values_list("pk", flat=True))
    return True


def renamed(project: Project, was: Mapping[UUID, str], *, few: bool) -> None:
    """Inside the transaction that renamed these shots and holds their rows: with the takes that were made
    while whoever renames waited for those.

    :param was: what each was called, code and title.
    :param few: what ``hold_few`` said.
    """
    if few:
        words.keep(Generation.objects.filter(shot__in=was).values_list("pk", flat=True))
    else:
        _later(Rewording(project=project, shot=pk, was=name) for pk, name in was.items())


def removed(project: Project, shot: UUID, was: str, left: Sequence[UUID]) -> None:
    """Inside the transaction that removed it and holds the takes that were left."""
    if len(left) > FEW:
        _later([Rewording(project=project, shot=shot, was=was)])
    else:
        words.keep(left)


def _later(rows: Iterable[Rewording]) -> None:
    for row in Rewording.objects.bulk_create(rows):
        ring("reword_shot", row.pk)


def ring_due() -> None:
    """For all that is not done yet."""
    for pk in Rewording.objects.order_by("pk").values_list("pk", flat=True):
        ring("reword_shot", pk)


def go_on(pk: UUID | str) -> int:
    """May run twice, and begin again after it broke off.

    :returns: how many takes it wrote.
    """
    row = Rewording.objects.filter(pk=pk).first()
    if row is None:
        return 0
    ids = list(_takes(row).order_by("pk").values_list("pk", flat=True))
    for some in _portions(ids):
        with transaction.atomic():  # held, or a tag that comes between reading and writing would not be found
            words.keep(list(locked(some).values_list("pk", flat=True)))
    row.delete()
    return len(ids)


def _portions(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), FEW):
        yield ids[start : start + FEW]


def _takes(row: Rewording) -> QuerySet[Generation]:
    """Of a shot that was removed: those without one that are still found by what it was called. A take that
    went to another one since has its words."""
    if Shot.objects.filter(pk=row.shot).exists():
        return Generation.objects.filter(shot=row.shot)
    found = words.match(row.project_id, row.was)
    rows = Generation.objects.filter(project=row.project_id, shot=None)
    return rows.filter(pk__in=found.ids()) if found else rows.none()
