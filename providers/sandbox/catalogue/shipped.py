"""Models of the studio's own catalogue in the sandbox's words, for those it has no table of its own for.

A demo must be able to try every model that the composer offers; the tables beside this file stay an
independent reading of the gateways' pages.
"""

from __future__ import annotations

from typing import Any

from providers.catalogue import CatalogueModel, load
from providers.gateways.capabilities import Audio, Capabilities, Privacy
from providers.gateways.values import AUTO_S, Mode, Role
from providers.prices import PriceRule


def shipped_models(gateway: str) -> dict[str, dict[str, Any]]:
    """By wire id, in the shape of that dialect's TOML file; none for a gateway without a translation."""
    translate = _DIALECTS.get(gateway)
    return {model.wire_id: translate(model) for model in load(gateway)} if translate else {}


def _venice(model: CatalogueModel) -> dict[str, Any]:
    caps = model.capabilities
    entry: dict[str, Any] = {
        "label": model.label,
        "listed": model.listed,
        "takes": _takes(caps),
        "end_frame": Role.LAST_FRAME in caps.inputs,
        "durations": [f"{seconds:g}s" for seconds in caps.durations_s if seconds != AUTO_S],
        "auto_s": caps.auto_clip_s,
        "resolutions": [choice.wire for choice in caps.resolutions],
        "aspect_ratios": [choice.wire for choice in caps.aspect_ratios if not choice.beside],
        "audio": {Audio.NONE: "none", Audio.FIXED: "fixed", Audio.OPTIONAL: "toggle"}[caps.audio],
        "prompt_limit": caps.prompt_max_chars,
        "prompt_optional": not caps.prompt_required,
        "consent": caps.may_ask_consent,
        "private": caps.privacy == Privacy.PRIVATE,
        "share_link": model.wire_id.startswith("grok-imagine"),
        "audio_input": Role.AUDIO_TRACK in caps.inputs,
        **_picture_limits(model),
        **_venice_references(caps),
    }
    return {**entry, **_venice_rates(model)}


def _takes(caps: Capabilities) -> str:
    kinds = {Mode.TEXT_TO_VIDEO: "text", Mode.UPSCALE: "upscale"}
    for mode, kind in kinds.items():
        if mode in caps.modes:
            return kind
    if caps.modes == (Mode.VIDEO_TO_VIDEO,):
        return "video"
    return "references" if Mode.REFERENCE_TO_VIDEO in caps.modes else "image"


def _picture_limits(model: CatalogueModel) -> dict[str, Any]:
    inputs = model.capabilities.inputs
    limits = inputs.get(Role.FIRST_FRAME) or inputs.get(Role.REFERENCE_IMAGE)
    found: dict[str, Any] = {}
    if Role.REFERENCE_IMAGE in inputs:
        found["most_pictures"] = inputs[Role.REFERENCE_IMAGE].max_count
    elif Role.REFERENCE_VIDEO not in inputs:
        found["most_pictures"] = 0
    if limits and limits.min_side_px:
        found["min_short_side"] = limits.min_side_px
    if limits and limits.min_ratio and limits.max_ratio:
        found["ratio_between"] = [limits.min_ratio, limits.max_ratio]
    return found


def _venice_references(caps: Capabilities) -> dict[str, Any]:
    """What beyond pictures a model takes for references, and the options that go with them."""
    clips, sounds = caps.inputs.get(Role.REFERENCE_VIDEO), caps.inputs.get(Role.REFERENCE_AUDIO)
    track, frame = caps.inputs.get(Role.AUDIO_TRACK), caps.inputs.get(Role.FIRST_FRAME)
    found: dict[str, Any] = {
        "most_clips": clips.max_count if clips else 0,
        "most_sounds": sounds.max_count if sounds else 0,
        "elements": Role.ELEMENT in caps.inputs,
        "frames": frame is not None,
        "needs_frame": bool(frame and frame.min_count),
        "workflows": bool(caps.prompt_forms),
        "adaptive": bool(caps.ratio_from_input),
        "task_types": "omni_reference_task_type" in caps.extra,
        "voice": "voice_id" in caps.extra,
        "most_documents": 1 if Role.REFERENCE_DOCUMENT in caps.inputs else 0,
        "voices": Role.REFERENCE_VOICE in caps.inputs,
        "backgrounds": Role.REFERENCE_BACKGROUND in caps.inputs,
        "camera": "camera_trajectory" in caps.extra,
        "track_least_s": (track.min_s if track else None) or 0,
    }
    if clips and clips.max_s:
        found["clip_s"] = [clips.min_s or 0, clips.max_s, clips.total_s or 1e9]
        found |= {"clip_bytes": clips.max_bytes or 10**9, "with_clip_s": clips.with_clip_s or 1e9}
    if sounds and sounds.max_s:
        found["sound_s"] = [sounds.min_s or 0, sounds.max_s, sounds.total_s or 1e9]
    return found


