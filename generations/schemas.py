"""What the API takes: typed bodies that refuse unknown fields by name, and never coerce a value."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, StrictBool, StrictInt, StrictStr, model_validator

from providers.gateways.plain import is_shallow, keepable
from providers.gateways.values import Role

from .services.asset_library import MOST_NOTE_CHARS
from .services.create import MAX_COUNT, MOST_IN_A_BATCH
from .services.guesses import MOST_REASON
from .services.news import MOST_AT_ONCE


def _printable(text: str) -> str:
    """PostgreSQL keeps no NUL in texts, and no person types one."""
    if "\x00" in text:
        raise ValueError("A NUL character is not allowed.")
    return text


MOST_DEPTH = 20


def _plain_values(values: dict[str, Any]) -> dict[str, Any]:
    if not is_shallow(values, MOST_DEPTH):  # what goes through the value calls itself at every level
        raise ValueError(f"Lists and objects may be nested {MOST_DEPTH} deep.")
    if keepable(values) != values:  # at any depth, in names as in values; NaN is unequal to itself
        raise ValueError("NaN, Infinity, NUL characters and lone surrogates are not allowed.")
    return values


Text = Annotated[StrictStr, Field(max_length=50_000), AfterValidator(_printable)]
Word = Annotated[StrictStr, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Short = Annotated[StrictStr, Field(max_length=300), AfterValidator(_printable)]
Address = Annotated[StrictStr, Field(min_length=1, max_length=2000), AfterValidator(_printable)]
Words = Annotated[str, Field(max_length=200), AfterValidator(_printable)]  # of a search
Seconds = Annotated[float, Field(strict=True, allow_inf_nan=False)]
MOST_CELLS = 200  # of which some are skipped
Extra = Annotated[dict[str, Any], AfterValidator(_plain_values)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class ProjectIn(Strict):
    name: Annotated[StrictStr, Field(min_length=1, max_length=120, pattern=r"\S"), AfterValidator(_printable)]


class InputIn(Strict):
    """A file of the project in a role, or an https address from which the studio fetches one."""

    role: Role
    asset: UUID | None = None
    url: Address | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> InputIn:
        if (self.asset is None) == (self.url is None):
            raise ValueError("Give either asset or url.")
        return self

    def plain(self) -> dict[str, str]:
        """As a take keeps it."""
        given = {"asset": str(self.asset)} if self.asset else {"url": str(self.url)}
        return {"role": self.role.value, **given}


class RightsIn(Strict):
    source: Short | None = None
    licence: Short | None = None
    likeness: Short | None = Field(None, description="people who can be recognised")
    release: UUID | None = Field(None, description="a file of the project with the tag release")


class AssetChanges(Strict):
    """What people say of a file; what is not given stays."""

    name: Word | None = None
    notes: Annotated[StrictStr, Field(max_length=MOST_NOTE_CHARS), AfterValidator(_printable)] | None = None
    tags: list[Annotated[StrictStr, Field(max_length=200), AfterValidator(_printable)]] | None = None
    rights: RightsIn | None = None


Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class RegistrationIn(Strict):
    account: UUID
    confirmed: bool = False
    again: bool = False


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


Files = Annotated[list[UUID], Field(min_length=1, max_length=11)]


class CharacterIn(Strict):
    """``assets`` of the project, the main picture first: up to nine pictures, a clip, a sound."""

    project: Word = Field(description="slug or id")
    name: Annotated[StrictStr, Field(min_length=1, max_length=60), AfterValidator(_printable)]
    notes: Annotated[StrictStr, Field(max_length=2000), AfterValidator(_printable)] = ""
    assets: Files
    studio: StrictBool = Field(False, description="for every project; administrators and producers")


class CharacterChange(Strict):
    """What is left out stays. ``assets`` replaces all of them."""

    name: Annotated[StrictStr, Field(min_length=1, max_length=60), AfterValidator(_printable)] | None = None
    notes: Annotated[StrictStr, Field(max_length=2000), AfterValidator(_printable)] | None = None
    assets: Files | None = None
    archived: StrictBool | None = None
    version: Annotated[StrictStr, Field(max_length=16)] | None = Field(
        None, description="as it was read; where somebody has changed it since, the answer is 409"
    )


class Settings(Strict):
    """What a take may say of the clip. Left out: the studio's default for the model. Null: left to the
    gateway, for what the model's ``left_to_gateway`` names; of anything else the same as left out.

    A prompt names an input by the name of its file, without its ending: ``@[harbour]``. What the gateway
    calls it goes out in its place."""

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


Amount = Annotated[StrictStr, Field(pattern=r"^[0-9]{1,8}(\.[0-9]{1,6})?$")]  # US dollars


class Priced(Strict):
    max_usd: Amount | None = Field(
        None,
        description="US dollars: what the request may cost in all. Nothing is made above it, or where the "
        "price is not known: 409 price_moved, with the price as it is now",
    )


class ElsewhereIn(Priced):
    account: Word = Field(description="name or id, as ``alternatives`` lists it")


class LineElsewhereIn(Priced):
    """Without ``takes`` all of yours that could go there, at most 48: the oldest."""

    account: Word = Field(description="name or id: for whose line they wait")
    to: Word = Field(description="name or id: where they are to be run")
    takes: list[UUID] | None = Field(None, min_length=1, max_length=48)


# an id, or none
InShot = Annotated[str, Field(pattern="^(none|[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12})$")]
ShotName = Annotated[StrictStr, Field(min_length=1, max_length=100), AfterValidator(_printable)]


class GenerationIn(Priced, Settings):
    project: Word = Field(description="slug or id")
    model: Word = Field(description="the gateway's id of the model, or ours")
    account: Word | None = Field(
        None, description="name or id; needed where several accounts offer the model"
    )
    parent: UUID | None = Field(None, description="the take that this one is made from")
    shot: ShotName | None = Field(
        None,
        description="id or code of a shot of the project; left out: that of the parent; null: none",
    )
    fixes: UUID | None = Field(
        None,
        description="the note that this one is made for: it becomes the next version beside the take "
        "that the note stands on, which is its parent unless another one is named",
    )
    characters: Annotated[list[Word], Field(max_length=8)] | None = Field(
        None,
        description="names or ids: their files become inputs in the roles that the model has for them, as "
        "many as it takes, and the prompt may name them: @[Mira]",
    )
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


class RetryIn(Priced):
    """``changes`` are laid over what the take was made from; null sets a field back to
    the default: the gateway's where ``left_to_gateway`` names it, else the studio's. Without changes exactly
    what was asked for is asked for again."""

    changes: Settings | None = None


class ConsentIn(Strict):
    """``ticks``: every statement by its name, true. ``text_sha256``: of the words that were read.
    ``also``: further takes, of those that ``same_question`` names; all are answered, or none."""

    ticks: dict[str, StrictBool]
    text_sha256: Annotated[StrictStr, Field(pattern="^[0-9a-f]{64}$")]
    also: Annotated[list[UUID], Field(max_length=100)] = []


class WantedRecords(Schema):
    """Which consent records; ``q`` finds a person's name, a take, or the start of a hash."""

    everybody: bool = False
    q: Words = ""
    person: UUID | None = None
    gateway: Annotated[str, Field(max_length=40)] = ""
    state: Literal["live", "withdrawn"] | None = None
    since: date | None = None
    until: date | None = None


