"""The cut for editors: a timeline in the project's frame rate, each shot a clip or, if missing, a gap.

Clips are called as in the ZIP of the cut, so that they are found beside the timeline. OTIO keeps each clip's
own rate; an EDL and FCP XML count all of it in that of the timeline. A gap has a marker that says which shot
is missing, and how long it is meant to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

import opentimelineio as otio
from django.utils.translation import gettext as _

from generations import archive, clips, note_markers, note_sets, shot_lengths
from generations.cut import Piece
from generations.labels import clean_line
from generations.models import Audience, Project
from generations.note_markers import CannotMark, Range, Time
from generations.note_sets import NoteSet
from generations.telling import reviews
from providers.cells import plain

Color = otio.schema.MarkerColor
_REEL_CHARS = 8
SUFFIXES = {**note_markers.SUFFIXES, "csv": ".csv"}
COLUMNS = ("number", "code", "title", "length", "notes", "clip", "clip_length", "chosen", "review", "shot_id")


def text(project: Project, pieces: Sequence[Piece], kind: str, *, notes: str = "") -> str:
    """:param kind: ``otio``, ``edl`` or ``fcpxml``.
    :param notes: an ``Audience`` whose notes become markers; empty: none.
    :raises CannotMark: it does not fit into this kind of file."""
    rate = shot_lengths.rate_of(project)
    if not any(piece.take for piece in pieces):
        raise CannotMark(_("No shot has a clip yet."))
    if kind != "otio" and (why := note_markers.why_not(rate)):
        raise CannotMark(why)
    said = _notes(pieces, notes)
    timeline = _timeline(project, pieces, rate, said, own_rates=kind == "otio")
    written = note_markers.written(timeline, kind, rate)
    return written.replace('<xmeml version="4">', '<xmeml version="5">', 1) if kind == "fcpxml" else written


def _notes(pieces: Sequence[Piece], notes: str) -> Mapping[UUID, NoteSet]:
    if not notes:
        return {}
    ids = [piece.take.pk for piece in pieces if piece.take]
    return {one.take.pk: one for one in note_sets.of(ids, Audience(notes))}


def names(pieces: Sequence[Piece]) -> dict[UUID, str]:
    """By take, what its clip is called in the ZIP of this cut."""
    with_clip = [(piece.take, clips.clip_of(piece.take)) for piece in pieces if piece.take]
    found = enumerate(with_clip, start=1)
    return {take.pk: archive.name_at(at, take, clip) for at, (take, clip) in found if clip}


def _timeline(
    project: Project, pieces: Sequence[Piece], rate: Fraction, said: Mapping[UUID, NoteSet], own_rates: bool
) -> Any:
    timeline = otio.schema.Timeline(clean_line(project.name))
    timeline.global_start_time = Time(0, float(rate))
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    files, at = names(pieces), 0
    for number, piece in enumerate(pieces, start=1):
        long = _frames(piece, rate)
        if piece.take:
            track.append(_clip(piece, files[piece.take.pk], rate, said.get(piece.take.pk), own_rates))
            track[-1].metadata["cmx_3600"] = {"reel": _reel(piece.shot.code, number)}
        else:
            track.append(_gap(piece, long, rate))
            timeline.tracks.markers.append(_missing(piece, at, long, rate))
        at += long
    return timeline


def _frames(piece: Piece, rate: Fraction) -> int:
    """Of the timeline; at least one."""
    return max(1, round(piece.seconds * rate))


def _clip(piece: Piece, file: str, rate: Fraction, said: NoteSet | None, own_rates: bool) -> Any:
    own = Range(Time(0, float(piece.rate)), Time(piece.frames, float(piece.rate)))
    here = Range(Time(0, float(rate)), Time(_frames(piece, rate), float(rate)))
    clip = otio.schema.Clip(
        name=clean_line(f"{piece.shot.code} {piece.shot.title}"),
        media_reference=otio.schema.ExternalReference(target_url=file, available_range=own),
        source_range=own if own_rates else here,
    )
    clip.metadata["video_studio"] = {**_told(piece), "take": str(piece.take.pk if piece.take else "")}
    clip.markers.extend(note_markers.markers(said) if said else [])
    if not own_rates:
        for marker in clip.markers:
            marker.marked_range = _counted(marker.marked_range, piece.rate, rate)
    return clip


def _reel(code: str, number: int) -> str:
    """Of an EDL: eight signs without blanks, of which the place in the cut tells equal ones apart."""
    tail = f"{number:03}"
    head = re.sub(r"[^A-Z0-9]", "", code.upper())
    return f"{head[: _REEL_CHARS - len(tail)]:_<{_REEL_CHARS - len(tail)}}{tail}"


def _counted(marked: Any, own: Fraction, rate: Fraction) -> Any:
    """The same span in frames of the timeline."""
    first = round(int(marked.start_time.value) / own * rate)
    long = max(1, round(int(marked.duration.value) / own * rate))
    return Range(Time(first, float(rate)), Time(long, float(rate)))


def _gap(piece: Piece, long: int, rate: Fraction) -> Any:
    whole = Range(Time(0, float(rate)), Time(long, float(rate)))
    gap = otio.schema.Gap(name=clean_line(f"{piece.shot.code} {piece.shot.title}"), source_range=whole)
    gap.metadata["video_studio"] = {**_told(piece), "missing": True}
    return gap


def _missing(piece: Piece, at: int, long: int, rate: Fraction) -> Any:
    name = clean_line(f"MISSING {piece.shot.code} {piece.shot.title}")
    span = Range(Time(at, float(rate)), Time(long, float(rate)))
    return otio.schema.Marker(
        name=name, marked_range=span, color=Color.RED, metadata={"fcp_xml": {"comment": piece.shot.note}}
    )


def _told(piece: Piece) -> dict[str, Any]:
    shot = piece.shot
    length = None if shot.duration_s is None else float(shot.duration_s)
    return {
        "shot": str(shot.pk),
        "code": shot.code,
        "title": shot.title,
        "length_s": length,
        "note": shot.note,
    }


def table(pieces: Sequence[Piece]) -> Iterator[Sequence[str]]:
    """The shot list as rows of a CSV, which an import reads back."""
    files = names(pieces)
    yield COLUMNS
    for number, piece in enumerate(pieces, start=1):
        shot, take = piece.shot, piece.take
        badge = reviews.badge(take) if take else None
        row = (
            *(number, shot.code, shot.title),
            "" if shot.duration_s is None else shot_lengths.plain(shot.duration_s),
            *(shot.note, files.get(take.pk, "") if take else ""),
            shot_lengths.plain(piece.seconds) if take else "",
            *("yes" if piece.is_chosen else "no", badge["word"] if badge else "", shot.pk),
        )
        yield [plain(value) for value in row]
