"""What SilkDock refuses at submit, and what it quietly replaces.

Source: https://silkdock.ai/docs/api/video (read 2026-11). Where that page is silent, a key that begins with
``sandbox-strict`` is refused what other keys are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Any

from providers.sandbox.dialects._silkdock_body import Order
from providers.sandbox.media import AUDIO, PICTURE, VIDEO, BadMedia, Media, load_media

_STRINGS = (
    "resolution", "aspect_ratio", "audio_url", "video_url", "first_frame_url", "last_frame_url",
)  # fmt: skip
_BOOLEANS = ("generate_audio", "enhance_prompt", "prompt_optimization", "watermark")
_LISTS = {
    "reference_image_urls": (PICTURE, 9),
    "reference_video_urls": (VIDEO, 3),
    "reference_audio_urls": (AUDIO, 3),
}
_RESOLUTIONS = ("480p", "720p", "1080p", "4k")
_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")


class Refused(Exception):
    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message, self.param = message, param


@dataclass
class Inputs:
    mode: str = "text_to_video"
    first: Media | None = None
    last: Media | None = None
    references: list[Media] = field(default_factory=list)


def check_shape(order: Order) -> None:
    """The JSON types of the page; null is none of them."""
    if not _is_text(order["prompt"]) or not order["prompt"].strip():
        raise Refused("Missing required parameter: 'prompt'", "prompt")
    seconds = order["seconds"]
    if "seconds" in order.top and (not _is_whole(seconds) or not 0 < seconds <= 60):
        raise Refused("'seconds' must be a positive integer", "seconds")
    for name in ("input_reference", "size", "user"):
        if name in order.top and not _is_text(order[name]):
            raise Refused(f"'{name}' must be a string", name)
    for name in _STRINGS:
        if name in order.extra and not _is_text(order.extra[name]):
            raise Refused(f"'{name}' must be a string", name)
    for name in _BOOLEANS:
        if name in order.extra and not isinstance(order.extra[name], bool):
            raise Refused(f"'{name}' must be a boolean", name)
    for name in (*_LISTS, "subject_reference"):
        if name in order.extra:
            _check_list(name, order.extra[name])


def _check_list(name: str, value: Any) -> None:
    if not isinstance(value, list) or not value:
        raise Refused(f"'{name}' must be a list", name)
    if name != "subject_reference" and not all(map(_is_text, value)):
        raise Refused(f"'{name}' must be a list of URLs", name)
    most = _LISTS.get(name, ("", 9))[1]
    if len(value) > most:
        raise Refused(f"'{name}' takes {most} at most", name)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def check_mode(order: Order, model: dict[str, Any], *, strict: bool) -> None:
    """What the model can do, and one family of inputs."""
    extra = order.extra
    seconds = order["seconds"]
    if seconds is not None and seconds not in model["durations"]:
        raise Refused(f"'seconds' must be one of {model['durations']}", "seconds")
    frames = [name for name in ("first_frame_url", "last_frame_url") if name in extra]
    lists = [name for name in _LISTS if name in extra]
    if frames and not model.get("frames"):
        raise Refused("This model does not support start/end frame generation", frames[0])
    if frames == ["last_frame_url"]:
        raise Refused("last_frame_url needs first_frame_url", "last_frame_url")
    if lists and not model.get("references"):
        raise Refused("This model does not support multimodal reference", lists[0])
    if "video_url" in extra and not model.get("clip_url"):
        raise Refused("video_url is supported by Seedance only", "video_url")
    has_picture = order["input_reference"] is not None
    if has_picture and not model.get("image"):
        raise Refused("This model does not support image-to-video", "input_reference")
    if not has_picture and not model.get("text"):
        raise Refused("Unsupported input mode: this model needs input_reference", "input_reference")
    _check_families(order, frames, lists)
    if strict:
        _check_strictly(order)


def _check_families(order: Order, frames: Sequence[str], lists: Sequence[str]) -> None:
    """The one mix that the page describes is ``input_reference`` beside ``reference_image_urls``."""
    clip = ["video_url"] if "video_url" in order.extra else []
    if frames and (lists or clip or order["input_reference"] is not None):
        raise Refused("Frames cannot be combined with other inputs", frames[0])
    if clip and (lists or order["input_reference"] is not None):
        raise Refused("video_url cannot be combined with other inputs", "video_url")
    if order["input_reference"] is not None and set(lists) - {"reference_image_urls"}:
        raise Refused("input_reference cannot be combined with these references", lists[-1])


def _check_strictly(order: Order) -> None:
    extra = order.extra
    pair = [name for name in ("resolution", "aspect_ratio") if name in extra]
    if order["size"] is not None and pair:
        raise Refused("size and resolution cannot be combined", "size")
    if len(pair) == 1:
        raise Refused("resolution and aspect_ratio go together", pair[0])
    for name, allowed in (("resolution", _RESOLUTIONS), ("aspect_ratio", _RATIOS)):
        if name in extra and extra[name] not in allowed:
            raise Refused(f"'{name}' must be one of {', '.join(allowed)}", name)
    if extra.get("generate_audio") and "audio_url" in extra:
        raise Refused("audio_url cannot be combined with generate_audio", "audio_url")
    known = {*_STRINGS, *_BOOLEANS, *_LISTS, "subject_reference"}
    if unknown := sorted(set(extra) - known):
        raise Refused(f"Unknown parameter: '{unknown[0]}'", unknown[0])


def settle_size(order: Order, model: dict[str, Any]) -> tuple[str, str]:
    """Resolution and ratio that are made: the pair asked for, or the model's default without a word."""
    resolution, ratio = order.extra.get("resolution"), order.extra.get("aspect_ratio")
    if resolution is None and ratio is None and order["size"] is not None:
        resolution, ratio = _read_size(order["size"])
    default = model["default"]
    resolution, ratio = resolution or default[0], ratio or default[1]
    fits = resolution in model["resolutions"] and ratio in model["aspect_ratios"]
    if not fits or f"{resolution} {ratio}" in model.get("not_made", ()):
        return default[0], default[1]
    return resolution, ratio


