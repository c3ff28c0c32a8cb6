"""A copy of a clip to look at frame by frame: short groups of pictures, one pace, no frame before its time.

Runs in the helper process only. The frames are the clip's own, in their order and number. One whose pace
varies gets a steady one, quick enough for nearly all its frames; those that stay longer are repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from . import rates, tracks
from .edits import Size
from .facts import MediaFacts, Unplayable
from .soundtrack import KEPT_AS_IT_IS
from .track_edit import FAST, Chain, check_work, decoded_of, upright
from .tracks import opened, picture_track, read_through

GROUP = 12  # frames from one key frame to the next
SHORT_SIDE, LONG_SIDE = 1080, 1920
_FASTEST = 60
_OPTIONS = {"crf": "20", "preset": "veryfast", "bf": "0", "threads": "2", "rc-lookahead": "10"}


@dataclass(frozen=True)
class _Plan:
    """``slot`` times a frame's own time is its number; None where frames are numbered as they come."""

    rate: Fraction
    size: Size
    start_s: float
    frames: int
    steady: bool


def make(path: Path, mime: str, out: Path) -> MediaFacts:
    """Write ``out`` as MP4; its facts. Raises Unplayable where it is not the same film."""
    whole = tracks.probe(path, mime)
    check_work(whole, whole.duration_s or 0.0)
    with opened(path, whole.mime) as source, av.open(str(out), "w", format="mp4", options=FAST) as target:
        track = picture_track(source)
        plan = _plan(source, track, whole)
        source.seek(0)
        track.codec_context.thread_type, track.codec_context.thread_count = "AUTO", 2
        picture = _Pictures(source, track, plan, target)
        sound = _sound(source, target, plan)
        source.seek(0)
        _run(source, target, track, picture, sound)
    made = tracks.probe(out, "video/mp4")
    if made.frames != plan.frames or made.review_for:
        raise Unplayable("The copy of this clip has other frames than the clip.")
    return made


def _plan(source: Any, track: Any, whole: MediaFacts) -> _Plan:
    rate, frames = rates.read(whole.rate, whole.fps), (whole.frames or 0) - whole.hidden
    steady = not (whole.variable_fps or whole.uneven)
    if not steady:
        rate = _quick_enough(read_through(source, track).stamps, rate)
        frames = max(1, round((whole.duration_s or 0.0) * rate))
    return _Plan(rate, _size(whole), whole.start_s, frames, steady)


def _quick_enough(stamps: list[float], mean: Fraction) -> Fraction:
    """A place for all frames but those that follow each other most closely."""
    gaps = sorted(after - before for before, after in pairwise(sorted(stamps)) if after > before)
    short = gaps[len(gaps) // 20] if gaps else 1 / float(mean)
    return min(max(rates.exact(1 / short), mean), Fraction(_FASTEST))


def _size(whole: MediaFacts) -> Size:
    width, height = whole.width or 2, whole.height or 2
    scale = min(1.0, SHORT_SIDE / min(width, height), LONG_SIDE / max(width, height))
    even = (max(2, round(side * scale / 2) * 2) for side in (width, height))
    return next(even), next(even)


class _Pictures:
    """Frames in, packets of the copy out; the last frame stays until the clip ends."""

    def __init__(self, source: Any, track: Any, plan: _Plan, target: Any) -> None:
        self.plan, self.next, self.held = plan, 0, None
        width, height = plan.size
        steps = [
            *upright(source, track),
            ("scale", f"{width}:{height}:flags=bicubic"),
            ("setsar", "1"),
            ("format", "yuv420p"),
        ]
        self.chain = Chain(source, track, steps)
        self.out = target.add_stream("libx264", rate=plan.rate, options=_OPTIONS)
        self.out.width, self.out.height, self.out.pix_fmt, self.out.gop_size = width, height, "yuv420p", GROUP
        for name in ("colorspace", "color_primaries", "color_trc", "color_range"):
            setattr(self.out.codec_context, name, getattr(track.codec_context, name))

    def packets(self, frame: Any) -> Iterator[Any]:
        """None: there are no more frames."""
        for shown in self.chain.push(frame):
            if self.held is not None:
                yield from self._until(self._slot(shown))
            self.held = shown
        if frame is None:
            yield from self._until(self.plan.frames)
            yield from self.out.encode(None)

    def _slot(self, shown: Any) -> int:
        """Where the frame begins; each has one place at least."""
        if self.plan.steady:
            return self.next + 1
        at = round(((shown.time or 0.0) - self.plan.start_s) * self.plan.rate)
        return max(at, self.next + 1)

    def _until(self, slot: int) -> Iterator[Any]:
        while self.held is not None and self.next < min(slot, self.plan.frames):
            self.held.pts, self.held.time_base, self.held.pict_type = self.next, 1 / self.plan.rate, 0
            self.next += 1
            yield from self.out.encode(self.held)


class _Copied:
    """Sound that an MP4 may hold goes over as it is, counted from the first frame."""

    def __init__(self, track: Any, target: Any, start_s: float) -> None:
        self.track, self.out = track, target.add_stream_from_template(track)
        self.shift = round(start_s / track.time_base)

    def packets(self, packet: Any) -> Iterator[Any]:
        if packet is None or packet.dts is None:
            return
        packet.pts, packet.dts = packet.pts - self.shift, packet.dts - self.shift
        if self.shift and packet.dts < 0:  # what is heard before the first frame
            return
        packet.stream = self.out
        yield packet


class _Encoded:
    """Other sound becomes AAC."""

    def __init__(self, track: Any, target: Any, start_s: float) -> None:
        self.track, self.start_s = track, start_s
        self.out = target.add_stream("aac", rate=track.rate)

    def packets(self, packet: Any) -> Iterator[Any]:
        if packet is None:
            yield from self.out.encode(None)
            return
        for frame in decoded_of(packet):
            if frame.pts is not None:
                frame.pts -= round(self.start_s / frame.time_base)
            if frame.pts is None or frame.pts >= 0:
                yield from self.out.encode(frame)


def _sound(source: Any, target: Any, plan: _Plan) -> _Copied | _Encoded | None:
    track = next(iter(source.streams.audio), None)
    if track is None or track.codec_context is None:
        return None
    kind = _Copied if track.codec_context.name in KEPT_AS_IT_IS else _Encoded
    return kind(track, target, plan.start_s)


def _run(source: Any, target: Any, track: Any, picture: _Pictures, sound: _Copied | _Encoded | None) -> None:
    for packet in source.demux([track, *([sound.track] if sound else [])]):
        if packet.stream_index == track.index:
            for frame in decoded_of(packet):
                target.mux(list(picture.packets(frame)))
        elif sound:
            target.mux(list(sound.packets(packet)))
    target.mux(list(picture.packets(None)))
    if sound:
        target.mux(list(sound.packets(None)))
