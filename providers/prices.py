"""What a request will probably cost, from price rules kept as data. Pure arithmetic in US dollars.

A rule is a short list of rates; each may be bound to a resolution, to sound on or off, to a clip among the
inputs, to a length, or to the height that an enlarged clip comes to.
An estimate is rounded up to the cent, so that a hold is never a fraction short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from .gateways.values import AUTO_S, Role, VideoRequest

CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")
Basis = Literal["quoted", "estimated", "unknown"]
Per = Literal["second", "video", "million_tokens"]
_BESIDE = {"tokens", "with_clips", "of_source", "doubled_from_fps"}
_PER: tuple[Per, ...] = ("second", "video", "million_tokens")


# nobody is paid for a clip: a sum below zero would give money back to limits
Usd = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Rate:
    """``None`` in a condition means *any*."""

    usd: Usd
    resolution: str | None = None
    sound: bool | None = None
    duration_s: Decimal | None = None
    video_input: bool | None = None
    most_lines: int | None = None  # of what comes out of a source clip

    def fits(self, request: VideoRequest, duration_s: Decimal | None) -> bool:
        return (
            self.resolution in (None, request.resolution)
            and self.sound in (None, bool(request.generate_audio))
            and self.duration_s in (None, duration_s)
            and self.video_input in (None, bool(_clips_s(request)))
            and (self.most_lines is None or 0 < _lines(request) <= self.most_lines)
        )


@dataclass(frozen=True)
class Size:
    resolution: str
    aspect_ratio: str
    pixels: int


@dataclass(frozen=True)
class Pace:
    resolution: str
    a_second: Decimal


@dataclass(frozen=True)
class Tokens:
    """How a vendor counts tokens: frames times pixels / 1024, or by ``paces`` so many a second of each
    resolution. Clips among the inputs count like the seconds asked for.

    What the model chooses itself is reckoned at its most: ``longest_s`` and the resolution's largest size.
    """

    fps: int
    longest_s: int
    sizes: tuple[Size, ...]
    paces: tuple[Pace, ...] = ()

    def count(self, request: VideoRequest) -> Decimal | None:
        if request.duration_s is None:
            return None
        out_s = self.longest_s if request.duration_s == AUTO_S else request.duration_s
        seconds = Decimal(str(out_s)) + _clips_s(request)
        if self.paces:
            found = (pace.a_second for pace in self.paces if pace.resolution == request.resolution)
            return next((a_second * seconds for a_second in found), None)
        of_resolution = [size for size in self.sizes if size.resolution == request.resolution]
        exact = [size for size in of_resolution if size.aspect_ratio == request.aspect_ratio]
        pixels = max((size.pixels for size in exact or of_resolution), default=None)
        if pixels is None:
            return None
        return (self.fps * seconds + 1) * pixels / 1024


@dataclass(frozen=True)
class PriceRule:
    """``per`` says what a rate is multiplied with: the seconds of the clip, one finished clip, or millions of
    the tokens that ``tokens`` counts."""

    per: Per
    rates: tuple[Rate, ...]
    per_job_usd: Usd = Decimal(0)
    source: str = ""
    checked_on: date | None = None
    tokens: Tokens | None = None
    with_clips: bool = False  # seconds of the clips among the inputs are billed like those asked for
    of_source: bool = False  # the seconds are those of the source clip
    doubled_from_fps: int | None = None  # of the source clip


@dataclass(frozen=True)
class Price:
    """``amount_usd`` is None exactly when ``basis`` is *unknown*; ``detail`` explains the sum by lines."""

    amount_usd: Decimal | None
    basis: Basis
    detail: tuple[str, ...] = ()


def estimate(rule: PriceRule | None, request: VideoRequest) -> Price:
    """The sum of ``rule`` for ``request``; *unknown* rather than a guess where no rate fits."""
    if rule is None:
        return Price(None, "unknown", ("No price is known for this model.",))
    rate, times = _rate(rule, request), _times(rule, request)
    if rate is None or times is None or _hangs_on_a_guess(rule, request):
        return Price(None, "unknown", (f"No price is known for {_settings(request) or 'these settings'}.",))
    amount = (rate.usd * times + rule.per_job_usd).quantize(CENT, ROUND_CEILING)
    return Price(amount, "estimated", tuple(_detail(rule, rate, times, request)))


@dataclass(frozen=True)
class UnitPrice:
    """What a second of the clip costs, or one clip where its length is not known beforehand."""

    usd: Decimal
    per: Literal["second", "video"]


def unit_price(rule: PriceRule | None, request: VideoRequest) -> UnitPrice | None:
    """The whole sum of ``rule`` spread over the seconds asked for, so that models can be compared. Where the
    model chooses the length, the rate of a second, or the sum for its longest; None where no rate fits."""
    rate = _rate(rule, request) if rule is not None else None
    if rule is None or rate is None:
        return None
    times, seconds = _times(rule, request), _seconds(rule, request)
    if rule.per == "second" and (times is None or seconds is None):
        return UnitPrice(rate.usd, "second")
    if times is None:
        return None
    whole = rate.usd * times + rule.per_job_usd
    if seconds is None:
        return UnitPrice(whole.quantize(MILLIONTH, ROUND_CEILING), "video")
    return UnitPrice((whole / seconds).quantize(MILLIONTH, ROUND_CEILING), "second")


def _seconds(rule: PriceRule, request: VideoRequest) -> Decimal | None:
    """How long the clip will be; None where nobody knows before."""
    if request.duration_s == AUTO_S:
        return Decimal(rule.tokens.longest_s) if rule.tokens else None
    return Decimal(str(request.duration_s)) if request.duration_s else None


def estimate_dearest(rule: PriceRule | None, requests: Sequence[VideoRequest]) -> Price:
    """For the dearest of what a gateway may make; *unknown* as soon as one of them has no price."""
    found = [estimate(rule, request) for request in requests]
    unknown = next((price for price in found if price.amount_usd is None), None)
    return unknown or max(found, key=lambda price: price.amount_usd or Decimal(0))


def cost_of_tokens(rule: PriceRule | None, request: VideoRequest, tokens: int) -> Decimal | None:
    """What so many tokens cost by this rule; None where it is no rule by the token."""
    rate = _rate(rule, request) if rule is not None and rule.per == "million_tokens" else None
    if rule is None or rate is None:
        return None
    return (rate.usd * tokens / 1_000_000 + rule.per_job_usd).quantize(MILLIONTH, ROUND_CEILING)


def _rate(rule: PriceRule, request: VideoRequest) -> Rate | None:
    duration_s = None if request.duration_s is None else Decimal(str(request.duration_s))
    return next((rate for rate in rule.rates if rate.fits(request, duration_s)), None)


def _times(rule: PriceRule, request: VideoRequest) -> Decimal | None:
    if rule.per == "video":
        return Decimal(1)
    if rule.per == "million_tokens":
        count = rule.tokens.count(request) if rule.tokens else None
        return None if count is None else count / 1_000_000
    if rule.of_source:
        return _source_s(rule, request)
    clips_s = _clips_s(request) if rule.with_clips else Decimal(0)
    if request.duration_s is None or (request.duration_s == AUTO_S and not clips_s):
        return None
    if request.duration_s == AUTO_S:  # as long as the clips, in whole seconds (Venice, 2026-09)
        return clips_s.to_integral_value(ROUND_CEILING) + clips_s
    return Decimal(str(request.duration_s)) + clips_s


def _hangs_on_a_guess(rule: PriceRule, request: VideoRequest) -> bool:
    """A clip that is still to come, of which not even the most seconds are known."""
    media = (item.media for item in request.inputs if item.media.mime.startswith("video/"))
    guess = any(clip.is_awaited and clip.duration_s is None for clip in media)
    return guess and (rule.tokens is not None or rule.with_clips)


def _source_s(rule: PriceRule, request: VideoRequest) -> Decimal | None:
    source = request.first(Role.SOURCE_VIDEO)
    if source is None or not source.duration_s:
        return None
    return Decimal(str(source.duration_s)) * (2 if _is_doubled(rule, request) else 1)


def _is_doubled(rule: PriceRule, request: VideoRequest) -> bool:
    source = request.first(Role.SOURCE_VIDEO)
    return bool(source and rule.doubled_from_fps and (source.fps or 0) >= rule.doubled_from_fps)


def _lines(request: VideoRequest) -> int:
    """How high a source clip comes out; nothing where that is not known."""
    source = request.first(Role.SOURCE_VIDEO)
    return (source.height or 0) * (request.upscale_factor or 1) if source else 0


def _clips_s(request: VideoRequest) -> Decimal:
    """Seconds of the clips among the inputs; one of unknown length counts as a second."""
    clips = [item.media for item in request.inputs if item.media.mime.startswith("video/")]
    return sum((Decimal(str(clip.duration_s or 1)) for clip in clips), Decimal(0))


def _detail(rule: PriceRule, rate: Rate, times: Decimal, request: VideoRequest) -> Iterator[str]:
    settings = _settings(request)
    suffix = f" ({settings})" if settings else ""
    if rule.per == "second":
        yield f"{times.normalize():f} s × {rate.usd} USD{suffix}"
    elif rule.per == "million_tokens":
        yield f"{int(times * 1_000_000):,} tokens × {rate.usd} USD a million{suffix}"
        if rule.tokens and request.duration_s == AUTO_S:
            yield f"The model chooses the length; this is for {rule.tokens.longest_s} s, its longest."
    else:
        yield f"{rate.usd} USD a clip{suffix}"
    if _is_doubled(rule, request):
        yield f"Seconds count twice from {rule.doubled_from_fps} frames a second on."
    if rule.per_job_usd:
        yield f"{rule.per_job_usd} USD for the job itself"
    if rule.checked_on:
        yield f"Price as of {rule.checked_on.isoformat()}; the gateway's bill decides."


def _settings(request: VideoRequest) -> str:
    sound = {True: "with sound", False: "silent", None: ""}[request.generate_audio]
    return ", ".join(filter(None, (request.resolution, sound)))


def read_rule(data: object, source: str, checked_on: date | None) -> PriceRule:
    """A rule as a catalogue spells it: ``per_second``, ``per_video`` or ``per_million_tokens``, and on top
    ``per_job``; ``with_clips`` counts the seconds of clips among the inputs too.

    Under them stands one amount, or a table whose keys are lengths (``5s``), resolutions, ``on`` and ``off``
    for sound, ``video`` and ``no_video`` for a clip among the inputs, or ``to_720_lines`` and at last
    ``more_lines`` for the height that comes out of a source clip, nested at will. ``of_source`` counts the
    seconds of the source clip, ``doubled_from_fps`` twice from so many frames a second on. Beside
    ``per_million_tokens`` stands ``tokens``: ``fps``, ``longest_s`` and ``sizes``, such as
    ``{ "720p" = { "16:9" = "1280x720" } }``; or ``longest_s`` and ``a_second``, such as
    ``{ "720p" = 20256 }``.

    :raises ValueError: when a word or an amount is not understood.
    """
    if not isinstance(data, Mapping):
        raise ValueError(f"a price is a table, not {data!r}")
    found = [per for per in _PER if f"per_{per}" in data]
    if set(data) - {f"per_{per}" for per in (*_PER, "job")} - _BESIDE or len(found) != 1:
        raise ValueError("a price has one of per_second, per_video and per_million_tokens, perhaps per_job")
    per = found[0]
    if (per == "million_tokens") != ("tokens" in data):
        raise ValueError("per_million_tokens and tokens go together")
    rates = tuple(_rates(data[f"per_{per}"], {}))
    tokens = _tokens(data["tokens"]) if "tokens" in data else None
    per_job, fast = _amount(data.get("per_job", Decimal(0))), data.get("doubled_from_fps")
    if fast is not None and type(fast) is not int:
        raise ValueError(f"{fast!r} is no number of frames a second")
    with_clips, of_source = (data.get(name) is True for name in ("with_clips", "of_source"))
    return PriceRule(per, rates, per_job, source, checked_on, tokens, with_clips, of_source, fast)


def _tokens(data: object) -> Tokens:
    """:raises ValueError: when a size is no ``1280x720``, a pace no amount or a field is missing."""
    if isinstance(data, Mapping) and set(data) == {"longest_s", "a_second"}:
        paces = tuple(Pace(name, _amount(count)) for name, count in data["a_second"].items())
        return Tokens(0, int(data["longest_s"]), (), paces)
    if not isinstance(data, Mapping) or set(data) != {"fps", "longest_s", "sizes"}:
        raise ValueError("tokens has longest_s and either a_second, or fps and sizes")
    sizes = [
        Size(resolution, ratio, _pixels(text))
        for resolution, ratios in data["sizes"].items()
        for ratio, text in ratios.items()
    ]
    return Tokens(int(data["fps"]), int(data["longest_s"]), tuple(sizes))


def _pixels(text: object) -> int:
    width, _, height = str(text).partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise ValueError(f'{text!r} is no size such as "1280x720"')
    return int(width) * int(height)


def _rates(node: object, found: Mapping[str, Any]) -> Iterator[Rate]:
    if not isinstance(node, Mapping):
        yield Rate(_amount(node), **found)
        return
    for key, inner in node.items():
        yield from _rates(inner, {**found, **_condition(str(key))})


def _condition(key: str) -> dict[str, Any]:
    if key in ("on", "off"):
        return {"sound": key == "on"}
    if key in ("video", "no_video"):
        return {"video_input": key == "video"}
    if key == "more_lines":
        return {}
    if key.startswith("to_") and key.endswith("_lines"):
        return {"most_lines": _whole(key[3:-6])}
    if key.endswith("s") and key[:-1].isdigit():
        return {"duration_s": Decimal(key[:-1])}
    return {"resolution": key}


def _whole(text: str) -> int:
    if not text.isdigit():
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value < 0:
        raise ValueError(f"{value!r} is no amount of money")
    return Decimal(value)


_PLAIN: TypeAdapter[PriceRule | None] = TypeAdapter(PriceRule | None)


def to_plain(rule: PriceRule | None) -> dict[str, Any]:
    """JSON-ready, for the model's row; an empty object stands for *no price known*."""
    return _PLAIN.dump_python(rule, mode="json") or {}


def from_plain(plain: Mapping[str, Any]) -> PriceRule | None:
    """Read what ``to_plain`` wrote or an administrator edited.

    :raises pydantic.ValidationError: when a field has the wrong shape.
    """
    return _PLAIN.validate_python(dict(plain) or None)
