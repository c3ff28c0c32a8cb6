"""A copy of a clip or sound: a range of it, cut, scaled, at a steady rate. Runs in the helper process only.

Clips become H.264 and AAC in MP4, which every gateway and browser takes; sounds WAV, MP3 or M4A. The picture
goes through FFmpeg's filters, so that no frame becomes a Python picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import av.filter
from PIL import Image

from . import edits, tracks
from .edits import Edit
from .facts import Kind, MediaFacts, TooHeavy, Unplayable
from .frames import picture_of
from .picture_edit import write_as
from .tracks import opened, picture_track

_STEADY = (24, 25, 30, 50, 60)
_RATE_HZ = 48_000
_SOUND_BPS, _LEAST_BPS = 160_000, 32_000
_LEAST_PICTURE_BPS = 150_000
_FILES = {
    "audio/wav": ("wav", "pcm_s16le", "s16"),
    "audio/mpeg": ("mp3", "libmp3lame", "fltp"),
    "audio/mp4": ("ipod", "aac", "fltp"),
}
_NO_FIT = "This file cannot be made to fit in {most} bytes; take a shorter part of it."


def make(path: Path, mime: str, out: Path, edit: Edit) -> MediaFacts:
    """Write the copy and look at it as at any upload; its facts. Raises Unplayable."""
    whole = tracks.probe(path, mime)
    if edit.op == "frame":
        return _frame(path, mime, out, edit)
    if edit.start_s >= (whole.duration_s or 0):
        raise Unplayable(f"This file is {whole.duration_s:g} s long; begin earlier.")
    sound = whole.kind == Kind.SOUND
    made = _sound(path, whole, out, edit) if sound else _clip(path, whole, out, edit)
    if edit.max_bytes and out.stat().st_size > edit.max_bytes:
        raise Unplayable(_NO_FIT.format(most=edit.max_bytes))
    return tracks.probe(out, made)


def _frame(path: Path, mime: str, out: Path, edit: Edit) -> MediaFacts:
    """The picture that is on screen at ``at_s``, or the last one."""
    with opened(path, mime) as container:
        track = picture_track(container)
        if track is None:
            raise Unplayable("This file holds no moving picture.")
        begin = float((track.start_time or 0) * track.time_base)
        container.seek(int((begin + edit.at_s) / track.time_base), stream=track)
        shown = None
        for frame in _decoded(container, track):
            if shown is not None and (frame.time or 0.0) > begin + edit.at_s + 1e-3:
                break
            shown = frame
        if shown is None:
            raise Unplayable("No picture of this clip can be read.")
        picture: Image.Image = picture_of(shown)
    return write_as(picture, edit.mime or "image/png", out, edit)


def _span(whole: MediaFacts, edit: Edit) -> tuple[float, float]:
    """Seconds from the beginning; to the end where none is asked for."""
    duration = whole.duration_s or 0.0
    return edit.start_s, min(edit.end_s or duration, duration)


def _clip(path: Path, whole: MediaFacts, out: Path, edit: Edit) -> str:
    start, end = _span(whole, edit)
    check_work(whole, end - start)
    with opened(path, whole.mime) as source, av.open(str(out), "w", format="mp4", options=FAST) as target:
        track = picture_track(source)
        track.codec_context.thread_type, track.codec_context.thread_count = "AUTO", 2
        audio = next(iter(source.streams.audio), None)
        audio = audio if audio is not None and audio.codec_context is not None else None
        rate = _rate(whole, edit)
        chain = _Pictures(source, track, whole, edit, start, end, rate)
        shown = _h264(target, track, chain.size, rate, _picture_bps(edit, end - start, audio is not None))
        heard = target.add_stream("aac", rate=_RATE_HZ, layout="stereo") if audio is not None else None
        if heard is not None:
            heard.bit_rate = _SOUND_BPS
        chains = [(track, chain, shown)]
        if audio is not None:
            chains.append((audio, _Sounds(source, audio, start, end, "fltp", _RATE_HZ, 2), heard))
        _run(source, target, chains, end)
    return "video/mp4"


FAST = {"movflags": "+faststart"}


def check_work(whole: MediaFacts, seconds: float) -> None:
    pixels = (whole.width or 0) * (whole.height or 0) * (whole.fps or 30.0) * seconds
    if pixels > edits.MOST_PIXELS:
        raise TooHeavy("This is too much to convert here; take a shorter part of it, or export it smaller.")


def _rate(whole: MediaFacts, edit: Edit) -> Fraction:
    """As asked, else the clip's own; one that varies becomes the next usual one above its mean."""
    told = edit.fps or whole.fps or 24.0
    if whole.variable_fps and not edit.fps:
        told = next((rate for rate in _STEADY if rate >= told - 0.5), _STEADY[-1])
    return Fraction(min(told, 60.0)).limit_denominator(1001)