class PartIn(Strict):
    """What of a finished take becomes a file that takes may start from."""

    part: Literal["clip", "first", "last", "at"]
    at_s: Seconds | None = Field(None, description="with part at: the moment of the picture")


class MoveIn(Strict):
    to: Literal["front", "up", "down", "back"] | None = None
    place_of: UUID | None = Field(None, description="another take of yours in that line; in the place of to")


class WatchingIn(Strict):
    """How you want to hear of your takes. ``which``: *trouble* leaves out what went well."""

    which: Literal["all", "trouble"]
    sound: StrictBool
    notify: StrictBool
    title: StrictBool | None = Field(None, description="in the browser tab's title; left out: as it is")
    toasts: StrictBool | None = Field(None, description="as a short message; left out: as it is")
    digest: Literal["never", "hourly", "daily"]


class SeenIn(Strict):
    """``takes``: which ones; left out: all of them."""

    takes: Annotated[list[UUID], Field(max_length=MOST_AT_ONCE)] | None = None


class ResolveIn(Strict):
    """``shown``: the new price in US dollars as the person saw it: needed for *accept_price*;
    with *submit_again* a higher one stops it. ``reason``: with *billed*, *not_billed*, how you know."""

    action: Literal["submit_again", "drop", "accept_price", "billed", "not_billed"]
    shown: Amount | None = None
    reason: Annotated[str, Field(max_length=MOST_REASON)] = ""
