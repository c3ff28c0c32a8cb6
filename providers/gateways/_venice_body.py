"""What Venice is asked: one JSON object, its fields in the order of the page.

Source: https://docs.venice.ai/api-reference/endpoint/video/queue and /quote (read 2026-09).
"""

from __future__ import annotations

from typing import Any

from . import _venice_camera, _venice_references
from .capabilities import Audio, Capabilities
from .errors import Unsupported
from .values import AUTO_S, Media, Mode, Role, VideoRequest

CONSENT_FLOW = "seedance"
# what each boolean attests, https://docs.venice.ai/guides/media/seedance-face-consent (read 2026-09)
STATEMENTS = {
    "confirmed_terms_and_privacy": "I accept the statements above, Venice's Terms and its Privacy Policy.",
    "confirmed_legal_right": "Everyone shown is me, or has given explicit legal consent to this use.",
    "confirmed_screening_acknowledged": "I know that the media may be screened automatically beforehand.",
}
_TASK_TYPE = "omni_reference_task_type"
_TASK_TYPES = {Mode.REFERENCE_TO_VIDEO: "reference", Mode.EDIT: "edit", Mode.EXTEND: "extend"}
_ONE = {Role.FIRST_FRAME: "image_url", Role.LAST_FRAME: "end_image_url", Role.AUDIO_TRACK: "audio_url"}
_MANY = {
    Role.REFERENCE_VIDEO: "reference_video_urls",
    Role.REFERENCE_AUDIO: "reference_audio_urls",
    Role.REFERENCE_DOCUMENT: "reference_document_urls",
}


def build_body(request: VideoRequest, caps: Capabilities) -> dict[str, Any]:
    """The body of ``/video/queue``; the prompt is left out where the model takes none.

    :raises Unsupported: when an input has no address or a consent is not whole.
    """
    body: dict[str, Any] = {"model": request.model}
    if request.prompt:
        body["prompt"] = caps.worded(request)
    body |= _length(request, caps)
    if request.consents:
        body["consents"] = _consents(request)
    if request.negative_prompt and caps.negative_prompt:
        body["negative_prompt"] = request.negative_prompt
    body |= {**_ratio(request, caps), **_size(request, caps)}
    if request.upscale_factor is not None:
        body["upscale_factor"] = request.upscale_factor
    body |= {**_audio(request, caps), **_inputs(request, caps), **_elements(request)}
    return {**body, **_options(request, caps, body)}


def build_quote_body(request: VideoRequest, caps: Capabilities) -> dict[str, Any]:
    """The body of ``/video/quote``. Seconds of reference clips are billed too, so their sum is told.

    A factor goes out twice: a guide of September 2026 reads it from ``resolution``, the newer text from
    its own field; what a quote does not use it drops.

    :raises Unsupported: when the price hangs on a clip that has no address.
    """
    body = {
        "model": request.model,
        **_length(request, caps),
        **_size(request, caps),
        **_ratio(request, caps),
        **_audio(request, caps),
    }
    if request.mode == Mode.UPSCALE:
        factor = request.upscale_factor or 2
        body |= {"upscale_factor": factor} | ({"resolution": f"{factor}x"} if factor > 1 else {})
    clips = _reference_clips(request, caps)
    if clips:
        body["reference_video_total_duration"] = round(sum(clip.duration_s or 0 for clip in clips), 3)
    pictures = request.media(Role.REFERENCE_IMAGE) + request.media(Role.REFERENCE_BACKGROUND)
    if pictures:
        body["reference_image_count"] = len(pictures)
    source = source_of(request, caps)
    if source is not None:
        if not source.address.startswith(("data:", "http")):
            raise Unsupported("There is no clip at hand for Venice to price.", field=Role.SOURCE_VIDEO)
        body["video_url"] = source.address
    return body


def _length(request: VideoRequest, caps: Capabilities) -> dict[str, str]:
    """Always a string; a number is a 400. Where a model works on a source clip, its length is told by leaving
    it out; where it may be chosen from the reference clips, by a word."""
    if request.duration_s == AUTO_S:
        return {"duration": "auto"}
    source = request.first(Role.SOURCE_VIDEO)
    if request.duration_s is not None:
        return {"duration": f"{request.duration_s:g}s"}
    if caps.source_length and source is not None and source.duration_s:
        return {"duration": f"{source.duration_s:.2f}"}
    return {}


