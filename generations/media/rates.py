"""Frame rates as exact fractions, and timecodes.

23.976 is 24000/1001: as a float it is a frame off after a few hours, as 24 after 42 seconds. Containers that
round their times to milliseconds give a rate a little beside what was meant; it is put right here.
"""

from __future__ import annotations

from fractions import Fraction

_NTSC = tuple(Fraction(1000 * whole, 1001) for whole in (24, 30, 48, 60, 120))
_SLACK = 4e-4  # of the rate: 23.976 and 24 are 1e-3 apart, milliseconds over two seconds make 2e-4
USUAL = Fraction(24)


def exact(rate: float | Fraction) -> Fraction:
    """The rate that was meant: a whole number or one of NTSC's where it is near to one."""
    whole = Fraction(max(1, round(rate)))
    nearest = min((*_NTSC, whole), key=lambda one: abs(float(one) - float(rate)))
    if abs(float(nearest) / float(rate) - 1) < _SLACK:
        return nearest
    return Fraction(rate).limit_denominator(1001)


def read(told: str, fps: float | None = None) -> Fraction:
    """``24000/1001`` as a probe wrote it; else from the rounded ``fps`` of rows that are older; else 24."""
    try:
        rate = Fraction(told)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate > 0:
        return rate
    return exact(fps) if fps and fps > 0 else USUAL


def written(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def timecode(frame: int, rate: Fraction) -> str:
    """``00:01:00;02``: HH:MM:SS:FF, counted in whole frames a second.

    Of 29.97 and 59.94 it is drop-frame, with a semicolon: the first two (four) numbers of each minute that is
    no tenth one are passed over, so that it keeps to the clock (SMPTE ST 12-1). So does static/js/frames.js.
    """
    base, sign = round(rate), ":"
    if rate.denominator == 1001 and base in (30, 60):
        sign, dropped = ";", base // 15
        tens, rest = divmod(frame, 600 * base - 9 * dropped)
        minutes = max(0, rest - dropped) // (60 * base - dropped)
        frame += dropped * (9 * tens + minutes)
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{sign}{frames:02}"
