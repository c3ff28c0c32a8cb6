"""What is asked of a copy, and the geometry that follows from it. No decoder here: both sides read it.

An edit is always made from the original: a crop with a limit is one copy, no copy of a copy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

MOST_TIMES_LARGER = 2.0  # beyond this a larger picture holds nothing but blur
MOST_PIXELS = 3_000_000_000  # of all pictures of a clip that is converted: about a minute of two cores
Size = tuple[int, int]


@dataclass(frozen=True)
class Edit:
    """``op`` is what a person would call it: crop, pad, shrink, enlarge, convert, trim or frame. The rest are
    wishes that hold together, whatever the op; what is empty or None is left as the original has it.

    ``x`` and ``y`` say where a crop lies in what it may move: 0 left or top, 1 right or bottom. ``fill`` is
    what a pad shows beside the picture. Times are seconds from the beginning of the original.
    """

    op: str = ""
    ratio: str = ""  # "16:9"; any two positive numbers
    x: float = 0.5
    y: float = 0.5
    fill: str = ""  # black or blur: a pad; empty: a crop
    start_s: float = 0.0
    end_s: float | None = None
    at_s: float = 0.0  # of a frame
    mime: str = ""
    fps: float | None = None
    max_bytes: int | None = None
    min_side_px: int | None = None
    max_side_px: int | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None

    def plain(self) -> dict[str, Any]:
        """JSON: what differs from nothing asked, in the order of the fields."""
        return {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if getattr(self, item.name) != item.default
        }


SIZES = ("min_side_px", "max_side_px", "min_pixels", "max_pixels")


def from_plain(plain: Mapping[str, Any]) -> Edit:
    """What ``Edit.plain`` wrote; other keys are left out."""
    known = {item.name for item in fields(Edit)}
    return Edit(**{name: value for name, value in plain.items() if name in known})


def ratio_of(words: str) -> float | None:
    """Width by height of "16:9"; None for what is no ratio, such as *adaptive*."""
    width, _, height = words.partition(":")
    try:
        ratio = float(width) / float(height)
    except (ValueError, ZeroDivisionError):
        return None
    return ratio if math.isfinite(ratio) and ratio > 0 else None


def window(size: Size, ratio: float, x: float = 0.5, y: float = 0.5) -> tuple[int, int, int, int]:
    """The largest part of this ratio: left, top, width, height in pixels."""
    width, height = size
    if width > height * ratio:
        part = (max(1, round(height * ratio)), height)
    else:
        part = (width, max(1, min(height, round(width / ratio))))
    return round((width - part[0]) * x), round((height - part[1]) * y), *part


def canvas(size: Size, ratio: float) -> Size:
    """The smallest area of this ratio that holds all of ``size``."""
    width, height = size
    if width > height * ratio:
        return width, max(height, round(width / ratio))
    return max(width, round(height * ratio)), height


def shaped(size: Size, edit: Edit) -> Size:
    """After the crop or pad, before any scaling."""
    ratio = ratio_of(edit.ratio)
    if ratio is None:
        return size
    if edit.fill:
        return canvas(size, ratio)
    _left, _top, width, height = window(size, ratio, edit.x, edit.y)
    return width, height


def scale_of(size: Size, edit: Edit) -> float:
    """By how much a shaped picture is scaled so that it lies within the limits; the upper ones go first."""
    width, height = size
    factor = 1.0
    if edit.min_side_px:
        factor = max(factor, edit.min_side_px / min(size))
    if edit.min_pixels:
        factor = max(factor, math.sqrt(edit.min_pixels / (width * height)))
    if edit.max_side_px:
        factor = min(factor, edit.max_side_px / max(size))
    if edit.max_pixels:
        factor = min(factor, math.sqrt(edit.max_pixels / (width * height)))
    return factor


def scaled(size: Size, edit: Edit, *, step: int = 1) -> Size:
    """``size`` within the limits, each side a multiple of ``step``."""
    factor = scale_of(size, edit)
    if factor == 1.0 and step == 1:
        return size
    to_step = math.ceil if factor > 1 else math.floor
    width, height = (max(step, int(to_step(round(side * factor / step, 6))) * step) for side in size)
    return width, height


def size_after(size: Size, edit: Edit, *, step: int = 1) -> Size:
    """What the copy of a picture or clip of this size will have."""
    return scaled(shaped(size, edit), edit, step=step)