def _read_size(size: str) -> tuple[str, str]:
    """``1920x1080`` is 1080p at 16:9; anything else that is no size is no pair of the model's."""
    width, _x, height = size.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) and int(height)):
        return size, ""
    across, down = int(width), int(height)
    part = gcd(across, down)
    short = min(across, down)
    return "4k" if short == 2160 else f"{short}p", f"{across // part}:{down // part}"


async def load_inputs(order: Order) -> Inputs:
    """Fetch or unpack what came along. A ``data:`` URL in JSON is not documented, and refused."""
    extra = order.extra
    found = Inputs(_mode_of(order))
    if order["input_reference"] is not None:
        picture = await _load(order["input_reference"], PICTURE, "input_reference", inline=order.is_form)
        found.first = picture
    for name, place in (("first_frame_url", "first"), ("last_frame_url", "last")):
        if name in extra:
            setattr(found, place, await _load(extra[name], PICTURE, name))
    for name, (kind, _most) in _LISTS.items():
        found.references += [await _load(url, kind, name) for url in extra.get(name, ())]
    if "video_url" in extra:
        found.references.append(await _load(extra["video_url"], VIDEO, "video_url"))
    if "audio_url" in extra:
        await _load(extra["audio_url"], AUDIO, "audio_url")
    return found


async def _load(url: str, kind: str, name: str, *, inline: bool = False) -> Media:
    if url.startswith("data:") and not inline:
        raise Refused(f"'{name}' must be a public URL", name)
    try:
        return await load_media(url, kind)
    except BadMedia as error:
        raise Refused(f"'{name}': {error}", name) from error


def _mode_of(order: Order) -> str:
    extra = order.extra
    if any(name in extra for name in (*_LISTS, "video_url")):
        return "reference_to_video"
    if "last_frame_url" in extra:
        return "first_last_frame"
    if "first_frame_url" in extra or order["input_reference"] is not None:
        return "image_to_video"
    return "text_to_video"
