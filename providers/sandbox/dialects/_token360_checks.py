"""What Token360 refuses at submit. A refusal names its field.

Source: https://token360.ai/en-US/docs/api-reference (read 2026-09).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from providers.sandbox.media import AUDIO, PICTURE, VIDEO, BadMedia, Media, load_media

RESOLUTIONS = ("360p", "480p", "540p", "720p", "1080p", "1K", "2K", "4K")
ASPECT_RATIOS = ("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21")
_TYPES: dict[str, type] = {
    "model": str, "prompt": str, "duration": int, "resolution": str, "aspect_ratio": str,
    "generate_audio": bool, "seed": int, "watermark": bool, "return_last_frame": bool,
    "execution_expires_after": int, "safety_identifier": str, "callback_url": str, "request_id": str,
    "metadata": dict, "frame_images": list, "input_references": list,
}  # fmt: skip
_TYPE_NAMES = {str: "a string", int: "an integer", bool: "a boolean", dict: "an object", list: "an array"}
_KINDS = {"image_url": PICTURE, "video_url": VIDEO, "audio_url": AUDIO}
_SOURCE_ROLES = {"edit_source": "edit", "extend_source": "extend"}


Find = Callable[[str, str], Media]  # opens an asset's address; raises BadMedia


class Refused(Exception):
    """One field is not as the page says."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message, self.param = message, param


@dataclass
class Inputs:
    mode: str = "text_to_video"
    frames: dict[str, Media] = field(default_factory=dict)
    references: list[Media] = field(default_factory=list)


def check_shape(body: dict[str, Any]) -> None:
    """Names and JSON types, before the model is looked at."""
    for name, value in body.items():
        if name not in _TYPES:
            raise Refused(f"Unknown parameter: '{name}'.", name)
        wanted = _TYPES[name]
        # bool is an int to Python, but not to JSON.
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise Refused(f"InvalidParameter: '{name}' must be {_TYPE_NAMES[wanted]}.", name)
    for name in ("model", "prompt"):
        if not body.get(name, "").strip():
            raise Refused(f"Missing required parameter: '{name}'.", name)


def check_values(body: dict[str, Any], model: dict[str, Any]) -> None:
    _check_one_of(body, "resolution", RESOLUTIONS, model["resolutions"])
    _check_one_of(body, "aspect_ratio", ASPECT_RATIOS, model["aspect_ratios"])
    if "duration" in body and body["duration"] not in model["durations"]:
        raise Refused(f"InvalidParameter: duration must be one of {model['durations']}.", "duration")
    _check_between(body, "seed", -1, 4294967295)
    _check_between(body, "execution_expires_after", 3600, 259200)
    if len(body.get("safety_identifier", "")) > 64:
        raise Refused("safety_identifier is longer than 64 characters.", "safety_identifier")
    _check_callback(body.get("callback_url"))


def _check_one_of(body: dict[str, Any], name: str, words: tuple[str, ...], supported: list[str]) -> None:
    value = body.get(name)
    if value is not None and value not in words:
        raise Refused(f"Invalid value: '{value}'. Supported values are: {', '.join(words)}.", name)
    if value is not None and value not in supported:
        raise Refused(f"InvalidParameter: {name} '{value}' is not supported by this model.", name)


def _check_between(body: dict[str, Any], name: str, low: int, high: int) -> None:
    if name in body and not low <= body[name] <= high:
        raise Refused(f"InvalidParameter: {name} must be between {low} and {high}.", name)


def _check_callback(url: str | None) -> None:
    """HTTPS only [seed]; plain HTTP on loopback is the studio on this machine."""
    if url is None:
        return
    parts = urlsplit(url)
    is_local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if not parts.hostname or not (parts.scheme == "https" or is_local):
        raise Refused("callback_url must be an HTTPS URL.", "callback_url")


async def check_media(body: dict[str, Any], model: dict[str, Any], find: Find) -> Inputs:
    frames, references = body.get("frame_images", []), body.get("input_references", [])
    if frames and references:
        raise Refused("frame_images and input_references cannot be combined.", "input_references")
    if frames:
        return await _check_frames(frames, find)
    return await _check_references(references, model["references"], find) if references else Inputs()


async def _check_frames(items: list[Any], find: Find) -> Inputs:
    found: dict[str, Media] = {}
    for number, item in enumerate(items):
        at = f"frame_images[{number}]"
        _check_item(item, at, {"type", "frame_type", "image_url"}, {"image_url"})
        kind = item.get("frame_type")
        if kind not in ("first_frame", "last_frame") or kind in found:
            raise Refused(f"{at}.frame_type must be first_frame or last_frame, each at most once.", at)
        found[kind] = await _load(item, at, find)
    if "first_frame" not in found:
        raise Refused("last_frame needs a first_frame.", "frame_images")
    return Inputs("first_last_frame" if "last_frame" in found else "image_to_video", found)


async def _check_references(items: list[Any], caps: dict[str, int], find: Find) -> Inputs:
    inputs = Inputs("reference_to_video")
    for number, item in enumerate(items):
        at = f"input_references[{number}]"
        _check_item(item, at, {"type", "role", *_KINDS}, set(_KINDS))
        _check_role(item, at, inputs)
        inputs.references.append(await _load(item, at, find))
    _check_counts(items, caps)
    return inputs


def _check_item(item: Any, at: str, names: set[str], types: set[str]) -> None:
    if not isinstance(item, dict):
        raise Refused(f"{at} must be an object.", at)
    kind = item.get("type")
    if kind not in types:
        raise Refused(f"{at}.type must be one of: {', '.join(sorted(types))}.", f"{at}.type")
    extra = set(item) - (names - set(_KINDS)) - {kind}
    if extra:
        raise Refused(f"Unknown parameter: '{at}.{min(extra)}'.", at)
    media = item.get(kind)
    if not isinstance(media, dict) or set(media) != {"url"} or not isinstance(media["url"], str):
        raise Refused(f"{at}.{kind} must be an object with url.", f"{at}.{kind}")


def _check_role(item: dict[str, Any], at: str, inputs: Inputs) -> None:
    role = item.get("role", "reference")
    if role in _SOURCE_ROLES and item["type"] == "video_url":
        if inputs.mode != "reference_to_video":
            raise Refused("Only one edit_source or extend_source is allowed.", f"{at}.role")
        inputs.mode = _SOURCE_ROLES[role]
    elif role != "reference":
        raise Refused(f"{at}.role '{role}' is not supported for {item['type']}.", f"{at}.role")


def _check_counts(items: list[dict[str, Any]], caps: dict[str, int]) -> None:
    types = [item["type"] for item in items]
    for kind in _KINDS:
        if types.count(kind) > caps.get(kind, 0):
            raise Refused(f"At most {caps.get(kind, 0)} {kind} references are supported.", "input_references")
    if set(types) == {"audio_url"}:
        raise Refused("audio_url needs an image_url or video_url beside it.", "input_references")


async def _load(item: dict[str, Any], at: str, find: Find) -> Media:
    kind = item["type"]
    url = item[kind]["url"]
    try:
        if url.startswith("asset://"):
            return find(url, _KINDS[kind])
        return await load_media(url, _KINDS[kind])
    except BadMedia as error:
        raise Refused(f"InvalidParameter: {at}.{kind}: {error}", f"{at}.{kind}.url") from error
