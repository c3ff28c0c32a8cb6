"""What people say of a version that was made for a note: it does, or it does not do yet."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from generations.models import Comment, Generation, Status, Verb
from generations.services import comments, notify, stacks, transitions
from generations.services.allowed import require_alive
from generations.services.fixing_notes import NOT_YET
from generations.services.refusals import WrongState
from generations.services.selection import locked


def settled(person: Any, made: Generation) -> Comment:
    """*Yes, resolved in V2.*

    :raises NotAllowed, NoSuchNote, WrongState:
    """
    with transaction.atomic():
        note = comments.resolve(person, _note_of(made), in_take=made)
        _require_here(made)
        notify.stir(made.pk)  # its own page asked as well
    return note


def not_yet(person: Any, made: Generation) -> None:
    """The note stays open, and asks no more about this version. Once; a second call does nothing.

    :raises NotAllowed, NoSuchNote, WrongState: it was resolved meanwhile.
    """
    require_alive(person, made.project, Verb.COMMENT)
    with transaction.atomic():
        both = [_note_of(made).generation_id, made.pk]
        stacks.hold(both)  # as whoever puts a clip on top does
        list(locked(both))  # who resolves the note, or says the same, waits here
        if _note_of(made).resolved_at:
            raise WrongState(_("This note was resolved meanwhile."))
        if made.events.filter(kind=NOT_YET).exists():
            return
        transitions.record(made.pk, made.project_id, NOT_YET, actor=person)
        for take in both:
            notify.stir(take)


def _require_here(made: Generation) -> None:
    """:raises WrongState: it has no clip yet, or was thrown away."""
    now = locked([made.pk]).get()
    if now.status != Status.COMPLETED or now.trashed_at:
        raise WrongState(_("There is no clip here that could do for the note."))


def _note_of(made: Generation) -> Comment:
    """:raises NoSuchNote:"""
    note = Comment.objects.alive().filter(fixed_by=made).first()
    if note is None:
        raise comments.NoSuchNote(_("There is no such note."))
    return note
