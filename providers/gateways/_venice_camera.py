"""A camera's path as Venice takes it (``camera_trajectory``), from one line of text.

Source: https://docs.venice.ai/api-reference/endpoint/video/queue (read 2026-09).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from .errors import Unsupported

FIELD = "camera_trajectory"
_NAMES = ("time", "azimuth", "elevation", "distance")
_LEAST, _MOST = 2, 12


def read_path(text: str) -> list[dict[str, float]]:
    """Points parted by semicolons; each is four numbers: time from 0 to 1, azimuth and elevation in degrees,
    distance above 0. Times rise.

    :raises Unsupported: naming what is wrong.
    """
    points = [_point(part) for part in text.split(";") if part.strip()]
    for problem in _problems(points):
        raise Unsupported(problem, field=f"extra.{FIELD}")
    return [dict(zip(_NAMES, point, strict=True)) for point in points]


def _point(text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(word) for word in text.replace(",", " ").split())
    except ValueError:
        numbers = ()
    if len(numbers) != len(_NAMES) or not all(map(isfinite, numbers)):
        words = f"“{text.strip()[:40]}” is no point of a path: write {', '.join(_NAMES)} as four numbers."
        raise Unsupported(words, field=f"extra.{FIELD}")
    return numbers


def _problems(points: Sequence[tuple[float, ...]]) -> Iterator[str]:
    if not _LEAST <= len(points) <= _MOST:
        yield f"{len(points)} points; a camera's path has {_LEAST} to {_MOST}, parted by semicolons."
    times = [point[0] for point in points]
    if any(not 0 <= time <= 1 for time in times) or any(
        later <= time for time, later in zip(times, times[1:], strict=False)
    ):
        yield "The times of a camera's path lie between 0 and 1, and each is later than the one before."
    if any(not -90 <= point[2] <= 90 for point in points):
        yield "The elevation of a camera's path lies between -90 and 90."
    if any(point[3] <= 0 for point in points):
        yield "The distance of a camera's path is more than 0."
