"""Which of a take's files a page plays, and what its player has to know to count frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generations.media import rates
from generations.models import Output

Kind = Output.Kind
_BEST_FIRST = (Kind.SOUNDED, Kind.VIDEO)


def played(outputs: Mapping[str, Output]) -> Output | None:
    """By kind: the file that is shown; what is downloaded is the original all the same."""
    return next((outputs[kind] for kind in _BEST_FIRST if kind in outputs), None)


def pace(clip: Output, original: Output) -> dict[str, Any]:
    """``rate`` as 24000/1001, ``frames`` that are shown, ``start_s`` of the first and ``length`` as a timecode.

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
        "uneven": bool(facts.get("variable_fps")),
    }