def _picture_bps(edit: Edit, seconds: float, has_sound: bool) -> int | None:
    if not edit.max_bytes:
        return None
    bps = int(edit.max_bytes * 8 * 0.88 / (seconds + 0.5)) - (_SOUND_BPS if has_sound else 0)
    if bps < _LEAST_PICTURE_BPS:
        raise Unplayable(_NO_FIT.format(most=edit.max_bytes))
    return bps


def _h264(target: Any, source: Any, size: edits.Size, rate: Fraction, bps: int | None) -> Any:
    """Near to lossless for the eye, unless the file may only be so large."""
    options = {"crf": "18", "preset": "veryfast", "threads": "2", "rc-lookahead": "10"}
    if bps:
        options |= {"maxrate": str(bps), "bufsize": str(bps // 2)}
    track = target.add_stream("libx264", rate=rate, options=options)
    track.width, track.height, track.pix_fmt = *size, "yuv420p"
    for name in ("colorspace", "color_primaries", "color_trc", "color_range"):
        setattr(track.codec_context, name, getattr(source.codec_context, name))
    return track


class Chain:
    """A graph of filters from one track: frames in, frames of the range out."""

    def __init__(self, source: Any, track: Any, steps: Sequence[tuple[str, str]]) -> None:
        self.graph = av.filter.Graph()
        video = track.type == "video"
        first = self.graph.add_buffer(template=track) if video else self.graph.add_abuffer(template=track)
        nodes = [first, *(self.graph.add(name, words) for name, words in steps)]
        nodes.append(self.graph.add("buffersink" if video else "abuffersink"))
        self.graph.link_nodes(*nodes).configure()
        self.first, self.last = nodes[0], nodes[-1]

    def push(self, frame: Any) -> Iterator[Any]:
        """None says that there are no more; what can be had by then, nothing past the end of the range."""
        try:
            self.first.push(frame)
            while True:
                yield self.last.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


class _Pictures(Chain):
    """``size`` is that of what comes out, upright."""

    def __init__(
        self, source: Any, track: Any, whole: MediaFacts, edit: Edit, start: float, end: float, rate: Fraction
    ) -> None:
        size = (whole.width or 2, whole.height or 2)
        self.size = edits.size_after(size, edit, step=2)
        begin = float((track.start_time or 0) * track.time_base)
        steps = [
            ("trim", f"start={begin + start}:end={begin + end}"),
            ("setpts", f"PTS-({begin + start})/TB"),
            *upright(source, track),
            *_shape(size, edit),
            ("scale", f"{self.size[0]}:{self.size[1]}:flags=lanczos"),
            ("setsar", "1"),
            ("fps", f"fps={rate}:start_time=0"),
            ("format", "yuv420p"),
        ]
        super().__init__(source, track, steps)


def upright(source: Any, track: Any) -> list[tuple[str, str]]:
    """Players turn by a note in the file; the filters do not."""
    frame = next(_decoded(source, track), None)
    source.seek(0)
    turn = round((frame.rotation if frame is not None else 0) / 90) % 4
    turns: dict[int, list[tuple[str, str]]] = {
        1: [("transpose", "cclock")],
        2: [("hflip", ""), ("vflip", "")],
        3: [("transpose", "clock")],
    }
    return turns.get(turn, [])


def _shape(size: edits.Size, edit: Edit) -> list[tuple[str, str]]:
    ratio = edits.ratio_of(edit.ratio)
    if ratio is None:
        return []
    if edit.fill:
        width, height = edits.canvas(size, ratio)
        return [("pad", f"{width}:{height}:(ow-iw)/2:(oh-ih)/2:black")]
    left, top, width, height = edits.window(size, ratio, edit.x, edit.y)
    return [("crop", f"{width}:{height}:{left}:{top}:exact=1")]


class _Sounds(Chain):
    def __init__(
        self, source: Any, track: Any, start: float, end: float, form: str, rate: int, channels: int
    ) -> None:
        begin = float((track.start_time or 0) * track.time_base)
        layout = "mono" if channels == 1 else "stereo"
        steps = [
            ("atrim", f"start={begin + start}:end={begin + end}"),
            ("asetpts", f"PTS-({begin + start})/TB"),
            ("aformat", f"sample_fmts={form}:sample_rates={rate}:channel_layouts={layout}"),
        ]
        super().__init__(source, track, steps)


def _sound(path: Path, whole: MediaFacts, out: Path, edit: Edit) -> str:
    start, end = _span(whole, edit)
    mime = edit.mime or (whole.mime if whole.mime in _FILES else "audio/wav")
    form, codec, samples = _FILES[mime]
    channels, rate = min(whole.channels or 1, 2), _hertz(whole, mime)
    with opened(path, whole.mime) as source, av.open(str(out), "w", format=form) as target:
        track = source.streams.audio[0]
        heard = target.add_stream(codec, rate=rate, layout="mono" if channels == 1 else "stereo")
        if mime != "audio/wav":
            heard.bit_rate = _sound_bps(edit, end - start)
        chain = _Sounds(source, track, start, end, samples, rate, channels)
        _run(source, target, [(track, chain, heard)], end)
    return mime


def _hertz(whole: MediaFacts, mime: str) -> int:
    """Telephone sound is written as other files are; nothing above what every player takes."""
    own = whole.sample_rate or _RATE_HZ
    as_it_is = own in (44_100, 48_000) or (mime == "audio/wav" and 16_000 <= own <= 48_000)
    return own if as_it_is else _RATE_HZ


def _sound_bps(edit: Edit, seconds: float) -> int:
    if not edit.max_bytes:
        return _SOUND_BPS
    bps = min(_SOUND_BPS, int(edit.max_bytes * 8 * 0.9 / (seconds + 0.2)))
    usual = [rate for rate in (32, 40, 48, 56, 64, 80, 96, 112, 128, 160) if rate * 1000 <= bps]
    if bps < _LEAST_BPS:
        raise Unplayable(_NO_FIT.format(most=edit.max_bytes))
    return usual[-1] * 1000


def _run(source: Any, target: Any, chains: list[tuple[Any, Any, Any]], end: float) -> None:
    """Every packet of the wanted tracks through its chain into the file, up to a little past the end."""
    wanted = {track.index: (chain, out) for track, chain, out in chains}
    done: set[int] = set()
    for packet in source.demux([track for track, _chain, _out in chains]):
        if packet.stream_index in done:
            continue
        chain, out = wanted[packet.stream_index]
        for frame in decoded_of(packet):
            _write(target, out, chain.push(frame))
            if (frame.time or 0.0) > end + 2.0:
                done.add(packet.stream_index)
        if len(done) == len(wanted):
            break
    for _track, chain, out in chains:
        _write(target, out, chain.push(None))
        target.mux(out.encode(None))


def _write(target: Any, out: Any, frames: Iterator[Any]) -> None:
    for frame in frames:
        if out.type == "video":
            frame.pict_type = 0  # the encoder decides anew which are key frames
        target.mux(out.encode(frame))


def _decoded(container: Any, track: Any) -> Iterator[Any]:
    for packet in container.demux(track):
        yield from decoded_of(packet)


def decoded_of(packet: Any) -> Iterator[Any]:
    """What decodes; damaged packets are passed over."""
    try:
        yield from packet.decode()
    except av.error.InvalidDataError:
        return
