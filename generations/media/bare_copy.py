"""A clip's pictures and sound, packet by packet, in a new container that says nothing else: no title,
comment, chapters, attachments, or boxes of a gateway's own, and no user data within H.264 and H.265.

Runs in the helper process only. The frames, and when each is shown, stay as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av

from . import tracks
from .facts import MediaFacts, Unplayable
from .tracks import opened, picture_track
from .user_words import Cleaner

_FORMATS = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}
# bit-exact: not even the writing program is named
_OPTIONS = {"movflags": "+faststart", "fflags": "+bitexact"}


def make(clip: Path, mime: str, out: Path) -> MediaFacts:
    """:raises Unplayable: the copy would have other frames."""
    if mime not in _FORMATS:
        raise Unplayable("Only clips are copied for guests.")
    with opened(clip, mime) as source:
        kept = [picture_track(source), *source.streams.audio[:1]]
        cleaners = {track.index: cleaner for track in kept if (cleaner := _cleaner(track))}
        with av.open(str(out), "w", format=_FORMATS[mime], options=_OPTIONS) as target:
            copies = {track.index: _bare(target, track, cleaners.get(track.index)) for track in kept}
            for packet in source.demux(kept):
                if packet.dts is None:  # the empty one at the end
                    continue
                cleaner = cleaners.get(packet.stream_index)
                made = _clean(packet, cleaner) if cleaner else packet
                made.stream = copies[packet.stream_index]
                target.mux(made)
    whole, made = tracks.probe(clip, mime), tracks.probe(out, mime)
    if (made.frames, made.hidden, made.rate) != (whole.frames, whole.hidden, whole.rate):
        raise Unplayable("The copy of this clip has other frames than the clip.")
    return made


def _bare(target: Any, track: Any, cleaner: Cleaner | None) -> Any:
    copy = target.add_stream_from_template(track)
    copy.metadata.clear()
    if cleaner is not None:
        copy.codec_context.extradata = cleaner.header
    return copy


def _cleaner(track: Any) -> Cleaner | None:
    """:raises Unplayable: what stands in its stream cannot be told."""
    codec = track.codec_context.name
    return Cleaner(codec, track.codec_context.extradata or b"") if codec in ("h264", "hevc") else None


def _clean(packet: Any, cleaner: Cleaner) -> Any:
    data = bytes(packet)
    clean = cleaner.packet(data)
    if clean is data:
        return packet
    made = av.Packet(clean)
    for name in ("pts", "dts", "duration", "time_base", "is_keyframe"):
        setattr(made, name, getattr(packet, name))
    return made
