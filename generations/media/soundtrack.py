"""The pictures of one clip with the sound of another, as a new file; neither is changed.

Runs in the helper process only. Pictures are copied packet by packet; so is sound that an MP4 may hold, other
sound becomes AAC.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

from .tracks import opened, picture_track

KEPT_AS_IT_IS = {"aac", "mp3"}


def resound(clip: Path, mime: str, source: Path, source_mime: str, out: Path) -> bool:
    """Write ``out`` as MP4, as long as the pictures are.

    :returns: False where the source has no sound; nothing is written then.
    """
    with opened(clip, mime) as film, opened(source, source_mime) as other:
        picture, sound = picture_track(film), next(iter(other.streams.audio), None)
        if picture is None or sound is None:
            return False
        with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
            ends_s = (film.duration or 0) / av.time_base
            tracks = [_pictures(film, picture, target), _sound(other, sound, target, ends_s)]
            for packet in heapq.merge(*tracks, key=_starts_s):
                target.mux(packet)
    return True


def _starts_s(packet: Any) -> float:
    return float(packet.dts * packet.time_base)


def _pictures(film: Any, track: Any, target: Any) -> Iterator[Any]:
    copy = target.add_stream_from_template(track)
    return _copied(film, track, copy)


def _copied(container: Any, track: Any, copy: Any, ends_s: float = float("inf")) -> Iterator[Any]:
    for packet in container.demux(track):
        if packet.dts is None:  # the empty one at the end
            continue
        if _starts_s(packet) >= ends_s:
            return
        packet.stream = copy
        yield packet


def _sound(other: Any, track: Any, target: Any, ends_s: float) -> Iterator[Any]:
    if track.codec_context.name in KEPT_AS_IT_IS:
        return _copied(other, track, target.add_stream_from_template(track), ends_s)
    return _encoded(other, track, target.add_stream("aac", rate=track.rate), ends_s)


def _encoded(other: Any, track: Any, encoder: Any, ends_s: float) -> Iterator[Any]:
    for frame in other.decode(track):
        if frame.time is not None and frame.time >= ends_s:
            break
        yield from encoder.encode(frame)
    yield from encoder.encode(None)
