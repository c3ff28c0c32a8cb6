"""A soft chord that swells and fades: silence would look like a fault."""

import hashlib
from collections.abc import Iterator

import av
import av.filter
from av.audio.frame import AudioFrame

RATE = 48_000
_CHORDS = ((220.0, 277.18, 329.63), (196.0, 246.94, 293.66), (174.61, 220.0, 261.63), (164.81, 196.0, 246.94))
_AAC_FRAME = 1024


def play_chord(title: str, duration_s: int) -> Iterator[AudioFrame]:
    graph = av.filter.Graph()
    # A few milliseconds short, so that AAC's whole frames never make the file longer than its picture.
    samples = (duration_s * RATE - 2 * _AAC_FRAME) // _AAC_FRAME * _AAC_FRAME
    tone = _write_tone(hashlib.sha256(title.encode()).digest()[0])
    source = graph.add("aevalsrc", f"{tone}:s={RATE}:n={_AAC_FRAME}:d={samples / RATE:.6f}")
    soft = graph.add("aecho", "0.8:0.7:90|170:0.3|0.2")
    fade_in = graph.add("afade", f"t=in:d={min(1.2, duration_s / 3):.2f}")
    length = min(1.5, duration_s / 3)
    fade_out = graph.add("afade", f"t=out:st={duration_s - length:.2f}:d={length:.2f}")
    cut = graph.add("atrim", f"end_sample={samples}")
    shape = graph.add("aformat", f"sample_fmts=fltp:sample_rates={RATE}:channel_layouts=stereo")
    sink = graph.add("abuffersink")
    graph.link_nodes(source, soft, fade_in, fade_out, cut, shape, sink).configure()
    yield from _pull(graph, sink)


def _write_tone(pick: int) -> str:
    """Two channels a shade out of tune with each other, breathing slowly."""
    chord = _CHORDS[pick % len(_CHORDS)]
    left = "+".join(f"sin(2*PI*{note:.2f}*t)" for note in chord)
    right = "+".join(f"sin(2*PI*{note * 1.002:.2f}*t)" for note in chord)
    swell = r"(0.75+0.25*sin(2*PI*0.2*t))"
    return f"0.06*{swell}*({left})|0.06*{swell}*({right})"


def _pull(graph: av.filter.Graph, sink: av.filter.context.FilterContext) -> Iterator[AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            return
        assert isinstance(frame, AudioFrame)
        yield frame
