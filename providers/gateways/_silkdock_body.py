"""What SilkDock is asked: one nested body for all vendors, and the one picture that may travel with it.

Source: https://silkdock.ai/docs/api/video (read 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .capabilities import Audio, Capabilities
from .errors import Unsupported
from .values import Media, Mode, Role, VideoRequest
from .wire import file_part, whole_number

_LISTS = (
    (Role.REFERENCE_IMAGE, "reference_image_urls"),
    (Role.REFERENCE_VIDEO, "reference_video_urls"),
    (Role.REFERENCE_AUDIO, "reference_audio_urls"),
)
# options of the studio's catalogue that are no field of ``extra_body``
_USER, _PICTURE_IS = "user", "picture_is"
_FIRST_FRAME = "first frame"


def build_body(request: VideoRequest, caps: Capabilities) -> dict[str, Any]:
    """The body of a submit, without the picture of ``picture_to_send``.

    :raises Unsupported: when an input has no address, or a setting cannot be said.
    """
    extra_body = {**_settings(request, caps), **_inputs(request), **_options(request)}
    body: dict[str, Any] = {"model": request.model, "prompt": request.prompt}
    picture = _primary(request)
    if picture is not None and not _is_local(picture):
        body["input_reference"] = _url(picture, Role.FIRST_FRAME)
    if request.duration_s is not None:
        body["seconds"] = _whole(request.duration_s)
    if size := extra_body.pop("size", None):
        body["size"] = size
    if extra_body:
        body["extra_body"] = extra_body
    if _USER in request.extra:
        body["user"] = request.extra[_USER]
    return body


def picture_to_send(request: VideoRequest) -> Media | None:
    """The primary picture where it is at no address of its own, so that it goes as a part of a form."""
    picture = _primary(request)
    return picture if picture is not None and _is_local(picture) else None


def part_of(media: Media) -> Any:
    try:
        return file_part(media.address, media.mime)
    except ValueError:
        raise Unsupported("The picture cannot be read.", field=Role.FIRST_FRAME) from None


def as_form(body: Mapping[str, Any]) -> dict[str, str]:
    """In a form a number is text, and ``extra_body`` the text of a JSON object."""
    return {
        name: json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else str(value)
        for name, value in body.items()
    }


def _settings(request: VideoRequest, caps: Capabilities) -> dict[str, Any]:
    """Resolution and ratio go together or not at all. Sound is said where a person chose: what the gateway
    does by itself is not known."""
    body: dict[str, Any] = {}
    resolution, ratio = request.resolution, request.aspect_ratio
    if (resolution is None) != (ratio is None):
        missing = "resolution" if resolution is None else "aspect_ratio"
        raise Unsupported("SilkDock takes a resolution together with a ratio.", field=missing)
    if resolution is not None and ratio is not None:
        body |= _size(caps.wire_resolution(resolution), caps.wire_ratio(ratio))
    if request.generate_audio is not None and caps.audio == Audio.OPTIONAL:
        if request.generate_audio and request.first(Role.AUDIO_TRACK):
            text = "The clip follows the sound track; sound cannot be made as well."
            raise Unsupported(text, field="generate_audio")
        body["generate_audio"] = request.generate_audio
    if request.watermark is not None and caps.watermark:
        body["watermark"] = request.watermark
    return body


def _size(resolution: str, ratio: str) -> dict[str, str]:
    """A resolution that the catalogue spells ``1920x1080`` goes out as ``size``, upright where asked."""
    width, _x, height = (whole_number(part) for part in resolution.partition("x"))
    if width is None or height is None:
        return {"resolution": resolution, "aspect_ratio": ratio}
    across, _colon, down = (whole_number(part) for part in ratio.partition(":"))
    if across is not None and down is not None:
        if width * down == height * across:
            return {"size": resolution}
        if width * across == height * down:
            return {"size": f"{height}x{width}"}
    raise Unsupported(f"This model has no size of {ratio} at {resolution}.", field="aspect_ratio")


def _as_first_frame(request: VideoRequest) -> bool:
    """A picture is an ordinary reference unless a person says that the clip begins with it."""
    if request.mode == Mode.FIRST_LAST_FRAME:
        return True
    return request.mode == Mode.IMAGE_TO_VIDEO and request.extra.get(_PICTURE_IS) == _FIRST_FRAME


def _primary(request: VideoRequest) -> Media | None:
    """The picture for ``input_reference``, which never turns into a first frame by itself."""
    return None if _as_first_frame(request) else request.first(Role.FIRST_FRAME)


def _inputs(request: VideoRequest) -> dict[str, Any]:
    """One family of inputs a request; the single mix that SilkDock names is the primary picture beside
    ``reference_image_urls``, where the list decides."""
    frames, lists = dict(_frames(request)), dict(_references(request))
    mixed = set(lists) - {"reference_image_urls"} if _primary(request) else set()
    if lists and (frames or mixed):
        raise Unsupported("SilkDock takes frames or references, not both.", field=Role.REFERENCE_IMAGE)
    track = request.first(Role.AUDIO_TRACK)
    if track is not None and "reference_audio_urls" in lists:
        raise Unsupported("SilkDock takes a sound track or reference sounds.", field=Role.AUDIO_TRACK)
    sound = {} if track is None else {"audio_url": _url(track, Role.AUDIO_TRACK)}
    return {**frames, **lists, **sound}


def _frames(request: VideoRequest) -> Iterator[tuple[str, str]]:
    first, last = request.first(Role.FIRST_FRAME), request.first(Role.LAST_FRAME)
    if last is not None and first is None:
        raise Unsupported("A last frame needs a first frame.", field=Role.LAST_FRAME)
    if first is not None and _as_first_frame(request):
        yield "first_frame_url", _url(first, Role.FIRST_FRAME)
    if last is not None:
        yield "last_frame_url", _url(last, Role.LAST_FRAME)


def _references(request: VideoRequest) -> Iterator[tuple[str, list[str]]]:
    """A clip goes by the list; ``video_url`` says the same for one clip, so it is not sent."""
    for role, name in _LISTS:
        if media := request.media(role):
            yield name, [_url(item, role) for item in media]


def _options(request: VideoRequest) -> dict[str, Any]:
    return {name: value for name, value in request.extra.items() if name not in (_USER, _PICTURE_IS)}


def _is_local(media: Media) -> bool:
    return media.address.startswith(("data:", "sha256:"))


def _url(media: Media, role: Role) -> str:
    """The address that SilkDock fetches; a recipe's ``sha256:`` name stands for it."""
    if not media.address:
        raise Unsupported("An input has no address to send.", field=role)
    if media.address.startswith("data:"):
        text = "SilkDock fetches this file from a public address; only a single picture can be sent along."
        raise Unsupported(text, field=role)
    return media.address


def _whole(seconds: float) -> int:
    if seconds != int(seconds):
        raise Unsupported("SilkDock takes whole seconds.", field="duration_s")
    return int(seconds)
