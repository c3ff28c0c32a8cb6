"""A model's own options (``Capabilities.extra``) as the composer has them: flat, ``extra.camera_fixed``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from providers.gateways.capabilities import Capabilities, ExtraField
from providers.gateways.values import Mode

PREFIX = "extra."
MOST = 40  # of one form, whatever the model has
_NAME = re.compile(r"extra\.[a-z][a-z0-9_]{0,39}")
_WORDS = {"true": True, "false": False}


def is_option(name: Any) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def found_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """By flat name: those of a form or a draft, and those that a saved take keeps in ``extra``."""
    kept = data.get("extra")
    inner = {f"{PREFIX}{key}": value for key, value in kept.items()} if isinstance(kept, Mapping) else {}
    told = {**inner, **{name: data.get(name) for name in data}}
    given = {name: _plain(value) for name, value in told.items() if is_option(name) and _is_given(value)}
    return dict(list(given.items())[:MOST])


def _plain(value: Any) -> Any:
    return _WORDS.get(value, value) if isinstance(value, str) else value


def _is_given(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) or (isinstance(value, str) and bool(value.strip()))


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values under the names of a request: the options together as ``extra``."""
    plain = {name: value for name, value in values.items() if not is_option(name)}
    extra = {name.removeprefix(PREFIX): value for name, value in values.items() if is_option(name)}
    return {**plain, "extra": extra} if extra else plain


def spec_of(caps: Capabilities, name: str) -> ExtraField | None:
    """None for an option that the model lacks, and for one that the studio fills in."""
    spec = caps.extra.get(name.removeprefix(PREFIX))
    return None if spec is None or spec.names_person else spec


def offered(caps: Capabilities, mode: Mode) -> dict[str, ExtraField]:
    """What a person may set in this mode."""
    return {
        f"{PREFIX}{key}": spec
        for key, spec in caps.extra.items()
        if spec.fits(mode) and not spec.names_person
    }


def takes(caps: Capabilities, name: str, value: Any, mode: Mode) -> bool:
    """Whether the composer can show this value for this model; whether it is right, the check says."""
    spec = offered(caps, mode).get(name)
    return spec is not None and (spec.kind not in ("choice", "boolean") or spec.takes(value))


def replaced(caps: Capabilities, values: Mapping[str, Any]) -> frozenset[str]:
    """The fields that an option among these flat values stands in for."""
    return caps.replaced(nested(values).get("extra", {}))


def as_kinds(values: Mapping[str, Any], caps: Capabilities) -> dict[str, Any]:
    """A form has texts: each option as its model wants it. What cannot be read stays a text."""
    return {name: as_kind(caps, name, value) for name, value in values.items()}


def as_kind(caps: Capabilities, name: str, value: Any) -> Any:
    spec = spec_of(caps, name) if is_option(name) else None
    if spec is None or not isinstance(value, (str, bool)):
        return value
    if spec.kind == "boolean":
        return value
    if isinstance(value, bool):  # a word that only looked like a switch
        return str(value).lower()
    text = value.strip()
    if spec.kind == "integer":
        return _whole(text, value)
    return _number(text, value) if spec.kind == "number" else value


def _whole(text: str, instead: str) -> Any:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else instead


def _number(text: str, instead: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return instead
    return number if isfinite(number) else instead


def label_of(name: str) -> str:
    """Its name in words, where no model at hand names it better."""
    return name.removeprefix(PREFIX).replace("_", " ").capitalize()
