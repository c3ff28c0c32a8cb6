"""What ElkAPI and the vendor behind it refuse at submit: first types, then what the model takes.

The gateway answers 200 only if the vendor accepts. Where the real one would garble a request (`images` beside
`metadata.content`) this one refuses it.

Sources: https://docs.elkapi.com/en/docs/api/ai-model/videos/seedance/createvideo and new-api's source
(mid-2026) for the gateway, https://www.volcengine.com/docs/82379/1520757 for the vendor (read 2026-10).
"""

import json
from dataclasses import dataclass, field
from typing import Any

from providers.sandbox.media import AUDIO, PICTURE, VIDEO, BadMedia, Media, load_media

_STRINGS = ("prompt", "image", "seconds", "size", "mode", "input_reference")
# the closed list that `metadata` is decoded into; anything else is dropped without a word
_METADATA: dict[str, type] = {
    "resolution": str, "ratio": str, "service_tier": str, "safety_identifier": str, "callback_url": str,
    "duration": int, "frames": int, "seed": int, "execution_expires_after": int, "priority": int,
    "camera_fixed": bool, "watermark": bool, "generate_audio": bool, "return_last_frame": bool, "draft": bool,
    "content": list, "tools": list,
}  # fmt: skip
_KINDS = {"image_url": PICTURE, "video_url": VIDEO, "audio_url": AUDIO}
_REFERENCE_ROLES = {
    "image_url": "reference_image",
    "video_url": "reference_video",
    "audio_url": "reference_audio",
}
# what only some models take
_OPTIONS = ("generate_audio", "camera_fixed", "draft", "priority", "tools", "frames")
_BETWEEN = {
    "seed": (-1, 4294967295), "execution_expires_after": (3600, 259200), "priority": (0, 9),
    "frames": (29, 289),
}  # fmt: skip
_LONGEST_S = 3600
_PICTURE_BYTES, _SOUND_BYTES, _CLIP_BYTES = 30_000_000, 15_000_000, 200_000_000
# width and height by resolution and ratio
SIZES = {
    "480p": {"16:9": (864, 496), "4:3": (752, 560), "1:1": (640, 640), "21:9": (992, 432)},
    "720p": {"16:9": (1280, 720), "4:3": (1112, 834), "1:1": (960, 960), "21:9": (1470, 630)},
    "1080p": {"16:9": (1920, 1080), "4:3": (1664, 1248), "1:1": (1440, 1440), "21:9": (2206, 946)},
    "4k": {"16:9": (3840, 2160), "4:3": (3326, 2494), "1:1": (2880, 2880), "21:9": (4398, 1886)},
}
_TURNED = {"3:4": "4:3", "9:16": "16:9"}


class Refused(Exception):
    """By the gateway itself: its status, code and message."""

    def __init__(self, message: str, code: str = "invalid_request", status: int = 400) -> None:
        super().__init__(message)
        self.message, self.code, self.status = message, code, status


