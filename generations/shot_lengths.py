"""How long a shot is meant to be: as people write it, and as pages say it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from generations.media import rates
from generations.models import Project

_CODE = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;])(\d{2,3})")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:[.,]\d{1,3})?)")
_SECONDS = re.compile(r"(\d{1,5}(?:[.,]\d{1,6})?|[.,]\d{1,6})\s*(?:s|sec|secs|seconds?|″|\")?", re.IGNORECASE)
_FRAMES = re.compile(r"(\d{1,6})\s*(?:f|fr|frames?)?", re.IGNORECASE)
_MILLI = Decimal("0.001")


class NoLength(ValueError):
    """This says no length; the words say why."""


def rate_of(project: Project) -> Fraction:
    """The frame rate of its cut, exactly."""
    return rates.exact(float(project.frame_rate))


def read(text: str, rate: Fraction) -> Decimal | None:
    """Seconds of ``4``, ``4.5 s``, ``4,5``, ``0:04``, ``00:00:04.5`` or the timecode ``00:00:04:12``.

    :returns: None for an empty text.
    :raises NoLength:
    """
    text = text.strip()
    if not text:
        return None
    if code := _CODE.fullmatch(text):
        return _seconds(Fraction(_frames_of(code, rate)) / rate)
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups()
        return _seconds(int(hours or 0) * 3600 + int(minutes) * 60 + Fraction(seconds.replace(",", ".")))
    if plain := _SECONDS.fullmatch(text):
        return _seconds(Fraction(plain[1].replace(",", ".")))
    words = _("“%(text)s” is no length; write seconds, as 4.5, or a timecode, as 00:00:04:12.")
    raise NoLength(words % {"text": text[:40]})


def of_frames(text: str, rate: Fraction) -> Decimal | None:
    """The same of a number of frames.

    :raises NoLength:
    """
    text = text.strip()
    if not text:
        return None
    if not (found := _FRAMES.fullmatch(text)):
        raise NoLength(_("“%(text)s” is no number of frames.") % {"text": text[:40]})
    return _seconds(Fraction(int(found[1])) / rate)


def _frames_of(code: re.Match[str], rate: Fraction) -> int:
    """Back from ``rates.timecode``. A semicolon counts as drop-frame where the rate has it."""
    hours, minutes, seconds, frames = (int(code[n]) for n in (1, 2, 3, 5))
    base = round(rate)
    if frames >= base or minutes > 59 or seconds > 59:
        words = _("“%(code)s” is no timecode at %(rate)s frames a second.")
        raise NoLength(words % {"code": code[0], "rate": f"{float(rate):.6g}"})
    minutes += hours * 60
    counted = (minutes * 60 + seconds) * base + frames
    if code[4] == ";" and rate.denominator == 1001 and base in (30, 60):
        counted -= base // 15 * (minutes - minutes // 10)
    return counted


def _seconds(exact: Fraction | int) -> Decimal:
    whole = Decimal(Fraction(exact).numerator) / Decimal(Fraction(exact).denominator)
    return whole.quantize(_MILLI, ROUND_HALF_UP)


def plain(seconds: Decimal | float | Fraction) -> str:
    """``4.5``: as it is typed."""
    return f"{float(seconds):.3f}".rstrip("0").rstrip(".")


def words(seconds: Decimal | float | Fraction) -> str:
    """``4.5 s``, and from a minute on ``1:04 min``."""
    seconds = round(float(seconds), 2)
    if seconds < 60:
        return _("%(n)s s") % {"n": plain(seconds)}
    minutes, rest = divmod(round(seconds), 60)
    return _("%(minutes)d:%(seconds)02d min") % {"minutes": minutes, "seconds": rest}


def beside(wanted: Decimal | None, clip_s: float, rate: Fraction) -> str:
    """What a clip is to the wanted length: *1 s too long*; empty where they are one, to half a frame."""
    if wanted is None:
        return ""
    over = clip_s - float(wanted)
    if abs(over) <= float(1 / rate) / 2 + 1e-6:
        return ""
    said = _("%(n)s too long") if over > 0 else _("%(n)s too short")
    return said % {"n": words(max(abs(over), 0.01))}
