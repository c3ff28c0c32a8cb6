"""SilkDock's own list of models, and what of it means the same to us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import DiscoveredModel
from .values import Mode
from .wire import as_text

# as the shipped models of the same kind have it: our own soft limits, for the page names none (2026-11)
_PICTURE = {"max_bytes": 10_000_000}
_BY_ADDRESS = {"travel": ["public_url"]}
_FLAGS = {
    "supports_video_start_end_frame": Mode.FIRST_LAST_FRAME,
    "supports_video_multimodal_reference": Mode.REFERENCE_TO_VIDEO,
}
_FAMILIES = (
    ["first_frame", "reference_video"],
    ["first_frame", "reference_audio"],
    ["last_frame", "reference_image"],
    ["last_frame", "reference_video"],
    ["last_frame", "reference_audio"],
)
_USER = {
    "kind": "string",
    "label": "End-user identifier (a pseudonym, never an e-mail address)",
    "names_person": True,
}
_PICTURE_IS = {
    "kind": "choice",
    "label": "What a single picture is",
    "choices": ["reference", "first frame"],
    "modes": ["image_to_video"],
    "goes_with": ["first_last_frame"],
}
_REWRITES = {"kind": "boolean", "label": "Let the gateway rewrite the prompt (it does unless switched off)"}
# with each mode that a flag opens, where a model has no limits of its own for it
_COMES_WITH: Mapping[Mode, Mapping[str, Any]] = {
    Mode.FIRST_LAST_FRAME: {
        "inputs": {"last_frame": {**_PICTURE, **_BY_ADDRESS}},
        "extra": {"picture_is": _PICTURE_IS},
        "public_when": ["first_last_frame", "picture_is=first frame"],
    },
    Mode.REFERENCE_TO_VIDEO: {
        "inputs": {
            "reference_image": {**_PICTURE, **_BY_ADDRESS, "max_count": 9},
            "reference_video": {**_BY_ADDRESS, "max_count": 3, "mimes": ["video/mp4", "video/quicktime"]},
            "reference_audio": {**_BY_ADDRESS, "max_count": 3, "mimes": ["audio/mpeg", "audio/wav"]},
        },
    },
}
# the page names these models' vendor, which the list tells among the providers of a model
_PIXWITH = "pixwith"


def makes_video(item: Mapping[str, Any]) -> bool:
    if not as_text(item.get("model_group")):
        return False
    return item.get("mode") == "video_generation" or any(name in item for name in _FLAGS)


def read_model(item: Mapping[str, Any]) -> DiscoveredModel:
    """A flag that is missing counts as *no*. Whether a model needs a picture is not told."""
    gates = {mode: item.get(name) is True for name, mode in _FLAGS.items()}
    return DiscoveredModel(
        wire_id=item["model_group"],
        label=item["model_group"],
        capabilities={"extra": {"prompt_optimization": dict(_REWRITES)}} if _is_of(item, _PIXWITH) else {},
        gates=gates,
        opens={mode: _COMES_WITH[mode] for mode, is_open in gates.items() if is_open},
        if_new=_guess(item["model_group"].lower()),
    )


def _is_of(item: Mapping[str, Any], vendor: str) -> bool:
    names = item.get("providers")
    return isinstance(names, list) and any(vendor in as_text(name).lower() for name in names)


def _guess(model: str) -> dict[str, Any]:
    """What a model of its kind takes beside what its flags open; a watermark and rewriting by the names that
    the page gives them to.

    No lengths, resolutions, ratios or sound: of these nothing is told, and left out of a request they are
    the gateway's to choose.
    """
    rewrites = {"enhance_prompt": dict(_REWRITES)} if model.startswith("veo") else {}
    return {
        "modes": [Mode.TEXT_TO_VIDEO.value, Mode.IMAGE_TO_VIDEO.value],
        "inputs": {"first_frame": dict(_PICTURE)},
        "travel": ["multipart", "public_url"],
        "exclusive": [list(group) for group in _FAMILIES],
        "prompt_max_chars": 2000,
        "watermark": model.startswith("seedance"),
        "extra": {"user": dict(_USER), **rewrites},
    }
