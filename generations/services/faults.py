"""What is wrong with one input beside the others of its request, each fault in words with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from generations.media.edits import ratio_of
from generations.models import Asset
from providers.gateways.capabilities import Capabilities, RoleLimits, Travel
from providers.gateways.check import check, inline_room
from providers.gateways.file_words import size_words
from providers.gateways.values import Input, Mode, Role, VideoRequest

Use = tuple[Role, Asset]
FRAMES = (Role.FIRST_FRAME, Role.LAST_FRAME)
NO_LIMIT = 10**12
COMMON = ("21:9", "2:1", "16:9", "3:2", "5:4", "4:3", "1:1", "4:5", "3:4", "2:3", "9:16", "1:2", "9:21")
_NEAR = 0.01  # a share of the ratio: nobody sees such a crop
_GRID_NEAR = 0.025


@dataclass(frozen=True)
class Asked:
    """What stands beside the inputs in the request that they are judged for.

    ``reachable``: the gateway can fetch files from the studio, so that size is no matter of the request.
    """

    prompt: str = ""
    aspect_ratio: str = ""
    duration_s: float | None = None
    mode: Mode | None = None
    reachable: bool = False
    registered: frozenset[str] = frozenset()  # hashes of files that the gateway has: they need no room


@dataclass(frozen=True)
class Fault:
    """``rule``: which limit was passed, as in ``Problem``; *shape*, *turned*, *colours* and *pace* are
    advice, for the gateway would take the file. Empty: nothing that another copy would mend."""

    words: str
    rule: str = ""


def faults_of(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked) -> list[Fault]:
    """The reasons to look at this input again; none where it fits. Its role is one that the model takes."""
    _role, asset = uses[at]
    return [
        *_by_itself(uses, at, caps, asked),
        *_seconds(uses, at, caps, asked),
        *_bytes(asset, most_bytes(uses, at, caps, asked)),
        *_shape(uses, at, caps, asked),
        *_advice(asset),
    ]


def _by_itself(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked) -> Iterator[Fault]:
    """By the model's own check; others of its role answer for themselves, bytes and sums follow."""
    role, _asset = uses[at]
    near = [use for place, use in enumerate(uses) if place == at or use[0] != role]
    inputs = tuple(Input(of, replace(file.as_media(), size_bytes=0)) for of, file in near)
    mode = caps.mode_for([of for of, _file in near], asked.mode)
    request = VideoRequest(model="", mode=mode, prompt="x", inputs=inputs)
    for problem in check(request, caps, public_urls=asked.reachable):
        if problem.field == role and problem.rule not in ("total_s", "bytes"):
            yield Fault(problem.message.removesuffix("."), problem.rule)


def _bytes(asset: Asset, most: int) -> Iterator[Fault]:
    if asset.size_bytes > most:
        sizes = {"size": size_words(asset.size_bytes), "most": size_words(most)}
        yield Fault(_("%(size)s; %(most)s at most") % sizes, "bytes")


