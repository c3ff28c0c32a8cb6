"""*Fix this*: a new take that is made for a note. It becomes the next version beside the take that the note
stands on; once it has its clip it is on top, and whoever wrote the note is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from generations.models import Comment, Event, Generation, Notification, Project, Stack, Status
from generations.services import handing_back, notify, stacks, transitions
from generations.services.compose import Composition, Refused
from generations.services.culling import note as write_down
from generations.services.selection import locked
from generations.services.writers import Writer
from providers.gateways.problem import Problem

FIX = "fix"  # how such a take stands to its parent
NOT_YET = "fix not enough"
CAME = "fix came"


def find(project: Project, pk: UUID | None) -> Comment | None:
    """A note that can be worked on: its words are there, and its take is not in the trash."""
    if pk is None:
        return None
    rows = Comment.objects.alive().filter(project=project, generation__trashed_at=None, pk=pk)
    return rows.select_related("generation__model", "generation__project").first()


def hold(notes: Iterable[Comment]) -> dict[UUID, Generation]:
    """The stacks and rows of the takes on which the notes stand, held. First of all in the transaction that
    makes takes for them.

    :returns: note -> its take; without those that were deleted, or thrown away with their take, meanwhile.
    """
    wanted = {note.pk for note in notes}
    if not wanted:
        return {}
    takes = list(Comment.objects.filter(pk__in=wanted).values_list("generation_id", flat=True))
    stacks.hold(takes)
    rows = {take.pk: take for take in locked(takes).filter(trashed_at=None)}
    there = Comment.objects.alive().filter(pk__in=wanted, generation__in=rows)
    return {pk: rows[take] for pk, take in there.values_list("pk", "generation_id")}


def still(item: Composition, of: Mapping[UUID, Generation]) -> Composition:
    """Without its note, and then an edit, where that is not among those that are ``hold``."""
    if item.fixes is None or item.fixes.pk in of:
        return item
    return replace(item, fixes=None, relation="edit" if item.relation == FIX else item.relation)


def join(user: Any, made: Sequence[Generation], of: dict[UUID, Generation]) -> None:
    """New takes become versions beside the ones on whose notes they work; none of them is on top yet.

    :param of: from ``hold``.
    :raises Refused: a stack is full.
    """
    for take in made:
        if take.fixes_id is None:
            continue
        stack = _stack_of(user, of[take.fixes_id])
        if Generation.objects.filter(stack=stack).count() >= stacks.MOST:
            words = _("A stack has %(n)d versions at most.") % {"n": stacks.MOST}
            raise Refused([Problem("fixes", words)])
        stack.last_no += 1
        stack.save(update_fields=["last_no"])
        take.stack, take.version_no, take.is_top = stack, stack.last_no, False
        take.shot_id = of[take.fixes_id].shot_id  # versions are in one shot
        take.save(update_fields=["stack", "version_no", "is_top", "shot"])
        write_down(user, take.project, [take.pk], "stacked")


def _stack_of(user: Any, take: Generation) -> Stack:
    """The one that it is in, else a new one of which it is the first version."""
    if take.stack_id is not None:
        return Stack.objects.select_for_update().get(pk=take.stack_id)
    stack = Stack.objects.create(project_id=take.project_id, made_by=user, last_no=1)
    take.stack, take.version_no, take.is_top = stack, 1, True
    take.save(update_fields=["stack", "version_no", "is_top"])
    write_down(user, take.project, [take.pk], "stacked")
    return stack


def clip_came(take: UUID) -> None:
    """As ``stacks.clip_came``, for every take: one that was made for a note is on top from here on. Called
    where its clip was stored, and again before its pictures are made, for a worker may die between: the
    second time finds nothing to do."""
    rows = Generation.objects.filter(pk=take).exclude(stack=None)
    if not rows.exclude(fixes=None).exists():
        if rows.exists():
            stacks.clip_came(take)
        return
    with transaction.atomic():
        stacks.hold([take])
        row = locked([take]).select_related("author", "project").get()  # it may be in another stack by now
        came = row.status == Status.COMPLETED and row.trashed_at is None
        if came and row.events.filter(kind=CAME).exists():
            return
        stacks.put_on_top([row.stack_id], newest=came)
        if came:
            transitions.record(row.pk, row.project_id, CAME)
            _tell(row)


def _tell(take: Generation) -> None:
    """Its note asks from now on whether that does it, and its writer hears so once; it goes back to who had
    asked for changes."""
    notes = Comment.objects.open().select_related("generation__project")
    note = notes.filter(pk=take.fixes_id).first() if take.fixes_id else None
    if note is None:
        return
    asked = handing_back.hand_back(take, note.generation)
    told = Notification.objects.filter(generation=take, comment=note, kind=Notification.Kind.FIXED)
    if note.author_id and note.author != asked and not told.exists():
        detail = {"version": take.version_no}
        by = Writer(person=take.author)
        notify.tell([note.author_id], Notification.Kind.FIXED, by, take, comment=note, detail=detail)
    notify.stir(note.generation_id)


def asking(take: Generation) -> QuerySet[Generation]:
    """The takes that were made for open notes of this one, have their clip, and of which nobody has said yet
    that they do not do; newest first."""
    refused = Event.objects.filter(generation=OuterRef("pk"), kind=NOT_YET)
    rows = Generation.objects.filter(fixes__generation=take, status=Status.COMPLETED, trashed_at=None)
    rows = rows.filter(~Exists(refused), fixes__resolved_at=None, fixes__deleted_at=None)
    return rows.order_by("-id")
