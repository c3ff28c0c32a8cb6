"""SilkDock's own list of models, and what of it means the same to us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import DiscoveredModel
from .values import Mode, Role
from .wire import as_text

_BY_ADDRESS = {"travel": ["public_url"]}
_FLAGS = {
    "supports_video_start_end_frame": Mode.FIRST_LAST_FRAME,
    "supports_video_multimodal_reference": Mode.REFERENCE_TO_VIDEO,
}


def makes_video(item: Mapping[str, Any]) -> bool:
    if not as_text(item.get("model_group")):
        return False
    return item.get("mode") == "video_generation" or any(name in item for name in _FLAGS)


def read_model(item: Mapping[str, Any]) -> DiscoveredModel:
    """A flag that is missing counts as *no*. Whether a model needs a picture is not told."""
    gates = {mode: item.get(name) is True for name, mode in _FLAGS.items()}
    modes: list[str] = [Mode.TEXT_TO_VIDEO, Mode.IMAGE_TO_VIDEO, *(m for m, open_ in gates.items() if open_)]
    inputs: dict[str, Any] = {Role.FIRST_FRAME: {"travel": ["multipart", "public_url"]}}
    if gates[Mode.FIRST_LAST_FRAME]:
        inputs[Role.LAST_FRAME] = dict(_BY_ADDRESS)
    if gates[Mode.REFERENCE_TO_VIDEO]:
        inputs[Role.REFERENCE_IMAGE] = {**_BY_ADDRESS, "max_count": 9}
        inputs[Role.REFERENCE_VIDEO] = {**_BY_ADDRESS, "max_count": 3, "mimes": ["video/mp4"]}
        inputs[Role.REFERENCE_AUDIO] = {**_BY_ADDRESS, "max_count": 3, "mimes": ["audio/mpeg", "audio/wav"]}
    return DiscoveredModel(
        wire_id=item["model_group"],
        label=item["model_group"],
        gates=gates,
        if_new={"modes": [str(mode) for mode in modes], "inputs": {str(r): v for r, v in inputs.items()}},
    )
