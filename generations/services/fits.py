"""Whether a file can be an input of a model: it fits, one click makes it fit, or it cannot be.

A fix is one edit of the original that mends every fault at once, what was done to it before included.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from generations.media.edits import (
    MOST_PIXELS,
    MOST_TIMES_LARGER,
    SIZES,
    Edit,
    ratio_of,
    scale_of,
    shaped,
)
from generations.models import Asset
from providers.gateways.capabilities import Capabilities, RoleLimits
from providers.gateways.file_words import size_words
from providers.gateways.values import Role

from .derived import edited
from .faults import (
    NO_LIMIT,
    Asked,
    Fault,
    Use,
    faults_of,
    inside,
    most_bytes,
    ratio_wanted,
    seconds_left,
)

Kind = Asset.Kind
_LEAST_BYTES = 20_000
_LEAST_S = 1.0
_LEAST_CLIP_BPS = 400_000
_RATES = (24.0, 25.0, 30.0, 50.0, 60.0)
_SIZES = ("min_side", "max_side", "pixels", "ratio", "shape")
_MENDED: dict[str, tuple[str, ...]] = {
    Kind.IMAGE: ("mime", "animated", "bytes", *_SIZES, "turned", "colours"),
    Kind.CLIP: ("mime", "video_codec", "audio_codec", "fps", "bytes", *_SIZES, "max_s", "total_s", "pace"),
    Kind.SOUND: ("mime", "bytes", "max_s", "total_s"),
    Kind.DOCUMENT: (),
}


class CannotMend(Exception):
    """No useful copy of this file would fit; the message says why in words."""


@dataclass(frozen=True)
class Fit:
    """``light`` is fits, fix or no; ``why`` says it in words. ``edit`` is what one click does to ``source``;
    ``rules`` are what it mends. ``longest_s`` and ``ratio`` are for whoever wants it otherwise."""

    light: str
    why: str = ""
    rules: tuple[str, ...] = ()
    source: Asset | None = None
    edit: Edit | None = None
    longest_s: float | None = None
    ratio: str = ""


def fit_of(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked) -> Fit:
    """Judge the file at one place of a request beside its other files."""
    role, asset = uses[at]
    limits = caps.inputs.get(role)
    if limits is None:
        return Fit("no", _("Not taken by this model"))
    if reason := _beside_others(uses, at, caps, limits):
        return Fit("no", reason)
    faults = faults_of(uses, at, caps, asked)
    longest, ratio = _longest(uses, at, caps, asked), ratio_wanted(uses, at, caps, asked)
    if not faults:
        return Fit("fits", longest_s=longest, ratio=ratio)
    try:
        source, edit = _mended(uses, at, caps, asked, faults)
    except CannotMend as error:
        return Fit("no", str(error))
    why, rules = " · ".join(fault.words for fault in faults[:3]), tuple(fault.rule for fault in faults)
    return Fit("fix", why, rules, source, edit, longest, ratio)


def wished(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked, wish: Edit) -> tuple[Asset, Edit]:
    """What a person wants done to this file, within the limits of its role.

    :raises CannotMend: where that leaves too little.
    """
    source, _done = edited(uses[at][1])
    limits = caps.inputs.get(uses[at][0]) or RoleLimits()
    most = most_bytes(uses, at, caps, asked) if uses[at][0] in caps.inputs else NO_LIMIT
    return source, _within(source, wish, limits, most)


def _beside_others(uses: Sequence[Use], at: int, caps: Capabilities, limits: RoleLimits) -> str:
    """Why there is no place for this file beside those before it."""
    role, before = uses[at][0], [role for role, _asset in uses[:at]]
    if role == Role.LAST_FRAME and Role.FIRST_FRAME not in before:
        return _("Needs a first frame too")
    if before.count(role) >= limits.max_count:
        return _("%(n)d at most") % {"n": limits.max_count}
    if any(role in group and set(group) & set(before) - {role} for group in caps.exclusive):
        frames = {Role.FIRST_FRAME, Role.LAST_FRAME} & set(before)
        return _("Not together with a frame") if frames else _("Not together with the others")
    return ""


def _longest(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked) -> float | None:
    """Seconds that this file may have beside the others; None without a limit."""
    left, _most = seconds_left(uses, at, caps, asked)
    known = [most for most in (left, caps.inputs[uses[at][0]].max_s) if most is not None]
    return min(known, default=None)


def _mended(
    uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked, faults: Sequence[Fault]
) -> tuple[Asset, Edit]:
    """:raises CannotMend: with the words of what no copy would mend."""
    role, asset = uses[at]
    limits, rules = caps.inputs[role], {fault.rule for fault in faults}
    for fault in faults:
        if fault.rule not in _MENDED[asset.kind]:
            raise CannotMend(fault.words)
    source, edit = edited(asset)
    if asset.kind == Kind.CLIP and "mime" in rules and limits.mimes[0].startswith("image/"):
        edit = Edit(op="frame")
    elif "mime" in rules and not _same_kind(asset, limits):
        raise CannotMend(_of_another_kind(asset, limits, faults[0].words))
    wanted = ratio_wanted(uses, at, caps, asked)
    if {"shape", "ratio"} & rules or (edit.op == "frame" and ratio_of(wanted)):
        edit = _in_ratio(source, edit, wanted, limits)
    longest = _longest(uses, at, caps, asked)
    if {"max_s", "total_s"} & rules and longest is not None:
        if longest < (limits.min_s or _LEAST_S):
            raise CannotMend(next(fault.words for fault in faults if fault.rule in ("max_s", "total_s")))
        edit = _trimmed(source, edit, longest)
    if "fps" in rules:
        edit = replace(edit, fps=_rate(asset, limits))
    edit = _within(source, edit, limits, most_bytes(uses, at, caps, asked))
    return source, replace(edit, op=_op(source, edit, rules))


def _of_another_kind(asset: Asset, limits: RoleLimits, words: str) -> str:
    """With what to do, where a person can."""
    if asset.kind == Kind.CLIP and limits.mimes[0].startswith("audio/"):
        return f"{words}. {_('Export its sound, and send that')}"
    return words


def _same_kind(asset: Asset, limits: RoleLimits) -> bool:
    return any(mime.split("/")[0] == asset.mime.split("/")[0] for mime in limits.mimes)


def _op(source: Asset, edit: Edit, rules: set[str]) -> str:
    """What a person would call it: the most that is done."""
    if edit.op in ("crop", "pad", "trim", "frame"):
        return edit.op
    if not rules <= {"bytes", "max_side", "min_side", "pixels"}:
        return "convert"
    size = (source.width or 1, source.height or 1)
    return "enlarge" if scale_of(shaped(size, edit), edit) > 1 else "shrink"


def _in_ratio(source: Asset, edit: Edit, wanted: str, limits: RoleLimits) -> Edit:
    """As wished for, or the nearest that the model takes; a pad stays a pad."""
    width, height = source.width or 1, source.height or 1
    number = ratio_of(wanted)
    low, high = limits.min_ratio or 0.0, limits.max_ratio or float("inf")
    ratio = wanted if number is not None and low <= number <= high else inside(limits, width, height)
    op = edit.op if edit.op == "frame" else ("pad" if edit.fill else "crop")
    return replace(edit, op=op, ratio=ratio, x=0.5, y=0.5)


def _trimmed(source: Asset, edit: Edit, longest: float) -> Edit:
    """From where it begins now; whole frames, so that no rounding makes it longer."""
    length = math.floor(longest * 10 + 1e-6) / 10
    if source.fps and abs(length * source.fps - round(length * source.fps)) > 1e-3:
        length = math.floor(length * source.fps) / source.fps
    op = edit.op if edit.op in ("crop", "pad") else "trim"
    return replace(edit, op=op, end_s=round(edit.start_s + length, 4))


def _rate(asset: Asset, limits: RoleLimits) -> float:
    low, high = limits.min_fps or 1.0, limits.max_fps or 60.0
    fitting = [rate for rate in _RATES if low <= rate <= high] or [low]
    return min(fitting, key=lambda rate: abs(rate - (asset.fps or 24.0)))


def _within(source: Asset, edit: Edit, limits: RoleLimits, most: int) -> Edit:
    """Size, type and bytes as the role takes them.

    :raises CannotMend: where no useful copy is within them.
    """
    edit = _typed(source, _sized(source, edit, limits), limits, most)
    _check_work(source, edit)
    if most >= NO_LIMIT:
        return edit
    if most < _LEAST_BYTES:
        raise CannotMend(_("There is no room left for it in the request"))
    _check_bytes(source, edit, most)
    digits = 10 ** (len(str(most)) - 2)  # a share of a request changes with every other file
    return replace(edit, max_bytes=most if limits.max_bytes == most else most // digits * digits)


def _sized(source: Asset, edit: Edit, limits: RoleLimits) -> Edit:
    if not source.width or not source.height:
        return edit
    size = shaped((source.width, source.height), edit)
    asked = replace(edit, **{name: getattr(limits, name) for name in SIZES})
    factor = scale_of(size, asked)
    if factor > MOST_TIMES_LARGER:
        words = _("%(width)d × %(height)d is too small: enlarged more than twice it would only be a blur")
        raise CannotMend(words % {"width": size[0], "height": size[1]})
    none = replace(edit, min_side_px=None, max_side_px=None, min_pixels=None, max_pixels=None)
    return asked if factor != 1.0 else none


def _typed(source: Asset, edit: Edit, limits: RoleLimits, most: int) -> Edit:
    """Leave the type to the copy where that is one the role takes."""
    if source.kind == Kind.CLIP and edit.op != "frame":
        if "video/mp4" not in limits.mimes:
            raise CannotMend(_("MP4 is not taken here"))
        return replace(edit, mime="")
    usual = _usual(source, edit, most)
    mime = next((one for one in usual if one in limits.mimes), None)
    if mime is None:
        raise CannotMend(_("No type that the studio writes is taken here"))
    # a lossless copy that is too large becomes a JPEG, unless it must not
    by_itself = mime == usual[0] and (mime != "image/png" or "image/jpeg" in limits.mimes)
    return replace(edit, mime="" if by_itself else mime)


def _usual(source: Asset, edit: Edit, most: int) -> tuple[str, ...]:
    """Types of a copy, the best first."""
    if source.kind == Kind.SOUND:
        small = (source.duration_s or 0.0) * 192_000 > most
        own = () if small and source.mime == "audio/wav" else (source.mime,)
        return (*own, *(("audio/mpeg", "audio/wav") if small else ("audio/wav", "audio/mpeg")), "audio/mp4")
    lossless = edit.op == "frame" or source.mime in ("image/png", "image/gif")
    return (
        ("image/png", "image/jpeg", "image/webp") if lossless else ("image/jpeg", "image/png", "image/webp")
    )


def _seconds_of(source: Asset, edit: Edit) -> float:
    return (edit.end_s or source.duration_s or 0.0) - edit.start_s


def _check_work(source: Asset, edit: Edit) -> None:
    if source.kind != Kind.CLIP or edit.op == "frame":
        return
    pixels = (source.width or 0) * (source.height or 0) * (source.fps or 30.0) * _seconds_of(source, edit)
    if pixels > MOST_PIXELS:
        raise CannotMend(_("Too long and too large to convert here; send a shorter or smaller clip"))


def _check_bytes(source: Asset, edit: Edit, most: int) -> None:
    seconds = _seconds_of(source, edit)
    if source.kind == Kind.CLIP and edit.op != "frame" and most * 8 < seconds * _LEAST_CLIP_BPS:
        values = {"size": size_words(source.size_bytes), "most": size_words(most)}
        raise CannotMend(_("%(size)s; %(most)s at most: send a shorter clip") % values)
