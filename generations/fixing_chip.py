"""The note that a composer works on: shown beside it, its frame offered for a slot, and put onto the take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from generations import clips
from generations.desk import Desk
from generations.file_urls import small_among
from generations.forms import Typed
from generations.media import rates
from generations.models import Comment, Generation, Output, Project
from generations.roles import PLACES
from generations.services import fixing_notes, from_takes, handing_back
from generations.services.assets import UploadRefused
from generations.services.compose import Composition, Refused
from generations.telling import reviews
from providers.gateways.values import Role

FRAMES = (Role.FIRST_FRAME, Role.REFERENCE_IMAGE)  # where the note's frame can go


def fixing_of(desk: Desk) -> dict[str, Any] | None:
    """What _fixing.html shows; None where the composer works on no note. ``gone``: it did, and the note was
    deleted since."""
    if desk.typed.fixes_id is None:
        return None
    note = fixing_notes.find(desk.project, desk.typed.fixes_id)
    if note is None:
        return {"id": desk.typed.fixes_id, "gone": True}
    take = note.generation
    outputs = {output.kind: output for output in take.outputs.all()}
    pace = _pace(outputs)
    return {
        "id": note.pk,
        "gone": False,
        "words": note.body,
        "by": note.author_name,
        "code": rates.timecode(note.frame, pace[0]) if pace and note.frame is not None else "",
        "url": f"{take.get_absolute_url()}#note-{note.pk}",
        "version": reviews.version(take),
        "thumb_url": small_among(outputs, take.pk),
        "back_to": str(handing_back.reviewer_of(take, desk.user) or ""),
        "roles": _roles(desk) if pace and note.frame is not None else [],
    }


def _roles(desk: Desk) -> list[dict[str, str]]:
    takes = desk.caps.inputs
    return [{"name": role.value, "label": str(PLACES[role].label)} for role in FRAMES if role in takes]


def _pace(outputs: dict[Any, Output]) -> tuple[Fraction, float] | None:
    """Frames a second, and the second at which the first one is shown."""
    clip, original = clips.played(outputs), outputs.get(Output.Kind.VIDEO)
    if clip is None or original is None:
        return None
    found = clips.pace(original, original)
    return Fraction(found["rate"]), float(found["start_s"])


def with_frame(user: Any, project: Project, typed: Typed, role: str, refused: list[str]) -> Typed:
    """With the note's frame in a slot, where a button of the chip asked for it.

    :param refused: what is in the way is added to it."""
    note = fixing_notes.find(project, typed.fixes_id) if role in FRAMES else None
    if note is None or note.frame is None:
        return typed
    pace = _pace({output.kind: output for output in note.generation.outputs.all()})
    if pace is None:
        return typed
    rate, start_s = pace
    at_s = start_s + float((note.frame + Fraction(1, 2)) / rate)  # the middle of it
    try:
        frame = from_takes.asset_of(user, note.generation, from_takes.AT, at_s, shown=True)
    except (Refused, UploadRefused) as error:
        refused.append(str(error))
        return typed
    place = Role(role)
    if PLACES[place].many:
        files = typed.rows.get(place, ())
        more = files if frame.pk in files else (*files, frame.pk)
        return replace(typed, rows={**typed.rows, place: more})
    return replace(typed, single={**typed.single, place: frame.pk})


def for_note(composition: Composition, note: Comment | None) -> Composition:
    if note is None and composition.relation == fixing_notes.FIX:
        return replace(composition, relation="edit")
    return replace(composition, fixes=note)


def said_of(wanted: UUID | None, takes: Sequence[Generation]) -> str:
    """What a person should hear who wanted to fix a note, and made an ordinary take."""
    if wanted is None or any(take.fixes_id for take in takes):
        return ""
    return _("The note is gone; this is an ordinary take.")
