"""What a model takes, as a table for people: a line for each thing that its capabilities say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .gateways.capabilities import Capabilities, Choice, ExtraField, RoleLimits, Together, from_plain
from .gateways.values import AUTO_S

_LABELS = {
    "modes": lazy("Modes"),
    "durations_s": lazy("Lengths, seconds"),
    "resolutions": lazy("Resolutions"),
    "aspect_ratios": lazy("Aspect ratios"),
    "audio": lazy("Sound"),
    "prompt_max_chars": lazy("Letters of a prompt at most"),
    "upscale_factors": lazy("Enlarges by"),
    "exclusive": lazy("Only one of"),
    "one_of": lazy("Needs one of"),
    "together": lazy("Limits that inputs share"),
    "travel": lazy("Files travel as"),
    "max_body_bytes": lazy("Bytes of a request at most"),
    "closed_in": lazy("Closed in"),
    "may_ask_consent": lazy("May ask for consent"),
}
_SAID = ("max_count", "mimes", "kind", "roles")  # of an input or an option, at its usual value too
_ALWAYS = ("audio", "seed", "negative_prompt", "watermark", "prompt_max_chars")


def rows(plain: Any) -> list[tuple[str, str, str]]:
    """Key, its name and what it says, in the order of the keys; each input and each option on a line of its
    own. What stands at its usual value is left out, but for what people look for."""
    try:
        caps = from_plain(plain)
    except (TypeError, ValueError, AttributeError):
        return []
    return list(_rows(caps))


def unknown(plain: Mapping[str, Any]) -> list[str]:
    """Keys that no capability has: a slip of the hand would say nothing, and nobody would notice."""
    return sorted(set(plain) - {field.name for field in fields(Capabilities)})


def _rows(caps: Capabilities) -> Iterator[tuple[str, str, str]]:
    usual = Capabilities(modes=())
    for field in fields(Capabilities):
        name, value = field.name, getattr(caps, field.name)
        if name in ("inputs", "extra"):
            yield from (
                (f"{name}.{_plain(key)}", _spoken(key).capitalize(), _words(one))
                for key, one in value.items()
            )
        elif name in _ALWAYS or value != getattr(usual, name):
            yield name, str(_LABELS.get(name, _spoken(name).capitalize())), _words(value)


def _spoken(key: Any) -> str:
    return _plain(key).replace("_", " ")


def _plain(value: Any) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value)


def _words(value: Any) -> str:
    """Of whatever a capability is made of."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case Choice():
            return f"{value.value} ({value.note})" if value.note else value.value
        case RoleLimits() | ExtraField() | Together():
            return _listed(_parts(value))
        case Mapping():
            return _listed(f"{_spoken(key)}: {_words(inner)}" for key, inner in value.items())
        case tuple() | list():
            return _listed(map(_words, value))
        case float() | int():
            return _("auto") if value == AUTO_S else f"{value:,g}" if value < 1_000_000 else f"{value:,.0f}"
    return _spoken(value) or "–"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts) or "–"


def _parts(value: RoleLimits | ExtraField | Together) -> Iterator[str]:
    """What is said of it beyond the usual, by name."""
    for field in fields(value):
        told = getattr(value, field.name)
        says = field.name in _SAID or told != field.default
        if says and told not in (None, "", (), {}):
            yield f"{_spoken(field.name)} {_words(told)}"