class ArkRefused(Exception):
    """By the vendor: the status and error that the gateway wraps into its own."""

    def __init__(
        self, message: str, code: str = "InvalidParameter", param: str = "", status: int = 400
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.param, self.status = message, code, param, status


@dataclass
class Inputs:
    mode: str = "text_to_video"
    frames: dict[str, Media] = field(default_factory=dict)
    references: list[Media] = field(default_factory=list)

    @property
    def pictures(self) -> list[Media]:
        return [*self.frames.values(), *self.references]


# -- the gateway --------------------------------------------------------------------------------------


def check_shape(body: dict[str, Any]) -> dict[str, Any]:
    """Gives the vendor's fields out of `metadata`, `seconds` and `images`."""
    for name in _STRINGS:
        if name in body and not isinstance(body[name], str):
            raise Refused(f"json: cannot unmarshal {name} into Go value of type string")
    if not body.get("prompt", "").strip():
        raise Refused("prompt is required")
    if isinstance(body.get("duration", 0), bool) or not isinstance(body.get("duration", 0), int):
        raise Refused("json: cannot unmarshal duration into Go value of type int")
    images = body.get("images", [])
    if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
        raise Refused("json: cannot unmarshal images into Go value of type []string")
    asked = _decode(_read_metadata(body.get("metadata", {})))
    images = images or ([body["image"]] if body.get("image") else [])
    if images and "content" in asked:
        raise Refused("images and metadata.content together would be mixed up")
    if images:
        asked["content"] = [{"type": "image_url", "image_url": {"url": _full_url(url)}} for url in images]
    if body.get("seconds"):
        asked["duration"] = _read_seconds(body["seconds"])
    return asked


def _read_metadata(value: Any) -> dict[str, Any]:
    """A string that holds JSON is read as well."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, dict):
        raise Refused("metadata must be an object")
    return value


def _read_seconds(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _LONGEST_S:
        raise Refused("seconds must be between 1 and 3600", "invalid_seconds")
    return int(text)


def _full_url(image: str) -> str:
    return image if ":" in image[:10] else f"data:image/png;base64,{image}"


def _decode(metadata: dict[str, Any]) -> dict[str, Any]:
    """A wrong type is no 400 but a fault of the server."""
    asked: dict[str, Any] = {}
    for name, wanted in _METADATA.items():
        value = metadata.get(name)
        if value is None:
            continue
        if wanted is int and isinstance(value, str) and value.removeprefix("-").isdigit():
            value = int(value)
        if wanted is bool and value in ("true", "false"):
            value = value == "true"
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise Refused(f"json: cannot unmarshal metadata.{name}", "build_request_failed", 500)
        asked[name] = value
    if "content" in asked:
        asked["content"] = [_decode_item(item) for item in asked["content"]]
        asked["content"] = [item for item in asked["content"] if item.get("type") != "text"]
    return asked


def _decode_item(item: Any) -> dict[str, Any]:
    bad = not isinstance(item, dict)
    bad = bad or any(not isinstance(item.get(name, ""), str) for name in ("type", "text", "role"))
    for kind in _KINDS:
        place = {} if bad else item.get(kind, {})
        bad = bad or not isinstance(place, dict) or not isinstance(place.get("url", ""), str)
    if bad:
        raise Refused("json: cannot unmarshal metadata.content", "build_request_failed", 500)
    return {name: item[name] for name in ("type", "role", *_KINDS) if name in item}


# -- the vendor ---------------------------------------------------------------------------------------


def check_values(asked: dict[str, Any], model: dict[str, Any], name: str) -> None:
    for field_name, words in (
        ("duration", model["durations"]),
        ("resolution", model["resolutions"]),
        ("ratio", model["ratios"]),
    ):
        if field_name in asked and asked[field_name] not in words:
            raise ArkRefused(
                f"the parameter {field_name} specified in the request is not valid for model {name}",
                param=field_name,
            )
    for option in _OPTIONS:
        if option in asked and option not in model["options"] and option not in _tools_of(model):
            raise ArkRefused(f"the parameter {option} is not supported by model {name}", param=option)
    for field_name, (low, high) in _BETWEEN.items():
        if field_name in asked and not low <= asked[field_name] <= high:
            raise ArkRefused(f"{field_name} must be between {low} and {high}", param=field_name)
    if len(asked.get("safety_identifier", "")) > 64:
        raise ArkRefused("safety_identifier is longer than 64 characters", param="safety_identifier")
    if asked.get("service_tier", "default") != "default" and "service_tier" not in model["options"]:
        raise ArkRefused("service_tier is not supported", param="service_tier")
    if asked.get("tools") and asked.get("content"):
        raise ArkRefused("web_search takes text only", param="tools")


def _tools_of(model: dict[str, Any]) -> tuple[str, ...]:
    """The studio's catalogue calls this tool by its name."""
    return ("tools",) if "web_search" in model["options"] else ()


async def check_media(asked: dict[str, Any], model: dict[str, Any]) -> Inputs:
    items = asked.get("content", [])
    roles = [_role_of(item, at) for at, item in enumerate(items)]
    frames = [role for role in roles if role in ("first_frame", "last_frame")]
    if frames and len(frames) != len(roles):
        raise ArkRefused(
            "first/last frame content cannot be mixed with reference media content", param="content"
        )
    if frames:
        _check_frames(frames, model)
    else:
        _check_references(items, model)
    inputs = Inputs(_mode_of(frames, roles))
    for at, (item, role) in enumerate(zip(items, roles, strict=True)):
        media = await _load(item, at)
        if frames:
            inputs.frames[role] = media
        else:
            inputs.references.append(media)
    return inputs


def _mode_of(frames: list[str], roles: list[str]) -> str:
    if frames:
        return "first_last_frame" if "last_frame" in frames else "image_to_video"
    return "reference_to_video" if roles else "text_to_video"


def _role_of(item: dict[str, Any], at: int) -> str:
    kind, role = item.get("type"), item.get("role", "")
    if kind not in _KINDS:
        raise ArkRefused(f"content[{at}].type is not valid", param=f"content[{at}].type")
    if not item.get(kind, {}).get("url"):
        raise ArkRefused(f"content[{at}].{kind}.url is missing", "MissingParameter", f"content[{at}].{kind}")
    taken = [_REFERENCE_ROLES[kind], *(("first_frame", "last_frame", "") if kind == "image_url" else ())]
    if role not in taken:
        raise ArkRefused(f"content[{at}].role is not valid", param=f"content[{at}].role")
    return str(role or "first_frame")


def _check_frames(frames: list[str], model: dict[str, Any]) -> None:
    if len(frames) != len(set(frames)) or "first_frame" not in frames:
        raise ArkRefused("one first_frame and at most one last_frame, each with its role", param="content")
    mode = "first_last_frame" if "last_frame" in frames else "image_to_video"
    if mode not in model.get("frames", ("image_to_video", "first_last_frame")):
        raise ArkRefused("this task type is not supported by the model", param="content")


def _check_references(items: list[dict[str, Any]], model: dict[str, Any]) -> None:
    kinds = [item["type"] for item in items]
    for kind in _KINDS:
        most = model["references"].get(kind, 0)
        if kinds.count(kind) > most:
            raise ArkRefused(f"at most {most} {kind} references are supported", param="content")
    if kinds and set(kinds) == {"audio_url"} and not model.get("audio_alone"):
        raise ArkRefused("reference_audio needs a reference image or video", param="content")


async def _load(item: dict[str, Any], at: int) -> Media:
    kind = item["type"]
    url, param = item[kind]["url"], f"content[{at}].{kind}.url"
    head = url[:40].partition(";")[0]
    if kind == "video_url" and url.startswith("data:"):
        raise _bad_media(param, "base64 is not supported for videos")
    if head.startswith("data:") and head != head.lower():
        raise _bad_media(param, "the format in a data URL must be lower case")
    try:
        media = await load_media(url, _KINDS[kind])
    except BadMedia as error:
        raise _bad_media(param, str(error)) from error
    _check_size(media, param)
    return media


def _check_size(media: Media, param: str) -> None:
    most = {PICTURE: _PICTURE_BYTES, AUDIO: _SOUND_BYTES, VIDEO: _CLIP_BYTES}[media.kind]
    if media.data is not None and len(media.data) >= most:
        raise _bad_media(param, "the file is too large")
    if media.size is None:
        return
    width, height = media.size
    if not (min(media.size) >= 300 and max(media.size) <= 6000 and 0.4 <= width / height <= 2.5):
        raise _bad_media(param, f"{width}x{height} is out of range")


def _bad_media(param: str, reason: str) -> ArkRefused:
    return ArkRefused(f"The parameter `{param}` specified in the request is not valid: {reason}", param=param)


# -- what comes of it ---------------------------------------------------------------------------------


def size_of(resolution: str, ratio: str) -> tuple[int, int]:
    width, height = SIZES[resolution][_TURNED.get(ratio, ratio)]
    return (height, width) if ratio in _TURNED else (width, height)


def choose_ratio(ratio: str, inputs: Inputs) -> str:
    """`adaptive` follows the first picture, else it is a wide one."""
    if ratio != "adaptive":
        return ratio
    size = next((media.size for media in inputs.pictures if media.size), None)
    if size is None:
        return "16:9"
    named = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9")
    return min(named, key=lambda name: abs(_as_number(name) - size[0] / size[1]))


def _as_number(ratio: str) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)


def count_tokens(duration_s: int, size: tuple[int, int], clips: int) -> int:
    """As measured in 2026: a clip among the inputs counts with its length, here 4 s for each."""
    return (24 * (duration_s + 4 * clips) + 1) * size[0] * size[1] // 1024
