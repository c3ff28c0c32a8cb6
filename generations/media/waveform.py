"""The waveform of a sound as a small picture: one bar for each moment, as loud as its loudest sample.

Runs in the helper process only. One grey that reads on light and on dark ground; the ground itself is left
out, so that the page shows through.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
from PIL import Image, ImageDraw
from PIL import WebPImagePlugin as _webp  # noqa: F401  see pictures.py

from .facts import Unplayable
from .tracks import opened

SIZE = (480, 270)
_RATE = 8_000  # mono samples a second: enough to see, little to hold
_BAR, _GAP, _MARGIN = 4, 2, 24
_GREY = (140, 140, 140, 255)
_LOUDEST = 32_768


def draw(path: Path, mime: str, out: Path) -> tuple[int, int]:
    """Write a WEBP of SIZE; its (width, height). Raises Unplayable."""
    bars = SIZE[0] // (_BAR + _GAP)
    peaks = _in_bars(_peaks(path, mime), bars)
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    pen, middle = ImageDraw.Draw(picture), SIZE[1] // 2
    for number, peak in enumerate(peaks):
        reach = max(2, round(peak / _LOUDEST * (middle - _MARGIN)))
        left = number * (_BAR + _GAP) + _GAP // 2
        pen.rounded_rectangle((left, middle - reach, left + _BAR - 1, middle + reach), 2, _GREY)
    picture.save(out, "WEBP", quality=80)
    return SIZE


def _peaks(path: Path, mime: str) -> list[int]:
    """The loudest sample of each fiftieth of a second."""
    peaks: list[int] = []
    with opened(path, mime) as container:
        for samples in _sounds(container):
            step = _RATE // 50
            for start in range(0, len(samples), step):
                part = samples[start : start + step]
                peaks.append(max(max(part), -min(part)))
    if not peaks:
        raise Unplayable("No sound of this file can be read.")
    return peaks


def _sounds(container: Any) -> Iterator[array[int]]:
    """Every frame that decodes, as mono samples; damaged packets are passed over."""
    track = next(iter(container.streams.audio), None)
    if track is None:
        raise Unplayable("This file holds no sound.")
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
    for packet in container.demux(track):
        try:
            for frame in packet.decode():
                for plain in resampler.resample(frame):
                    samples = array("h", bytes(plain.planes[0])[: plain.samples * 2])
                    if samples:
                        yield samples
        except av.error.InvalidDataError:
            continue


def _in_bars(peaks: list[int], bars: int) -> list[int]:
    """As many values as bars: the loudest of those that fall into each."""
    edges = [round(number * len(peaks) / bars) for number in range(bars + 1)]
    return [max(peaks[low : max(high, low + 1)] or [0]) for low, high in zip(edges, edges[1:], strict=False)]
