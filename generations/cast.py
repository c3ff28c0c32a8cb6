"""Characters in a composer: their files put in and taken out of what stands there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from generations import voices
from generations.elements import BOTH, items_of, sorted_out
from generations.forms import Typed
from generations.services.faults import Use
from generations.services.naming import Member
from providers.gateways.values import SPEAKERS, Role

# where a character's files are put; elsewhere a person put them
PLACED = (*BOTH, *SPEAKERS, Role.REFERENCE_AUDIO, Role.REFERENCE_VOICE)


def taken_out(typed: Typed, files: Collection[UUID]) -> Typed:
    """Without these files, where a character's files are put; each view stays with its element, each voice
    with its reference."""
    rows = {role: _without(kept, files if role in PLACED else ()) for role, kept in typed.rows.items()}
    aside = {role: _without(kept, files) for role, kept in typed.rows_aside.items()}
    left = [item for item in items_of(typed.rows, typed.rows_aside, typed.owners) if item[1] not in files]
    owners = sorted_out(left)[2]
    here, there = typed.rows.get(voices.VOICE, ()), typed.rows_aside.get(voices.VOICE, ())
    rows[voices.VOICE], of_here = voices.without(here, typed.voice_of[: len(here)], files)
    aside[voices.VOICE], of_there = voices.without(there, typed.voice_of[len(here) :], files)
    shown_rows = {"rows": _filled(rows), "rows_aside": _filled(aside)}
    return replace(typed, **shown_rows, owners=owners, voice_of=(*of_here, *of_there))


def _without(kept: Sequence[UUID], files: Collection[UUID]) -> tuple[UUID, ...]:
    return tuple(pk for pk in kept if pk not in files)


def put_in(typed: Typed, added: Sequence[Use]) -> Typed:
    """With these at the end of their rows; views behind an element that is added are its own, as is the voice
    behind a reference."""
    items = items_of(typed.rows, typed.rows_aside, typed.owners)
    items += [(role, asset.pk, False) for role, asset in added if role in BOTH]
    rows = dict(typed.rows)
    for role, asset in added:
        rows[role] = (*rows.get(role, ()), asset.pk)
    speakers = [owner for owner, _voice in voices.pairs_of((role, asset.pk) for role, asset in added)]
    here = len(typed.rows.get(voices.VOICE, ()))
    voice_of = (*typed.voice_of[:here], *speakers, *typed.voice_of[here:])
    return replace(typed, rows=rows, owners=sorted_out(items)[2], voice_of=voice_of)


def _filled(rows: dict[Role, tuple[UUID, ...]]) -> dict[Role, tuple[UUID, ...]]:
    return {role: files for role, files in rows.items() if files}


def still_there(typed: Typed) -> tuple[Member, ...]:
    """Without the files that a person took out one by one; a member without any is gone."""
    here = {pk for _role, pk in typed.inputs} | {pk for files in typed.rows_aside.values() for pk in files}
    members = (
        replace(member, files=tuple(pk for pk in member.files if pk in here or pk in member.left))
        for member in typed.cast
    )
    return tuple(member for member in members if member.files)
