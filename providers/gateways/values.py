"""The plain, frozen values that cross the border between the studio and a gateway.

Nothing here knows of Django, HTTP or a particular gateway. Units stand in the names: ``_s`` seconds,
``_bytes`` bytes, ``_px`` pixels, ``_usd`` US dollars; times are aware and UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

AUTO_S = -1.0  # as ``duration_s``: the model chooses the length


class Mode(StrEnum):
    TEXT_TO_VIDEO = "text_to_video"
    IMAGE_TO_VIDEO = "image_to_video"
    FIRST_LAST_FRAME = "first_last_frame"
    REFERENCE_TO_VIDEO = "reference_to_video"
    VIDEO_TO_VIDEO = "video_to_video"
    EDIT = "edit"
    EXTEND = "extend"
    UPSCALE = "upscale"


class Role(StrEnum):
    """What an input is for."""

    REFERENCE_IMAGE = "reference_image"
    REFERENCE_BACKGROUND = "reference_background"  # a reference picture of the place, not of who is in it
    REFERENCE_VIDEO = "reference_video"
    REFERENCE_AUDIO = "reference_audio"
    REFERENCE_VOICE = "reference_voice"  # what the reference picture or clip before it speaks with
    FIRST_FRAME = "first_frame"
    LAST_FRAME = "last_frame"
    SOURCE_VIDEO = "source_video"
    AUDIO_TRACK = "audio_track"
    REFERENCE_DOCUMENT = "reference_document"  # PDF or text that the model reads
    ELEMENT = "element"
    ELEMENT_REFERENCE = "element_reference"  # another view of the element before it
    SCENE_IMAGE = "scene_image"


@dataclass(frozen=True)
class Media:
    """One input file as the gateway will see it.

    ``address`` is a ``data:`` URL or a public ``https`` URL, filled in only just before a submit;
    everything else is what the probe found, so that limits can be checked without the bytes. Without a
    ``sha256`` it stands for a file that is still being fetched: what it says is a guess.
    """

    sha256: str
    mime: str
    size_bytes: int
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    fps: float | None = None  # frames a second, of a clip
    video_codec: str = ""  # as FFmpeg names it; empty: not known, or none
    audio_codec: str = ""
    animated: bool = False  # a picture that holds several
    address: str = field(default="", repr=False)

    @property
    def is_awaited(self) -> bool:
        return not self.sha256

    @property
    def is_registered(self) -> bool:
        """Whether the gateway has it already, under the name that stands in its address."""
        return self.address.startswith("asset:")

    @property
    def inline_bytes(self) -> int:
        """Length of this file as a base64 data URL."""
        return len(f"data:{self.mime};base64,") + 4 * ((self.size_bytes + 2) // 3)

    def at(self, address: str) -> Media:
        return replace(self, address=address)


@dataclass(frozen=True)
class Input:
    role: Role
    media: Media


@dataclass(frozen=True)
class VideoRequest:
    """What a person asked for, in the studio's own words. ``None`` means *not asked for*."""

    model: str
    mode: Mode
    prompt: str
    negative_prompt: str | None = None
    duration_s: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    generate_audio: bool | None = None
    seed: int | None = None
    watermark: bool | None = None
    return_last_frame: bool | None = None
    upscale_factor: int | None = None
    inputs: tuple[Input, ...] = ()
    consents: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    # a short opaque name of the take, for gateways that keep metadata with a job
    reference: str = ""
    # where the gateway may call when the job has ended; empty: nowhere. Who knows it can make us poll.
    callback_url: str = field(default="", repr=False)

    def media(self, role: Role) -> list[Media]:
        return [item.media for item in self.inputs if item.role == role]

    def first(self, role: Role) -> Media | None:
        return next(iter(self.media(role)), None)


# what a clip is made after, without being shown as it is
REFERENCES = frozenset(
    {
        Role.REFERENCE_IMAGE,
        Role.REFERENCE_BACKGROUND,
        Role.REFERENCE_VIDEO,
        Role.REFERENCE_AUDIO,
        Role.REFERENCE_VOICE,
        Role.REFERENCE_DOCUMENT,
        Role.ELEMENT,
        Role.ELEMENT_REFERENCE,
        Role.SCENE_IMAGE,
    }
)

# of the references, those that may have a voice each
SPEAKERS = (Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO)


def mode_of(roles: list[Role]) -> Mode:
    """The one place where a mode follows from the inputs; what is done with a source clip does not."""
    if Role.SOURCE_VIDEO in roles:
        return Mode.VIDEO_TO_VIDEO
    if REFERENCES.intersection(roles):
        return Mode.REFERENCE_TO_VIDEO
    if Role.FIRST_FRAME in roles and Role.LAST_FRAME in roles:
        return Mode.FIRST_LAST_FRAME
    if Role.FIRST_FRAME in roles:
        return Mode.IMAGE_TO_VIDEO
    return Mode.TEXT_TO_VIDEO


