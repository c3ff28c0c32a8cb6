"""The trash, for many takes at once; for one see ``decide``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from generations.models import FINAL, Change, Event, Generation, Project, Verb
from generations.services import shown_to_guests, stacks
from generations.services.allowed import require_in
from generations.services.culling import Before
from generations.services.selection import locked, portions
from providers.models import audit

MOST_NAMED = 100  # in one line of the audit log; the history of each take has its own


def trash(user: Any, project: Project, ids: Sequence[UUID]) -> Change:
    """Those that have ended; whatever is on its way, or signed off, stays where it is.

    :raises NotAllowed:
    """
    return _move(user, project, ids, "trash")


def restore(user: Any, project: Project, ids: Sequence[UUID]) -> Change:
    """Those whose files are still here.

    :raises NotAllowed:
    """
    return _move(user, project, ids, "restore")


def _move(user: Any, project: Project, ids: Sequence[UUID], kind: str) -> Change:
    require_in(user, project, Verb.TRASH)
    with transaction.atomic():
        stacks.hold(ids)
        before: Before = {}
        shown = shown_to_guests.showing(project, ids) if kind == "trash" else []
        for some in portions(sorted(ids)):
            before |= dict.fromkeys(map(str, move(user, some, kind)), "")
        if before:
            told = {"takes": len(before), "ids": sorted(before)[:MOST_NAMED]}
            audit(user, "threw away" if kind == "trash" else "restored", "takes", project.pk, after=told)
        if kind == "restore":
            shown = shown_to_guests.showing(project, [UUID(pk) for pk in before])
        after = {"links": _counted(shown, before)}
        return Change.objects.create(project=project, person=user, kind=kind, before=before, after=after)


def _counted(shown: shown_to_guests.Shown, moved: Before) -> list[tuple[str, int]]:
    """Of each link that guests have, how many of those that moved it showed, or shows again."""
    counted = [(title, sum(str(pk) in moved for pk in takes)) for title, takes in shown]
    return [(title, n) for title, n in counted if n]


def move(user: Any, ids: Sequence[UUID], kind: str) -> list[UUID]:
    """One portion, inside a transaction that holds their stacks.

    :param kind: ``trash`` or ``restore``.
    :returns: those that moved.
    """
    rows, now = _movable(locked(ids), kind), timezone.now()
    takes = list(rows.values_list("pk", "project_id", "status"))
    thrown = kind == "trash"
    Generation.objects.filter(pk__in=[row[0] for row in takes]).update(
        trashed_at=now if thrown else None, version=F("version") + 1, changed_at=now
    )
    said = "trashed" if thrown else "restored"
    Event.objects.bulk_create(
        Event(project_id=where, generation_id=pk, kind=said, from_status=at, to_status=at, actor=user)
        for pk, where, at in takes
    )
    moved = [row[0] for row in takes]
    stacks.settle(moved)
    return moved


def _movable(rows: QuerySet[Generation], kind: str) -> QuerySet[Generation]:
    if kind == "trash":
        return rows.filter(status__in=FINAL, trashed_at=None, signed_at=None)
    return rows.filter(trashed_at__isnull=False, purged_at=None)