def _venice_rates(model: CatalogueModel) -> dict[str, dict[str, float]]:
    wire = {choice.value: choice.wire for choice in model.capabilities.resolutions}
    loud: dict[str, float] = {}
    silent: dict[str, float] = {}
    for rate in model.price.rates if model.price else ():
        per_second = _per_second(model.price, float(rate.usd), rate.duration_s)
        place = wire.get(rate.resolution or "", "")
        for sound, rates in ((True, loud), (False, silent)):
            if rate.sound in (None, sound):
                rates.setdefault(place, per_second)
    return {"usd_per_s": loud or {"": 0.1}, "usd_per_s_silent": silent or loud or {"": 0.1}}


def _per_second(rule: PriceRule | None, usd: float, duration_s: Any) -> float:
    """A flat price as a rate: near enough for a server that charges nobody."""
    return usd / float(duration_s or 5) if rule and rule.per == "video" else usd


def _elkapi(model: CatalogueModel) -> dict[str, Any]:
    caps = model.capabilities
    resolutions = [choice.wire for choice in caps.resolutions]
    sounds = caps.inputs.get(Role.REFERENCE_AUDIO)
    return {
        "label": model.label,
        "durations": [int(seconds) for seconds in caps.durations_s],
        "resolutions": resolutions,
        "default_resolution": caps.left_to_gateway.get("resolution") or "720p",
        "ratios": [choice.wire for choice in caps.aspect_ratios],
        "ratio_modes": {choice.wire: choice.modes for choice in caps.aspect_ratios if choice.modes},
        "default_ratio": "adaptive",
        "references": _references(caps),
        "audio_alone": bool(sounds and not sounds.beside),
        "frames": [mode for mode in ("image_to_video", "first_last_frame") if mode in caps.modes],
        "options": [*caps.extra, *(["generate_audio"] if caps.audio == Audio.OPTIONAL else [])],
        "usd_per_million": {name: _by_clip(model.price, name) for name in resolutions},
    }


def _by_clip(rule: PriceRule | None, resolution: str) -> list[float]:
    """Dollars a million tokens without and with a clip among the inputs."""
    found = []
    for clip in (False, True):
        rates = [
            float(rate.usd)
            for rate in (rule.rates if rule else ())
            if rate.resolution in (None, resolution) and rate.video_input in (None, clip)
        ]
        found.append(rates[0] if rates else 1.0)
    return found


_KINDS = {
    "image_url": Role.REFERENCE_IMAGE,
    "video_url": Role.REFERENCE_VIDEO,
    "audio_url": Role.REFERENCE_AUDIO,
}


def _references(caps: Capabilities) -> dict[str, int]:
    return {kind: caps.inputs[role].max_count for kind, role in _KINDS.items() if role in caps.inputs}


def _silkdock(model: CatalogueModel) -> dict[str, Any]:
    caps = model.capabilities
    return {
        "text": Mode.TEXT_TO_VIDEO in caps.modes,
        "image": Mode.IMAGE_TO_VIDEO in caps.modes,
        "frames": Role.LAST_FRAME in caps.inputs,
        "references": Role.REFERENCE_IMAGE in caps.inputs,
        "durations": [int(seconds) for seconds in caps.durations_s],
        "resolutions": [choice.value for choice in caps.resolutions],
        "aspect_ratios": [choice.value for choice in caps.aspect_ratios],
        "default": [caps.default_resolution() or "720p", caps.default_ratio(Mode.TEXT_TO_VIDEO) or "16:9"],
        "sound": caps.audio == Audio.FIXED,
        "usd_per_s": next((float(rate.usd) for rate in model.price.rates), 0.1) if model.price else 0.1,
    }


def _siliconflow(model: CatalogueModel) -> dict[str, Any]:
    picture = Mode.IMAGE_TO_VIDEO in model.capabilities.modes
    base = float(model.price.rates[0].usd) if model.price else 0.29
    return {"takes": "image" if picture else "text", "usd": base}


_DIALECTS = {
    "elkapi": _elkapi,
    "siliconflow": _siliconflow,
    "silkdock": _silkdock,
    "venice": _venice,
}