class JobState(StrEnum):
    """The gateway's side of a take."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FailureClass(StrEnum):
    MODERATION = "moderation"
    INVALID_INPUT = "invalid_input"
    KEY_REJECTED = "key_rejected"
    NO_BALANCE = "no_balance"
    RATE_LIMITED = "rate_limited"
    PROVIDER_DOWN = "provider_down"
    LOST = "lost"
    EXPIRED_RESULT = "expired_result"
    PRICE_MOVED = "price_moved"
    REFUSED_LOCALLY = "refused_locally"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Failure:
    """A final *no* of the gateway. ``billed`` is None where nobody can tell; ``cost_usd`` is what the gateway
    had said the job costs, where it did. ``mend`` is a change of the request with which the same may pass, in
    the words of ``VideoRequest``; a ``prompt`` or ``model`` there is advice: a person looks at it first."""

    failure_class: FailureClass
    message: str
    billed: bool | None = False
    code: str = ""
    hint: str = ""
    cost_usd: Decimal | None = None
    mend: Mapping[str, Any] = field(default_factory=dict)


class ResultKind(StrEnum):
    LINK = "link"  # a plain address, fetched without the key
    BYTES = "bytes"  # the poll itself answers with the file
    ASK = "ask"  # finished, but the address must be asked for


@dataclass(frozen=True)
class Result:
    """Where the finished file lies. ``expires_at`` is what the gateway told, if it did."""

    kind: ResultKind
    url: str = field(default="", repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Job:
    """The gateway's work on one take.

    ``handle`` is whatever the adapter must remember between calls (plain JSON); it is saved with the
    take and comes back unread. ``makes`` is what the answer to a submit says of the clip to come, in the
    words of ``VideoRequest`` (``resolution``, ``duration_s``, ``generate_audio``), where it says so.
    ``deprecation`` is what the answer says of the model's end, if it does.
    """

    id: str
    model: str
    state: JobState = JobState.QUEUED
    progress: float | None = None
    eta_s: float | None = None
    result: Result | None = None
    failure: Failure | None = None
    cost_usd: Decimal | None = None
    # what the vendor counted, where it bills by the token and names no sum
    tokens: int | None = None
    duration_s: float | None = None
    last_frame_url: str = ""
    request_id: str = ""
    makes: Mapping[str, Any] = field(default_factory=dict)
    deadline_s: float | None = None  # when it is overdue, where the request itself said so
    handle: Mapping[str, Any] = field(default_factory=dict)
    deprecation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ConsentNeeded:
    """The gateway asks a person to attest. Nothing was made and nothing is billed.

    ``statements`` maps each boolean the gateway wants back to the sentence a person ticks.
    ``roles`` are the gateway's words for the inputs concerned.
    """

    flow: str
    version: str
    policy_text: str
    roles: tuple[str, ...]
    statements: Mapping[str, str]
    docs_url: str = ""


class RegisteredState(StrEnum):
    """What a gateway says of a file that it was given once and calls by a name of its own."""

    PROCESSING = "processing"
    ACTIVE = "active"
    FAILED = "failed"
    REJECTED = "rejected"
    INACTIVE = "inactive"


@dataclass(frozen=True)
class Registered:
    """A file by the gateway's own name for it."""

    id: str
    state: RegisteredState
    reason: str = ""


@dataclass(frozen=True)
class Allowance:
    """How many calls of one kind a key may still make before ``until``, of how many in all."""

    left: int
    most: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What a gateway tells of a key beside its answers; None and empty where it tells nothing.

    ``beside`` is money that is no dollars, in words. ``unlimited``: the key has no limit of its own, and
    what the account behind it has is not told. ``calls`` has the names of ``Step``.
    """

    balance_usd: Decimal | None = None
    used_usd: Decimal | None = None
    beside: str = ""
    unlimited: bool = False
    calls: Mapping[str, Allowance] = field(default_factory=dict)

    @property
    def tells_money(self) -> bool:
        return self.unlimited or bool(self.beside) or not (self.balance_usd is None and self.used_usd is None)

    def then(self, later: Standing | None) -> Standing:
        """This with what was told later over it; what it says of money stays together."""
        if later is None:
            return self
        money = later if later.tells_money else self
        return replace(money, calls={**self.calls, **later.calls})


@dataclass(frozen=True)
class KeyCheck:
    """What a free call told about a key, and of its money where the gateway says so."""

    ok: bool
    message: str
    standing: Standing | None = None
