"""Clips and sounds: open with a forced demuxer, read every packet, decode both ends.

Runs in the helper process only. A file is taken for whole when the container is as long as it says,
no packet is damaged, the packets reach the declared end, and the first and the last pictures decode.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av
import av.error
import av.logging

from . import pace, rates
from .containers import CUT_OFF, check_whole
from .facts import Kind, MediaFacts, TooHeavy, Unplayable

MAX_FRAME_PIXELS = 8192 * 4320
_DEMUXERS = {
    "video/mp4": "mov,mp4,m4a,3gp,3g2,mj2",
    "video/quicktime": "mov,mp4,m4a,3gp,3g2,mj2",
    "audio/mp4": "mov,mp4,m4a,3gp,3g2,mj2",
    "video/webm": "matroska,webm",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
}
_VIDEO_CODECS = {"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "prores", "mjpeg"}
_AUDIO_CODECS = {"aac", "mp3", "opus", "vorbis", "alac", "ac3", "eac3"}
_TAIL_SECONDS = 8.0  # processor time spent on decoding towards the end
_TAIL_FRAMES = 300

av.logging.set_level(None)


@dataclass
class Reading:
    """What one pass over the packets of the main track found; times in seconds."""

    packets: int = 0
    corrupt: bool = False
    start: float | None = None
    end: float = 0.0
    last_key: int | None = None
    stamps: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    hidden: int = 0
    shown_from: float | None = None


@contextmanager
def opened(path: Path, mime: str) -> Iterator[Any]:
    """The container, opened by its own demuxer; the file itself is all it may read."""
    options = {"protocol_whitelist": "file", "format_whitelist": _DEMUXERS[mime]}
    try:
        # "file:" keeps a name such as "concat:a|b" from being read as an address
        source = f"file:{path.resolve()}"
        with av.open(source, format=_DEMUXERS[mime].split(",")[0], options=options) as container:
            yield container
    except MemoryError:  # a decoder at the limit says so in this way too
        raise
    except av.error.FFmpegError as error:
        raise Unplayable("This file is damaged: it cannot be played. Export or download it again.") from error


def picture_track(container: Any) -> Any:
    """The first real picture track, or None; a cover picture in a sound file is none."""
    cover = av.stream.Disposition.attached_pic
    tracks = (track for track in container.streams.video if not track.disposition & cover)
    return next(tracks, None)


def probe(path: Path, mime: str) -> MediaFacts:
    """The facts of a clip or sound that is whole. Raises Unplayable."""
    faststart = check_whole(path, mime)
    with opened(path, mime) as container:
        track = picture_track(container)
        if track is None:
            return _sound(container, mime)
        facts = _clip(container, track, mime)
        return replace(facts, faststart=faststart)


def _clip(container: Any, track: Any, mime: str) -> MediaFacts:
    mime = "video/mp4" if mime == "audio/mp4" else mime
    if not mime.startswith("video/"):
        raise Unplayable("This sound file holds a moving picture; save it as MP4.")
    codec = _checked_codec(track)
    reading = read_through(container, track)
    _check_reaches_end(container, track, reading)
    first = _first_frame(container, track)
    _check_tail(container, track, reading)
    sideways = first.rotation % 180 != 0
    width, height = (first.height, first.width) if sideways else (first.width, first.height)
    duration = duration_of(track, reading)
    if not duration:
        raise Unplayable("This clip is 0 s long; send it as a picture, or one that moves.")
    return MediaFacts(
        Kind.CLIP,
        mime,
        width=width,
        height=height,
        duration_s=duration,
        fps=_rate(track, reading),
        frames=reading.packets,
        video_codec=codec,
        **_pace(track, reading),
        **_sound_facts(next(iter(container.streams.audio), None)),
    )


def _pace(track: Any, reading: Reading) -> dict[str, Any]:
    """What a player has to know to stop at each picture."""
    rate = pace.exact_rate(reading.stamps, track.average_rate or track.guessed_rate)
    return {
        "variable_fps": pace.is_variable(reading.stamps),
        "uneven": bool(rate and pace.off_pace(reading.stamps, rate)),
        "rate": rates.written(rate) if rate else "",
        "hidden": reading.hidden,
        "start_s": round(reading.shown_from or 0.0, 6),
        "key_gap_s": pace.key_gap(reading.keys, reading.end),
        "pixels": track.codec_context.pix_fmt or "",
    }


def _sound_facts(track: Any) -> dict[str, Any]:
    if track is None:
        return {}
    if track.codec_context is None:
        return {"has_audio": True}
    codec = track.codec_context
    facts = {"sample_rate": codec.sample_rate or None, "channels": codec.channels or None}
    return {"has_audio": True, "audio_codec": codec.codec.canonical_name, **facts}


def _sound(container: Any, mime: str) -> MediaFacts:
    """Sound alone. An MP4 without a picture track counts as M4A."""
    track = next(iter(container.streams.audio), None)
    if track is None or track.codec_context is None:
        raise Unplayable("This file holds neither picture nor sound that can be played.")
    if mime == "video/webm":
        raise Unplayable("This WEBM holds sound alone; save it as MP3, WAV or M4A.")
    codec = track.codec_context.codec.canonical_name
    if codec not in _AUDIO_CODECS and not codec.startswith("pcm_"):
        raise Unplayable(f"The sound in this file is of a kind the studio cannot play ({codec}).")
    reading = read_through(container, track)
    _check_reaches_end(container, track, reading)
    container.seek(0)
    if next(container.decode(track), None) is None:
        raise Unplayable("The sound in this file cannot be played.")
    mime = mime if mime.startswith("audio/") else "audio/mp4"
    duration = duration_of(track, reading)
    if not duration:
        raise Unplayable("This sound is 0 s long; record or export it again.")
    return MediaFacts(Kind.SOUND, mime, duration_s=duration, **_sound_facts(track))


def _checked_codec(track: Any) -> str:
    if track.codec_context is None:
        raise Unplayable("The pictures in this clip cannot be played; save it as H.264 MP4.")
    name = track.codec_context.codec.canonical_name
    if name not in _VIDEO_CODECS:
        raise Unplayable(f"The pictures in this clip are stored as {name}; save it as H.264 MP4.")
    if track.codec_context.width * track.codec_context.height > MAX_FRAME_PIXELS:
        size = f"{track.codec_context.width} × {track.codec_context.height}"
        raise TooHeavy(f"The pictures in this clip have {size} pixels; the studio takes up to 8192 × 4320.")
    return str(name)


def read_through(container: Any, track: Any) -> Reading:
    """Read every packet of the file; remember those of ``track``."""
    reading = Reading()
    for packet in container.demux():
        if packet.size == 0:
            continue
        reading.corrupt = reading.corrupt or packet.is_corrupt
        if packet.stream_index == track.index:
            _note(reading, packet)
    return reading


def _note(reading: Reading, packet: Any) -> None:
    reading.packets += 1
    stamp = packet.pts if packet.pts is not None else packet.dts
    if stamp is None:
        return
    at = float(stamp * packet.time_base)
    reading.stamps.append(at)
    reading.start = at if reading.start is None else min(reading.start, at)
    reading.end = max(reading.end, at + float((packet.duration or 0) * packet.time_base))
    if packet.is_keyframe:
        reading.last_key = stamp
        reading.keys.append(at)
    if packet.is_discard:  # an edit list begins later
        reading.hidden += 1
    else:
        reading.shown_from = at if reading.shown_from is None else min(reading.shown_from, at)


def _check_reaches_end(container: Any, track: Any, reading: Reading) -> None:
    if not reading.packets:
        raise Unplayable("This file holds no picture or sound that can be played.")
    if reading.corrupt or (track.frames and reading.packets < track.frames - 1):
        raise Unplayable(CUT_OFF)
    declared = _declared_end(container, track)
    # headers round, and tracks differ a little in length: a second and a twentieth is no cut
    if declared and reading.end < declared * 0.95 - 1.0:
        raise Unplayable(CUT_OFF)


def _declared_end(container: Any, track: Any) -> float:
    if track.duration:
        return float((track.duration + (track.start_time or 0)) * track.time_base)
    return (container.duration or 0) / 1_000_000


def duration_of(track: Any, reading: Reading) -> float:
    """Seconds: what the track declares, else from its first to past its last packet."""
    if track.duration:
        return round(float(track.duration * track.time_base), 3)
    return round(max(0.0, reading.end - (reading.start or 0.0)), 3)


def _rate(track: Any, reading: Reading) -> float | None:
    rate = track.average_rate or track.guessed_rate
    if rate:
        return round(float(rate), 3)
    seconds = duration_of(track, reading)
    return round(reading.packets / seconds, 3) if seconds else None


def _first_frame(container: Any, track: Any) -> Any:
    container.seek(0)
    frame = next(container.decode(track), None)
    if frame is None:
        raise Unplayable("The pictures in this clip cannot be played; save it as H.264 MP4.")
    return frame


def _check_tail(container: Any, track: Any, reading: Reading) -> None:
    """From the last key frame on, pictures must decode: a tail of zeros has the right length too."""
    if reading.last_key is None:
        return
    container.seek(reading.last_key, stream=track)
    until = time.process_time() + _TAIL_SECONDS
    packets = bad = 0
    for packet in container.demux(track):
        packets += 1
        try:
            packet.decode()
        except av.error.InvalidDataError:
            bad += 1
        if packets >= _TAIL_FRAMES or time.process_time() > until:
            break
    if bad > max(1, packets // 10):
        raise Unplayable("The end of this clip is damaged; export or download it again.")