def _ratio(request: VideoRequest, caps: Capabilities) -> dict[str, str]:
    """Required where a model lists some, forbidden elsewhere. A listed one that follows from a clip is
    *adaptive* (https://docs.venice.ai/guides/media/seedance-2-0, read 2026-09)."""
    if request.mode in caps.ratio_from_input:
        follows = caps.aspect_ratios and request.first(Role.SOURCE_VIDEO)
        return {"aspect_ratio": "adaptive"} if follows else {}
    if request.aspect_ratio is None:
        return {}
    return {"aspect_ratio": caps.wire_ratio(request.aspect_ratio)}


def _size(request: VideoRequest, caps: Capabilities) -> dict[str, str]:
    return {} if request.resolution is None else {"resolution": caps.wire_resolution(request.resolution)}


def _audio(request: VideoRequest, caps: Capabilities) -> dict[str, bool]:
    """On unless switched off, so it is always said where it can be."""
    return {"audio": caps.sound(request)} if caps.audio == Audio.OPTIONAL else {}


def _inputs(request: VideoRequest, caps: Capabilities) -> dict[str, Any]:
    """The order counts: a prompt speaks of ``<Image 1>`` and ``<Video 1>``."""
    body: dict[str, Any] = {}
    for role, name in _ONE.items():
        if media := request.first(role):
            body[name] = _address(media, role)
    clips = _reference_clips(request, caps)
    source = source_of(request, caps)
    if source is not None:
        body["video_url"] = _address(source, Role.SOURCE_VIDEO)
    limits = caps.inputs.get(Role.REFERENCE_VOICE)
    voiced = limits is not None and limits.max_count > 0
    body |= _venice_references.build_pictures(request.inputs, _address)
    if voiced:
        body |= _venice_references.build_clips(request.inputs, _address)
    for role, name in _MANY.items():
        if voiced and role == Role.REFERENCE_VIDEO:
            continue
        media_of = clips if role == Role.REFERENCE_VIDEO else request.media(role)
        if media_of:
            body[name] = [_address(media, role) for media in media_of]
    return body


def source_of(request: VideoRequest, caps: Capabilities) -> Media | None:
    """The clip that goes out as ``video_url``."""
    return None if request.mode in caps.prompt_forms else request.first(Role.SOURCE_VIDEO)


def _reference_clips(request: VideoRequest, caps: Capabilities) -> list[Media]:
    """A model whose workflow is told by the prompt takes its source clips as the first references."""
    sources = request.media(Role.SOURCE_VIDEO) if request.mode in caps.prompt_forms else []
    return [*sources, *request.media(Role.REFERENCE_VIDEO)]


def _elements(request: VideoRequest) -> dict[str, Any]:
    """``@Element1`` in a prompt is the first element; the views after it are its own."""
    elements: list[dict[str, Any]] = []
    for item in request.inputs:
        if item.role == Role.ELEMENT:
            elements.append({"frontal_image_url": _address(item.media, item.role)})
        elif item.role == Role.ELEMENT_REFERENCE and elements:
            _add_view(elements[-1], item.media)
    scenes = [_address(media, Role.SCENE_IMAGE) for media in request.media(Role.SCENE_IMAGE)]
    return {
        **({"elements": elements} if elements else {}),
        **({"scene_image_urls": scenes} if scenes else {}),
    }


def _add_view(element: dict[str, Any], media: Media) -> None:
    address = _address(media, Role.ELEMENT_REFERENCE)
    if media.mime.startswith("video/"):
        element["video_url"] = address
    else:
        element.setdefault("reference_image_urls", []).append(address)


def _options(request: VideoRequest, caps: Capabilities, body: dict[str, Any]) -> dict[str, Any]:
    """What the catalogue allows beyond the neutral request; it never replaces a field of the body."""
    told = {name: value for name, value in request.extra.items() if name not in body}
    if _venice_camera.FIELD in told:
        told[_venice_camera.FIELD] = _venice_camera.read_path(str(told[_venice_camera.FIELD]))
    if _TASK_TYPE in caps.extra and request.mode in _TASK_TYPES:
        told.setdefault(_TASK_TYPE, _TASK_TYPES[request.mode])
    return told


def _address(media: Media, role: Role) -> str:
    if not media.address:
        raise Unsupported("An input has no address to send.", field=role)
    return media.address


def _consents(request: VideoRequest) -> dict[str, dict[str, bool]]:
    """Exactly three literal ``true``; a missing, false or further key is a 400."""
    ticks = request.consents.get(CONSENT_FLOW, {})
    if set(request.consents) != {CONSENT_FLOW} or set(ticks) != set(STATEMENTS) or not all(ticks.values()):
        raise Unsupported("Venice needs all three statements confirmed.", field="consents")
    return {CONSENT_FLOW: dict.fromkeys(STATEMENTS, True)}
