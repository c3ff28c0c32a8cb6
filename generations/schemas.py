"""What the API takes: typed bodies that refuse unknown fields by name, and never coerce a value."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, StrictBool, StrictInt, StrictStr

from providers.gateways.plain import keepable
from providers.gateways.values import Role

from .services.create import MAX_COUNT


def _printable(text: str) -> str:
    """PostgreSQL keeps no NUL in texts, and no person types one."""
    if "\x00" in text:
        raise ValueError("A NUL character is not allowed.")
    return text


def _plain_values(values: dict[str, Any]) -> dict[str, Any]:
    if keepable(values) != values:  # at any depth, in names as in values; NaN is unequal to itself
        raise ValueError("NaN, Infinity, NUL characters and lone surrogates are not allowed.")
    return values


Text = Annotated[StrictStr, Field(max_length=50_000), AfterValidator(_printable)]
Word = Annotated[StrictStr, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Seconds = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Extra = Annotated[dict[str, Any], AfterValidator(_plain_values)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class ProjectIn(Strict):
    name: Annotated[StrictStr, Field(min_length=1, max_length=120, pattern=r"\S"), AfterValidator(_printable)]


class InputIn(Strict):
    """A file of the project in a role."""

    role: Role
    asset: UUID


Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class EditIn(Strict):
    """What a copy should be. ``op`` says what for; the limits hold beside it."""

    op: Literal["crop", "pad", "shrink", "enlarge", "convert", "trim", "frame"]
    ratio: Word | None = Field(None, description="width to height of a crop or pad, such as 16:9")
    x: Share | None = Field(None, description="where a crop lies: 0 left, 0.5 centre, 1 right")
    y: Share | None = Field(None, description="where a crop lies: 0 top, 0.5 centre, 1 bottom")
    fill: Literal["black", "blur"] | None = Field(None, description="beside a padded picture")
    start_s: Seconds | None = Field(None, description="of a clip or sound: where the part begins")
    end_s: Seconds | None = Field(None, description="and where it ends")
    at_s: Seconds | None = Field(None, description="with op frame: the moment of the picture")
    mime: Word | None = Field(None, description="the copy's type; by default the nearest to the original's")
    fps: Seconds | None = Field(None, description="of a clip: a steady frame rate")
    max_bytes: StrictInt | None = None
    min_side_px: StrictInt | None = None
    max_side_px: StrictInt | None = None
    min_pixels: StrictInt | None = None
    max_pixels: StrictInt | None = None


class Settings(Strict):
    """What a take may say of the clip. Left out or null: the model's default."""

    prompt: Text | None = None
    negative_prompt: Text | None = None
    duration_s: Seconds | None = None
    resolution: Word | None = None
    aspect_ratio: Word | None = None
    generate_audio: StrictBool | None = None
    seed: StrictInt | None = None
    watermark: StrictBool | None = None
    return_last_frame: StrictBool | None = None
    upscale_factor: StrictInt | None = None
    extra: Extra | None = None
    inputs: Annotated[list[InputIn], Field(max_length=50)] | None = None


class GenerationIn(Settings):
    project: Word = Field(description="slug or id")
    model: Word = Field(description="the gateway's id of the model, or ours")
    account: Word | None = Field(
        None, description="name or id; needed where several accounts offer the model"
    )
    parent: UUID | None = Field(None, description="the take that this one is made from")
    mode: Literal["video_to_video", "edit", "extend", "upscale"] | None = Field(
        None, description="what to do with a source clip, where the model does several things"
    )


class BatchIn(GenerationIn):
    count: Annotated[StrictInt, Field(ge=1, le=MAX_COUNT)] = 1


class RetryIn(Strict):
    """``changes`` are laid over what the take was made from; null sets a field back to the default."""

    changes: Settings | None = None


class ConsentIn(Strict):
    """``ticks``: every statement by its name, true. ``text_sha256``: of the words that were read."""

    ticks: dict[str, StrictBool]
    text_sha256: Annotated[StrictStr, Field(pattern="^[0-9a-f]{64}$")]


class ResolveIn(Strict):
    """``shown``: the new price in US dollars as the person saw it: needed for *accept_price*;
    with *submit_again* a higher one stops it."""

    action: Literal["submit_again", "drop", "accept_price"]
    shown: Annotated[StrictStr, Field(pattern=r"^[0-9]{1,8}(\.[0-9]{1,6})?$")] | None = None
