"""What a request will probably cost, from price rules kept as data. Pure arithmetic in US dollars.

A rule is a short list of rates; each may be bound to a resolution, to sound on or off, or to a length.
An estimate is rounded up to the cent, so that a hold is never a fraction short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any, Literal

from pydantic import TypeAdapter

from .gateways.values import VideoRequest

CENT = Decimal("0.01")
Basis = Literal["quoted", "estimated", "unknown"]


@dataclass(frozen=True)
class Rate:
    """``None`` in a condition means *any*."""

    usd: Decimal
    resolution: str | None = None
    sound: bool | None = None
    duration_s: Decimal | None = None

    def fits(self, request: VideoRequest, duration_s: Decimal | None) -> bool:
        return (
            self.resolution in (None, request.resolution)
            and self.sound in (None, bool(request.generate_audio))
            and self.duration_s in (None, duration_s)
        )


@dataclass(frozen=True)
class PriceRule:
    """``per`` says what a rate is multiplied with: the seconds of the clip, or one finished clip."""

    per: Literal["second", "video"]
    rates: tuple[Rate, ...]
    per_job_usd: Decimal = Decimal(0)
    source: str = ""
    checked_on: date | None = None


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
    duration_s = None if request.duration_s is None else Decimal(str(request.duration_s))
    rate = next((rate for rate in rule.rates if rate.fits(request, duration_s)), None)
    if rate is None or (rule.per == "second" and duration_s is None):
        return Price(None, "unknown", (f"No price is known for {_settings(request) or 'these settings'}.",))
    times = duration_s if rule.per == "second" and duration_s is not None else Decimal(1)
    amount = (rate.usd * times + rule.per_job_usd).quantize(CENT, ROUND_CEILING)
    return Price(amount, "estimated", tuple(_detail(rule, rate, times, request)))


def _detail(rule: PriceRule, rate: Rate, times: Decimal, request: VideoRequest) -> Iterator[str]:
    settings = _settings(request)
    suffix = f" ({settings})" if settings else ""
    if rule.per == "second":
        yield f"{times.normalize():f} s × {rate.usd} USD{suffix}"
    else:
        yield f"{rate.usd} USD a clip{suffix}"
    if rule.per_job_usd:
        yield f"{rule.per_job_usd} USD for the job itself"
    if rule.checked_on:
        yield f"Price as of {rule.checked_on.isoformat()}; the gateway's bill decides."


def _settings(request: VideoRequest) -> str:
    sound = {True: "with sound", False: "silent", None: ""}[request.generate_audio]
    return ", ".join(filter(None, (request.resolution, sound)))


def read_rule(data: object, source: str, checked_on: date | None) -> PriceRule:
    """A rule as a catalogue spells it: ``per_second`` or ``per_video``, and ``per_job`` on top.

    Under them stands one amount, or a table whose keys are lengths (``5s``), resolutions, or ``on`` and
    ``off`` for sound, nested at will.

    :raises ValueError: when a word or an amount is not understood.
    """
    if not isinstance(data, Mapping):
        raise ValueError(f"a price is a table, not {data!r}")
    unknown = set(data) - {"per_second", "per_video", "per_job"}
    if unknown or ("per_second" in data) == ("per_video" in data):
        raise ValueError("a price has either per_second or per_video, and perhaps per_job")
    per: Literal["second", "video"] = "second" if "per_second" in data else "video"
    rates = tuple(_rates(data[f"per_{per}"], {}))
    return PriceRule(per, rates, _amount(data.get("per_job", Decimal(0))), source, checked_on)


def _rates(node: object, found: Mapping[str, Any]) -> Iterator[Rate]:
    if not isinstance(node, Mapping):
        yield Rate(_amount(node), **found)
        return
    for key, inner in node.items():
        yield from _rates(inner, {**found, **_condition(str(key))})


def _condition(key: str) -> dict[str, Any]:
    if key in ("on", "off"):
        return {"sound": key == "on"}
    if key.endswith("s") and key[:-1].isdigit():
        return {"duration_s": Decimal(key[:-1])}
    return {"resolution": key}


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
