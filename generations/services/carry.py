"""What carries over when the model changes: nothing is lost, nothing is sent that the model lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from generations.lengths import length_words
from generations.services import options
from providers.gateways.capabilities import Audio, Capabilities
from providers.gateways.values import Mode

# what the composer offers to choose
FIELDS = (
    *("prompt", "negative_prompt", "duration_s", "resolution", "aspect_ratio", "generate_audio", "seed"),
    *("upscale_factor", "watermark", "return_last_frame"),
)


@dataclass(frozen=True)
class Aside:
    """A value that the model lacks, and what stands in its place (None: nothing)."""

    value: Any
    shown: Any = None


Asides = Mapping[str, Aside]


def carry_over(
    values: Mapping[str, Any], aside: Asides, caps: Capabilities, mode: Mode
) -> tuple[dict[str, Any], dict[str, Aside]]:
    """The values for a model, and those set aside for one that takes them.

    What was set aside comes back, unless the person chose another value in its place meanwhile.
    """
    kept: dict[str, Any] = {}
    put: dict[str, Aside] = {}
    for name in (*FIELDS, *sorted(filter(options.is_option, {*values, *aside}))):
        value, before = values.get(name), aside.get(name)
        if name in values and value is None:  # left to the gateway, where this model's may choose
            kept |= {name: None} if name in caps.leavable(mode) else {}
            continue
        if before is not None and (value is None or value == before.shown):
            value = options.as_kind(caps, name, before.value)
        if value is None:
            continue
        if takes(caps, mode, name, value):
            kept[name] = value
        else:
            put[name] = Aside(value, default_of(caps, mode, name))
    return kept, {name: item for name, item in put.items() if not _goes_without_saying(name, item, caps)}


def takes(caps: Capabilities, mode: Mode, name: str, value: Any) -> bool:
    """Whether a request of this mode can carry this value."""
    if name == "prompt":
        return caps.prompt_max_chars > 0
    if name == "negative_prompt":
        return caps.negative_prompt
    if name == "generate_audio":
        return caps.audio == Audio.OPTIONAL
    if name in ("watermark", "return_last_frame"):
        return bool(getattr(caps, name))
    if options.is_option(name):
        return options.takes(caps, name, value, mode)
    if name == "seed":
        return caps.seed and isinstance(value, int) and 0 <= value <= caps.seed_max
    return value in choices(caps, mode, name)


def choices(caps: Capabilities, mode: Mode, name: str) -> tuple[Any, ...]:
    """What can be chosen for a field with a list of values."""
    if name == "duration_s":
        return caps.durations_s
    if name == "resolution":
        return tuple(choice.value for choice in caps.resolutions)
    if name == "upscale_factor":
        return caps.upscale_factors if mode == Mode.UPSCALE else ()
    return caps.ratios(mode)


def default_of(caps: Capabilities, mode: Mode, name: str) -> Any:
    """What stands there when nobody chose; for a switch that is left to the gateway, nothing."""
    if name == "duration_s":
        return caps.default_duration()
    if name == "resolution":
        return caps.default_resolution()
    if name == "aspect_ratio":
        return caps.default_ratio(mode)
    if name == "upscale_factor":
        factors = choices(caps, mode, name)  # 1 cleans a clip up without enlarging it
        return next((factor for factor in factors if factor > 1), next(iter(factors), None))
    return True if name == "generate_audio" and caps.audio == Audio.OPTIONAL else None


def words_of(name: str, value: Any) -> str:
    """One value in words, as the list of what was set aside says it."""
    if name == "duration_s":
        return _("Length %(value)s") % {"value": length_words(value)}
    if isinstance(value, bool):
        return _switch_words(name, value)
    patterns = {
        "prompt": _("Prompt: %(value)s"),
        "negative_prompt": _("Without: %(value)s"),
        "resolution": _("Resolution %(value)s"),
        "aspect_ratio": _("Ratio %(value)s"),
        "seed": _("Seed %(value)s"),
        "upscale_factor": _("Upscale %(value)s×"),
    }
    text = str(value)
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return patterns[name] % {"value": text} if name in patterns else f"{options.label_of(name)} {text}"


def _switch_words(name: str, on: bool) -> str:
    words = {
        "generate_audio": (_("Sound on"), _("Sound off")),
        "watermark": (_("Watermark on"), _("Watermark off")),
        "return_last_frame": (_("Gateway's last frame on"), _("Gateway's last frame off")),
    }
    label = options.label_of(name)
    return words.get(name, (_("%(name)s on") % {"name": label}, _("%(name)s off") % {"name": label}))[not on]


def _goes_without_saying(name: str, item: Aside, caps: Capabilities) -> bool:
    """The switch is gone, yet the model does as was wished."""
    return name == "generate_audio" and bool(item.value) == (caps.audio == Audio.FIXED)
