"""Venice's model list and prices from the sandbox's table (https://docs.venice.ai, read 2026-09)."""

from math import ceil
from typing import Any

from providers.sandbox.measures import Measures

_UNREAD_S = 5.0  # of a public link, which is not fetched here
_BY_HEIGHT = ((720, 0.013), (1080, 0.025), (10**9, 0.10))  # USD a second
_TYPES = {"text": "text-to-video", "video": "video", "upscale": "video"}


AUTO = ("auto", "-1")  # as a length: that of the reference clips


def describe_model(name: str, model: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "name": model["label"], "offline": False,
        "privacy": "private" if model.get("private") else "anonymized",
        "traits": [], "model_sets": ["audio"] if model["audio"] != "none" else [],
        "constraints": _describe_constraints(model),
    }  # fmt: skip
    if model.get("uncensored"):
        spec["uncensored"] = True  # present only when true
    facts = {"object": "model", "owned_by": "venice.ai", "type": "video", "created": 1774915200}
    return {"id": name} | facts | {"model_spec": spec}


def _describe_constraints(model: dict[str, Any]) -> dict[str, Any]:
    constraints: dict[str, Any] = {
        "model_type": _TYPES.get(model["takes"], "image-to-video"),
        "aspect_ratios": model["aspect_ratios"],
        "resolutions": ["2x", "4x"] if model["takes"] == "upscale" else model["resolutions"],
        "durations": model["durations"] or ["Auto"], "audio": model["audio"] != "none",
        "audio_configurable": model["audio"] == "toggle", "audio_input": model.get("audio_input", False),
        "per_reference_audio": model.get("voices", False),
        "video_input": model["takes"] in ("video", "upscale"),
    }  # fmt: skip
    if "prompt_limit" in model:  # absent means 2500
        constraints["prompt_character_limit"] = model["prompt_limit"]
    if "min_short_side" in model:
        constraints["reference_image_min_short_side_pixels"] = model["min_short_side"]
    if "ratio_between" in model:
        low, high = model["ratio_between"]
        constraints |= {"reference_image_min_aspect_ratio": low, "reference_image_max_aspect_ratio": high}
    return constraints


def asked_seconds(body: dict[str, Any], clips_s: float = 0) -> float:
    """The length asked for; as long as the clips, rounded up, where that was asked."""
    word = body.get("duration", "0s")
    return float(ceil(clips_s)) if word in AUTO else float(word.removesuffix("s"))


def get_price(model: dict[str, Any], body: dict[str, Any], clips_s: float = 0) -> float:
    """Rate × seconds, rounded to cents; seconds of clips among the inputs are billed like those of output."""
    silent = body.get("audio") is False
    rates = model.get("usd_per_s_silent", model["usd_per_s"]) if silent else model["usd_per_s"]
    rate = rates.get(body.get("resolution", "720p"), next(iter(rates.values())))
    seconds = asked_seconds(body, clips_s) if model["durations"] else 0.0
    if model["takes"] in ("references", "upscale") or not model["durations"]:
        seconds += clips_s
    return float(round(rate * seconds, 2))


def price_by_source(model: dict[str, Any], body: dict[str, Any], clip: Measures | None) -> float:
    """Of a take around a source clip. Upscaling goes by the height that comes out, and costs twice as much
    from 48 frames a second on (https://docs.venice.ai/guides/media/video-upscaling, read 2026-09)."""
    seconds = clip.seconds if clip else _UNREAD_S
    if model["takes"] != "upscale":
        return get_price(model, body, seconds)
    height = (clip.height if clip else 720) * body.get("upscale_factor", 2)
    rate = next(usd for most, usd in _BY_HEIGHT if height <= most)
    return float(round(rate * seconds * (2 if clip and clip.fps >= 48 else 1), 2))
