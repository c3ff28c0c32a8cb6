"""Notes of takes for a file that leaves the studio: of one side, each take with its clip's pace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from generations import clips
from generations.filenames import SUFFIXES, file_name
from generations.media import rates
from generations.models import Audience, Comment, Generation, Output
from generations.services.selection import portions
from generations.services.threads import threads_of_all
from generations.telling import recipe

_AT_ONCE = 200


@dataclass(frozen=True)
class NoteSet:
    """A take's notes of one side, in the order of frames. ``name`` tells the take without its prompt;
    ``file`` is what its clip is called when it is downloaded, of the client's side without the model."""

    take: Generation
    name: str
    file: str
    rate: Fraction
    frames: int
    threads: list[Comment]

    def code(self, frame: int | None) -> str:
        return "" if frame is None else rates.timecode(frame, self.rate)


def of(ids: Sequence[UUID], side: Audience) -> Iterator[NoteSet]:
    """Those of these takes that have notes on this side, in their order.

    :param ids: takes that the person may see.
    """
    for start in range(0, len(ids), _AT_ONCE):
        some = list(ids[start : start + _AT_ONCE])
        threads = threads_of_all(some, [side])
        rows = Generation.objects.select_related("project", "model").prefetch_related("outputs")
        takes = rows.in_bulk(list(threads))
        for pk in some:
            if pk in takes and (found := _set(takes[pk], side, threads[pk])):
                yield found


def sides_of(ids: Sequence[UUID]) -> set[str]:
    """On which sides these takes have notes to write into a file; one question a portion, until both have."""
    found: set[str] = set()
    for some in portions(ids):
        rows = Comment.objects.threads().filter(generation__in=some)
        found |= set(rows.filter(_has_words()).order_by().values_list("audience", flat=True).distinct())
        if found == set(Audience.values):
            break
    return found


def _has_words() -> Q:
    answers = Comment.objects.alive().filter(parent=OuterRef("pk"))
    return Q(deleted_at=None) | Exists(answers)


def _set(take: Generation, side: Audience, threads: list[Comment]) -> NoteSet | None:
    outputs = {output.kind: output for output in take.outputs.all()}
    original, clip = outputs.get(Output.Kind.VIDEO), clips.played(outputs)
    if original is None or clip is None:
        return None
    pace = clips.pace(clip, original)
    version = f"V{take.version_no} " if take.version_no else ""
    name = f"{version}{recipe.short_id(take)}"
    suffix = SUFFIXES.get(original.mime, ".mp4")
    named = f"{name}{suffix}" if side == Audience.CLIENT else file_name(take, "video", suffix)
    return NoteSet(take, name, named, Fraction(pace["rate"]), pace["frames"], threads)
