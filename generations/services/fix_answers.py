"""What people say of a version that was made for a note: it does, or it does not do yet."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from generations.models import Comment, Generation, Verb
from generations.services import comments, notify, transitions
from generations.services.allowed import require_alive
from generations.services.fixing_notes import NOT_YET


def settled(person: Any, made: Generation) -> Comment:
    """*Yes, resolved in V2.*

    :raises NotAllowed, NoSuchNote, WrongState:
    """
    with transaction.atomic():
        note = comments.resolve(person, _note_of(made), in_take=made)
        notify.stir(made.pk)  # its own page asked as well
    return note


def not_yet(person: Any, made: Generation) -> None:
    """The note stays open, and asks no more about this version.

    :raises NotAllowed, NoSuchNote:
    """
    require_alive(person, made.project, Verb.COMMENT)
    note = _note_of(made)
    if not made.events.filter(kind=NOT_YET).exists():
        transitions.record(made.pk, made.project_id, "fix not enough", actor=person)
    notify.stir(made.pk)
    notify.stir(note.generation_id)


def _note_of(made: Generation) -> Comment:
    """:raises NoSuchNote:"""
    note = Comment.objects.alive().filter(fixed_by=made).first()
    if note is None:
        raise comments.NoSuchNote(_("There is no such note."))
    return note
