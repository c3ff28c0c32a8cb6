"""What the vendor behind ElkAPI refuses in fields that stand together: drafts, frames, adaptive ratios.

Source: https://www.volcengine.com/docs/82379/1520757 (read 2026-10).
"""

from typing import Any

from providers.sandbox.dialects._elkapi_checks import ArkRefused

_SHORT = {"text_to_video": "t2v", "image_to_video": "i2v", "first_last_frame": "i2v"}


def check_together(asked: dict[str, Any], mode: str, model: dict[str, Any], name: str) -> None:
    """``mode`` is what the media make of the request."""
    _check_ratio(asked.get("ratio", ""), mode, model, name)
    _check_frames(asked.get("frames"))
    if asked.get("draft"):
        _check_draft(asked, mode, model)


def _check_ratio(ratio: str, mode: str, model: dict[str, Any], name: str) -> None:
    """The oldest take ``adaptive`` from a picture only."""
    if mode not in model.get("ratio_modes", {}).get(ratio, (mode,)):
        where = f"model {name} in {_SHORT.get(mode, 'r2v')}"
        raise ArkRefused(
            f"the parameter ratio specified in the request is not valid for {where}", param="ratio"
        )


def _check_frames(frames: int | None) -> None:
    """Beside a length they are no mistake: the vendor prefers them."""
    if frames is not None and (frames - 25) % 4:
        raise ArkRefused("frames must be 25 and a multiple of 4 more", param="frames")


def _check_draft(asked: dict[str, Any], mode: str, model: dict[str, Any]) -> None:
    if asked.get("resolution", model["default_resolution"]) != "480p":
        raise ArkRefused("a draft is made at 480p only", param="resolution")
    if asked.get("return_last_frame"):
        raise ArkRefused("a draft returns no last frame", param="return_last_frame")
    if mode == "first_last_frame":
        raise ArkRefused("a draft takes no last frame", param="content")
