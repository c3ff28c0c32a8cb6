"""What the API takes: typed bodies that refuse unknown fields by name, and never coerce a value."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, StrictBool, StrictInt, StrictStr

from providers.gateways.plain import keepable
from providers.gateways.values import Role

from .services.create import MAX_COUNT, MOST_IN_A_BATCH


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
MOST_CELLS = 200  # of which some are skipped
Extra = Annotated[dict[str, Any], AfterValidator(_plain_values)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class ProjectIn(Strict):
    name: Annotated[StrictStr, Field(min_length=1, max_length=120, pattern=r"\S"), AfterValidator(_printable)]


class InputIn(Strict):
    """A file of the project in a role."""

    role: Role
    asset: UUID


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


Crossed = Field(min_length=1, max_length=MOST_IN_A_BATCH)


class MatrixIn(Strict):
    """Values to cross with one another, each in place of the field of its name. The cells are numbered from
    0 in the order prompt, seed, model, duration_s, resolution, aspect_ratio, the last running fastest."""

    prompt: Annotated[list[Text], Crossed] | None = None
    seed: Annotated[list[StrictInt], Crossed] | None = None
    model: Annotated[list[Word], Crossed] | None = None
    duration_s: Annotated[list[Seconds], Crossed] | None = None
    resolution: Annotated[list[Word], Crossed] | None = None
    aspect_ratio: Annotated[list[Word], Crossed] | None = None
    skip: Annotated[list[StrictInt], Field(max_length=MOST_CELLS)] | None = Field(
        None, description="numbers of cells that are not made"
    )


class BatchIn(GenerationIn):
    """``count`` takes of the request; with a matrix, of each of its cells."""

    count: Annotated[StrictInt, Field(ge=1, le=MAX_COUNT)] = 1
    matrix: MatrixIn | None = None


class SavedPromptIn(Strict):
    """``text`` may hold places to fill in: ``{{subject}}``."""

    project: Word = Field(description="slug or id")
    kind: Literal["prompt", "snippet", "negative"] = "prompt"
    name: Word
    text: Text


class SavedPromptChange(Strict):
    name: Word
    text: Text


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
