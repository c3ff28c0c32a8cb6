"""Venice's own list of models, and what of it means the same to us."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .base import DiscoveredModel
from .capabilities import Audio, Beta, Privacy
from .values import Role
from .wire import as_mapping, as_number, as_text, whole_number

_MODES: Mapping[str, Mapping[str, Any]] = {
    "text-to-video": {"modes": ["text_to_video"]},
    "image-to-video": {"modes": ["image_to_video"], "inputs": {"first_frame": {"min_count": 1}}},
}


def read_model(item: Mapping[str, Any]) -> DiscoveredModel:
    spec = as_mapping(item.get("model_spec"))
    limits = as_mapping(spec.get("constraints"))
    return DiscoveredModel(
        wire_id=item["id"],
        label=as_text(spec.get("name")) or item["id"],
        capabilities={**dict(_limits(limits)), **dict(_offered(spec))},
        if_new=_guess(item["id"], limits),
        offline=spec.get("offline") is True,
        deprecation=as_mapping(spec.get("deprecation")),
    )


def _guess(wire_id: str, limits: Mapping[str, Any]) -> Mapping[str, Any]:
    """Modes are told only for plain ids: the list files references and transitions under image-to-video."""
    kind = as_text(limits.get("model_type"))
    return _MODES[kind] if kind in _MODES and kind in wire_id else {}


def _offered(spec: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """To whom, how private, and where. One text calls ``regionRestrictions`` the countries where a model is
    available, a newer one those where it is blocked; the newer one is believed, and a 403 has the last word
    (Venice's OpenAPI and its skills, read 2026-09)."""
    if spec.get("beta") is True:
        yield "beta", Beta.ACCOUNTS.value
    elif spec.get("betaModel") is True:
        yield "beta", Beta.OPEN.value
    if spec.get("privacy") in (Privacy.PRIVATE, Privacy.ANONYMIZED):
        yield "privacy", spec["privacy"]
    countries = spec.get("regionRestrictions")
    if isinstance(countries, list):
        codes = [as_text(code).strip().upper() for code in countries]
        yield "closed_in", sorted({code for code in codes if re.fullmatch("[A-Z]{2}", code)})


# of pictures, as the list words them; other inputs have no limits there
_PICTURE_LIMITS = {
    "reference_image_min_short_side_pixels": "min_side_px",
    "reference_image_min_aspect_ratio": "min_ratio",
    "reference_image_max_aspect_ratio": "max_ratio",
}
_PICTURES = (Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE_IMAGE, Role.REFERENCE_BACKGROUND)


def _limits(limits: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The constraints that mean the same to us; ``Auto`` is listed as a duration but refused by queue."""
    durations = limits.get("durations")
    if isinstance(durations, list):
        seconds = [whole_number(str(word)[:-1]) for word in durations if str(word).endswith("s")]
        yield "durations_s", [float(length) for length in seconds if length is not None]
    upscales = _is_upscale(limits)
    if isinstance(limits.get("resolutions"), list):
        words = [] if upscales else map(str, limits["resolutions"])
        yield "resolutions", [{"value": word.lower(), "wire": word} for word in words]
    if isinstance(limits.get("aspect_ratios"), list):
        yield "aspect_ratios", [{"value": _ratio(str(r)), "wire": str(r)} for r in limits["aspect_ratios"]]
    if isinstance(limits.get("audio"), bool):
        yield "audio", _audio(limits)
    most = limits.get("prompt_character_limit", 2500)
    if isinstance(most, int) and not upscales:
        yield "prompt_max_chars", most
    inputs = {role.value: pictures for role in _PICTURES} if (pictures := _of_pictures(limits)) else {}
    if limits.get("per_reference_audio") is False:  # what such a voice may be, the list does not say
        inputs[Role.REFERENCE_VOICE.value] = {"max_count": 0}
    if inputs:
        yield "inputs", inputs


def _of_pictures(limits: Mapping[str, Any]) -> dict[str, float]:
    """Whole pixels and width to height; a value that is no such number counts as not told."""
    told = {ours: as_number(limits.get(theirs)) for theirs, ours in _PICTURE_LIMITS.items()}
    found = {name: value for name, value in told.items() if value is not None and value > 0}
    return {name: int(value) if name == "min_side_px" else value for name, value in found.items()}


def _is_upscale(limits: Mapping[str, Any]) -> bool:
    """``2x`` and ``4x`` are listed as resolutions, yet queue takes them as a factor only."""
    words = limits.get("resolutions")
    return isinstance(words, list) and any(re.fullmatch(r"\d+x", str(word)) for word in words)


def _audio(limits: Mapping[str, Any]) -> str:
    if limits.get("audio_configurable") is True:
        return Audio.OPTIONAL.value
    return Audio.FIXED.value if limits["audio"] else Audio.NONE.value


def _ratio(word: str) -> str:
    return "adaptive" if word == "auto" else word