def most_bytes(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked) -> int:
    """The model's own limit, or an equal share of what one request may carry."""
    limits = caps.inputs[uses[at][0]]
    most = limits.max_bytes or NO_LIMIT
    mode = caps.mode_for([role for role, _asset in uses], asked.mode)
    empty = VideoRequest(model="", mode=mode, prompt=asked.prompt)
    ways = caps.ways(uses[at][0], empty)
    role, own = uses[at]
    by_address = asked.reachable and Travel.PUBLIC_URL in ways
    by_address = by_address or (role in caps.registered and own.sha256 in asked.registered)
    if Travel.MULTIPART in ways or Travel.DATA_URL not in ways or by_address:
        return most
    room = inline_room(empty, caps) * 3 // 4 - 100 * len(uses)
    inside = [use for use in uses if not (use[0] in caps.registered and use[1].sha256 in asked.registered)]
    others = sum(asset.size_bytes for _role, asset in inside) - own.size_bytes
    return min(most, max(room - others, room // max(len(uses), 1), 0))


def _seconds(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked) -> Iterator[Fault]:
    """Together with the files before it; too long by itself is said above."""
    role, asset = uses[at]
    left, most = seconds_left(uses, at, caps, asked)
    own, longest = asset.duration_s or 0.0, caps.inputs[role].max_s
    if left is None or own <= left or (longest is not None and own > longest and left >= longest):
        return
    values = {"own": own, "left": max(left, 0.0), "most": most}
    yield Fault(_("%(own).1f s; %(left).1f of %(most)g s are left") % values, "total_s")


def seconds_left(
    uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked
) -> tuple[float | None, float | None]:
    """How long this file may be in sum with those before it, and the sum itself; None without a limit."""
    role, limits = uses[at][0], caps.inputs[uses[at][0]]
    sums: list[tuple[tuple[Role, ...], float | None]] = [((role,), limits.total_s)]
    if limits.with_clip_s is not None:
        sums.append(((role,), limits.with_clip_s - max(asked.duration_s or 0.0, 0.0)))
    sums += [(shared.roles, shared.total_s) for shared in caps.together if role in shared.roles]
    before = [(of, file.duration_s or 0.0) for of, file in uses[:at]]
    rooms = [
        (most - sum(seconds for of, seconds in before if of in roles), most)
        for roles, most in sums
        if most is not None
    ]
    return min(rooms, default=(None, None))


def _shape(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked) -> Iterator[Fault]:
    _role, asset = uses[at]
    wanted = ratio_wanted(uses, at, caps, asked)
    ratio = ratio_of(wanted)
    if ratio is None or not asset.width or not asset.height or _is_near(asset, ratio):
        return
    size = {"width": asset.width, "height": asset.height, "own": ratio_words(asset.width, asset.height)}
    words = _("%(width)d × %(height)d is %(own)s; the clip will be %(wanted)s")
    if _role == Role.LAST_FRAME and wanted != asked.aspect_ratio:
        words = _("%(width)d × %(height)d is %(own)s; the first frame is %(wanted)s")
    yield Fault(words % {**size, "wanted": named(wanted)}, "shape")


def ratio_wanted(uses: Sequence[Use], at: int, caps: Capabilities, asked: Asked) -> str:
    """The ratio that the clip will have, of a frame that is shown in it; empty where the clip follows the
    frame. A last frame then follows the first."""
    role = uses[at][0]
    if role not in FRAMES:
        return ""
    mode = caps.mode_for([of for of, _asset in uses], asked.mode)
    taken = caps.ratios(mode)
    chosen = asked.aspect_ratio if asked.aspect_ratio in taken else caps.default_ratio(mode) or ""
    if ratio_of(chosen) is not None or role == Role.FIRST_FRAME:
        return chosen
    first = next((asset for of, asset in uses if of == Role.FIRST_FRAME), None)
    return f"{first.width}:{first.height}" if first is not None and first.width and first.height else ""


def _is_near(asset: Asset, ratio: float) -> bool:
    """Within a hundredth. Models paint on a grid of sixteen pixels: their 864 × 496 is called 16:9."""
    width, height = asset.width or 1, asset.height or 1
    off = abs(width / height / ratio - 1)
    return off <= (_GRID_NEAR if width % 16 == 0 and height % 16 == 0 else _NEAR)


def ratio_words(width: int, height: int) -> str:
    """4:3 as people say it; 2.61:1 where there is no name for it."""
    own = width / height
    return next((name for name in COMMON if abs(own / _number(name) - 1) <= _NEAR), f"{own:.2f}:1")


def named(ratio: str) -> str:
    """A ratio that may be made of pixels, as people say it."""
    width, _sep, height = ratio.partition(":")
    return ratio_words(int(width), int(height)) if width.isdecimal() and height.isdecimal() else ratio


def inside(limits: RoleLimits, width: int, height: int) -> str:
    """The common ratio nearest to this picture's that lies between a role's bounds."""
    low, high, own = limits.min_ratio or 0.0, limits.max_ratio or float("inf"), width / height
    fitting = [name for name in COMMON if low < _number(name) < high]
    return min(fitting, key=lambda name: abs(_number(name) - own), default="1:1")


def _number(ratio: str) -> float:
    return ratio_of(ratio) or 1.0


def _advice(asset: Asset) -> Iterator[Fault]:
    """What a gateway would take, and may take wrongly."""
    if asset.facts.get("turned"):
        yield Fault(_("Lies on its side in the file; a gateway may show it so"), "turned")
    if asset.facts.get("colours") == "CMYK":
        yield Fault(_("CMYK colours; RGB wanted"), "colours")
    if asset.facts.get("variable_fps"):
        yield Fault(_("Its frame rate varies; a steady one is wanted"), "pace")
