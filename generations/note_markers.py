"""Notes as markers for editors: one clip a take, one after the other, by OpenTimelineIO.

Open notes are red, resolved ones green, and their names begin with OPEN or DONE, for an EDL knows no more. A
note of the whole clip spans all of it. Timelines of EDL and FCP XML have one frame rate that SMPTE knows;
OTIO takes any.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio
from django.utils.translation import gettext as _

from generations.labels import clean_line
from generations.models import Audience, Comment
from generations.note_sets import NoteSet

SUFFIXES = {"otio": ".otio", "edl": ".edl", "fcpxml": ".xml"}
TYPES = {"csv": "text/csv", "otio": "application/json", "edl": "text/plain", "fcpxml": "text/xml"}
_ADAPTERS = {"otio": "otio_json", "edl": "cmx_3600", "fcpxml": "fcp_xml"}
MOST_NAME = 120
MOST_EVENTS = 999  # an EDL numbers its events by three digits
Time, Range = otio.opentime.RationalTime, otio.opentime.TimeRange


class CannotMark(ValueError):
    """These notes do not fit into this kind of file; the words say why and what does."""


def text(sets: Sequence[NoteSet], kind: str, *, title: str, side: Audience) -> str:
    """:param kind: ``otio``, ``edl`` or ``fcpxml``.
    :raises CannotMark:"""
    rate = sets[0].rate if kind == "otio" else _one_rate(sets)
    return written(_timeline(sets, title, side), kind, rate)


def written(timeline: Any, kind: str, rate: Fraction) -> str:
    """:param rate: of an EDL, in which its timecodes count.
    :raises CannotMark: there are more clips in it than an EDL has numbers for."""
    options = {"rate": float(rate)} if kind == "edl" else {}
    if kind == "edl" and len(timeline.find_clips()) > MOST_EVENTS:
        raise CannotMark(_("An EDL holds %(n)d clips; choose fewer, or OTIO.") % {"n": MOST_EVENTS})
    text = str(otio.adapters.write_to_string(timeline, _ADAPTERS[kind], **options))
    return _with_count(text, rate) if kind == "edl" else text


def _one_rate(sets: Sequence[NoteSet]) -> Fraction:
    """:raises CannotMark: they have several, or one that has no timecode."""
    found = {one.rate for one in sets}
    if len(found) > 1:
        words = _(
            "These takes have several frame rates (%(rates)s), and this kind of file one. Use OTIO or CSV."
        )
        raise CannotMark(words % {"rates": ", ".join(f"{float(rate):.6g}" for rate in sorted(found))})
    rate = next(iter(found))
    if why := why_not(rate):
        raise CannotMark(why)
    return rate


def why_not(rate: Fraction) -> str:
    """Why neither an EDL nor FCP XML can be made of clips of this rate; empty where both can."""
    if Time.is_smpte_timecode_rate(float(rate)):
        return ""
    words = _("There is no timecode for %(rate)s frames a second. Use OTIO or CSV.")
    return words % {"rate": f"{float(rate):.6g}"}


def _with_count(edl: str, rate: Fraction) -> str:
    """How its timecodes count; the adapter writes them so, and does not say it."""
    drops = rate.denominator == 1001 and round(rate) in (30, 60)
    count = "DROP FRAME" if drops else "NON-DROP FRAME"
    return re.sub(r"\A(TITLE:[^\n]*\n)", rf"\1FCM: {count}\n", edl)


def _timeline(sets: Sequence[NoteSet], title: str, side: Audience) -> Any:
    timeline = otio.schema.Timeline(clean_line(title))
    timeline.metadata["video_studio"] = {"side": side.value}
    timeline.global_start_time = Time(0, float(sets[0].rate))
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for one in sets:
        track.append(_clip(one))
    return timeline


def _clip(one: NoteSet) -> Any:
    rate = float(one.rate)
    whole = Range(Time(0, rate), Time(one.frames, rate))
    clip = otio.schema.Clip(
        name=one.name,
        media_reference=otio.schema.ExternalReference(target_url=one.file, available_range=whole),
        source_range=whole,
    )
    clip.metadata["video_studio"] = {"take": str(one.take.pk)}
    clip.markers.extend(markers(one))
    return clip


def markers(one: NoteSet) -> list[Any]:
    """Of what was not taken back, at the clip's own rate."""
    return [_marker(one, thread) for thread in one.threads if not thread.deleted_at]


def _marker(one: NoteSet, thread: Comment) -> Any:
    first, rate = thread.frame or 0, float(one.rate)
    long = 1 if thread.frame_end is None else thread.frame_end - first + 1
    long = one.frames if thread.frame is None else long
    return otio.schema.Marker(
        name=_name(one, thread),
        marked_range=Range(Time(first, rate), Time(long, rate)),
        color=otio.schema.MarkerColor.GREEN if thread.resolved_at else otio.schema.MarkerColor.RED,
        metadata={"video_studio": _whole(thread), "fcp_xml": {"comment": _told(thread)}},
    )


def _name(one: NoteSet, thread: Comment) -> str:
    """One line: an EDL has no other."""
    state = "DONE" if thread.resolved_at else "OPEN"
    until = f" (to {one.code(thread.frame_end)})" if thread.frame_end is not None else ""
    where = " (whole clip)" if thread.frame is None else until
    name = clean_line(f"{state} {thread.author_name}: {thread.body or _('drawing')}{where}")
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}…"


def _told(thread: Comment) -> str:
    lines = [thread.body, *(f"- {item['text']}" for item in thread.checklist)]
    lines += [f"{reply.author_name}: {reply.body}" for reply in thread.replies.all()]
    return "\n".join(line for line in lines if line)


def _whole(thread: Comment) -> dict[str, Any]:
    answers = [{"by": reply.author_name, "note": reply.body} for reply in thread.replies.all()]
    return {
        "note_id": str(thread.pk),
        "side": thread.audience,
        "state": "resolved" if thread.resolved_at else "open",
        "by": thread.author_name,
        "note": thread.body,
        "checklist": [{"text": item["text"], "done": item["done"]} for item in thread.checklist],
        "drawing": thread.drawing,
        "replies": answers,
        "written_at": thread.created_at.isoformat(),
    }
