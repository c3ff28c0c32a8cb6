"""Which of a take's files is its clip, which one a page plays, and what counts its frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as lazy

from generations.media import rates
from generations.models import Generation, Output

Kind = Output.Kind
_BEST_FIRST = (Kind.PROXY, Kind.SOUNDED, Kind.VIDEO)


_NO_FRAMES = lazy("Browsers do not find each of its frames.")
_WHY = {
    "codec": lazy("Not every browser plays how the clip is stored."),
    "sound": lazy("Not every browser plays how its sound is stored."),
    "pace": lazy("The time between its frames varies."),
    "hidden": lazy("Its file holds frames that are not shown."),
    "keys": lazy("Its key frames lie far apart."),
}


def clip_of(take: Generation) -> Output | None:
    """The gateway's own file, which is decided on, signed and downloaded: what is made of it is a copy.
    ``outputs`` may have been read along."""
    clips = (output for output in take.outputs.all() if output.kind == Kind.VIDEO and output.file)
    return next(clips, None)


def sha256_of(take: Generation) -> str:
    """Of its clip, in hex; empty where it is not here."""
    clip = clip_of(take)
    return clip.sha256 if clip else ""


def played(outputs: Mapping[str, Output]) -> Output | None:
    """By kind: the file that is shown; what is downloaded is the original all the same."""
    return next((outputs[kind] for kind in _BEST_FIRST if kind in outputs), None)


def original_of(outputs: Mapping[str, Output]) -> Output:
    """What a proxy is made from: the clip, with its sound where that was put back. There is a clip."""
    return outputs.get(Kind.SOUNDED) or outputs[Kind.VIDEO]


def why_proxy(clip: Output, original: Output) -> str:
    """One sentence where the page shows a copy; empty where it shows the clip itself."""
    why = _WHY.get(str(original.facts.get("review_for") or ""), "")
    return str(why or _NO_FRAMES) if clip.kind == Kind.PROXY else ""


class Clip(Protocol):
    """What counts the frames of a stored clip: a take's file, or a guest's copy of it."""

    @property
    def facts(self) -> dict[str, Any]: ...
    @property
    def fps(self) -> float | None: ...
    @property
    def duration_s(self) -> float | None: ...


def pace(clip: Clip, original: Clip) -> dict[str, Any]:
    """``rate`` as 24000/1001, ``frames`` that are shown, ``start_s`` of the first, ``length`` as a timecode.

    :param original: the clip that it was made from, where a copy has no facts of its own.
    """
    facts = clip.facts or original.facts
    rate = rates.read(str(facts.get("rate") or ""), clip.fps or original.fps)
    frames = (facts.get("frames") or 0) - (facts.get("hidden") or 0)
    if frames <= 0:
        frames = max(1, round((clip.duration_s or 0) * rate))
    return {
        "rate": rates.written(rate),
        "frames": frames,
        "start_s": facts.get("start_s") or 0.0,
        "duration_s": clip.duration_s,
        "length": rates.timecode(frames, rate),
        "zero": rates.timecode(0, rate),
        "uneven": bool(facts.get("variable_fps") or facts.get("uneven")),
    }
