"""What one model takes, as one typed value that can be written down and read back.

The form, the API, the preflight, the adapter's refusal and the model comparison all read this value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from pydantic import TypeAdapter

from .tags import tags_of
from .values import AUTO_S, Mode, Role, VideoRequest, mode_of

Leavable = Literal["resolution", "aspect_ratio", "generate_audio"]
# what a model may do with a source clip
WITH_A_CLIP = (Mode.VIDEO_TO_VIDEO, Mode.EDIT, Mode.EXTEND, Mode.UPSCALE)


class Audio(StrEnum):
    NONE = "none"  # silent clips
    FIXED = "fixed"  # always with sound, cannot be switched
    OPTIONAL = "optional"


class Faces(StrEnum):
    """What a model does with a picture of a real person."""

    UNKNOWN = ""
    ASKS = "asks"
    MAY_REFUSE = "may_refuse"
    REFUSES = "refuses"


class Beta(StrEnum):
    """Whether its gateway calls a model unfinished, and who may use it then."""

    NO = ""
    OPEN = "open"
    ACCOUNTS = "accounts"  # those alone that the gateway lets into its beta


class Privacy(StrEnum):
    """What becomes of words and files, as its gateway says of a model."""

    UNKNOWN = ""
    PRIVATE = "private"  # the gateway keeps nothing after the request
    ANONYMIZED = "anonymized"  # a third party runs it, and is not told who asks


class Travel(StrEnum):
    """How a file may reach the gateway."""

    MULTIPART = "multipart"
    DATA_URL = "data_url"
    PUBLIC_URL = "public_url"
    REGISTERED = "registered"  # the gateway has it, and goes by a name


@dataclass(frozen=True)
class Choice:
    """A discrete value: ours, and the gateway's own spelling of it."""

    value: str
    wire: str
    modes: tuple[Mode, ...] = ()  # offered in these only; empty: in all
    beside: tuple[Role, ...] = ()  # taken only together with one of these, and not in the gateway's list
    note: str = ""  # a few words beside it where it is chosen: how its clips are stored


@dataclass(frozen=True)
class RoleLimits:
    """What a model takes for one input role. ``None`` means *no limit known*."""

    max_count: int = 1
    min_count: int = 0
    mimes: tuple[str, ...] = ("image/jpeg", "image/png", "image/webp")
    max_bytes: int | None = None
    min_side_px: int | None = None
    max_side_px: int | None = None
    min_pixels: int | None = None  # width × height
    max_pixels: int | None = None
    min_ratio: float | None = None  # width / height
    max_ratio: float | None = None
    between_ratios: bool = False  # the two bounds themselves are refused
    min_s: float | None = None
    max_s: float | None = None
    total_s: float | None = None
    min_fps: float | None = None
    max_fps: float | None = None
    # of clips, as FFmpeg names them, ``pcm`` for every kind of it; empty: any, or not known
    video_codecs: tuple[str, ...] = ()
    audio_codecs: tuple[str, ...] = ()
    travel: tuple[Travel, ...] | None = None  # None: as the model's other files
    beside: tuple[Role, ...] = ()  # taken only together with one of these
    counts: Mapping[Mode, tuple[int, int]] = field(default_factory=dict)  # least and most, in one mode
    with_clip_s: float | None = None  # all of this role and the clip asked for, together


@dataclass(frozen=True)
class Together:
    """Roles that share one limit: how many files, and how many seconds in sum."""

    roles: tuple[Role, ...]
    most: int
    total_s: float | None = None


@dataclass(frozen=True)
class ExtraField:
    """One typed option beyond the neutral request that the catalogue allows for a model."""

    kind: Literal["string", "integer", "number", "boolean", "choice"]
    label: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    names_person: bool = False  # a pseudonym of who asked: filled in by the studio, never typed
    modes: tuple[Mode, ...] = ()  # taken in these only; empty: in all
    goes_with: tuple[Mode, ...] = ()  # taken by models that have one of these; empty: by all
    needs: Mapping[str, Any] = field(default_factory=dict)  # what fields of the request must be beside it
    replaces: str = ""  # the field of the request that it stands in for
    # what the studio sends where nothing is said; None said on purpose leaves it to the gateway
    default: int | None = None

    def fits(self, mode: Mode) -> bool:
        return not self.modes or mode in self.modes

    def takes(self, value: Any) -> bool:
        if value is None:
            return self.default is not None
        if not isinstance(value, _TYPES[self.kind]) or (isinstance(value, bool) and self.kind != "boolean"):
            return False
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            low = float("-inf") if self.minimum is None else self.minimum
            high = float("inf") if self.maximum is None else self.maximum
            return low <= value <= high
        return True

    def wanted(self) -> str:
        """What it takes, as a sentence; its choices are listed apart."""
        if self.kind == "boolean":
            return "On or off."
        if self.kind in ("string", "choice"):
            return "One of the listed words." if self.choices else "A text."
        what = "A whole number" if self.kind == "integer" else "A number"
        if self.minimum is not None and self.maximum is not None:
            return f"{what} from {self.minimum:g} to {self.maximum:g}."
        return f"{what}."


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "choice": (str,),
}


@dataclass(frozen=True)
class Capabilities:
    modes: tuple[Mode, ...]
    durations_s: tuple[float, ...] = ()
    # where AUTO_S is the length of the clips among the inputs: the least and the most seconds of them
    auto_clip_s: tuple[float, float] | None = None
    resolutions: tuple[Choice, ...] = ()
    aspect_ratios: tuple[Choice, ...] = ()
    # modes in which the gateway forbids an aspect ratio: it follows from the picture
    ratio_from_input: tuple[Mode, ...] = ()
    audio: Audio = Audio.NONE
    seed: bool = False
    seed_max: int = 2**32 - 1
    negative_prompt: bool = False
    watermark: bool = False
    return_last_frame: bool = False
    prompt_max_chars: int = 2500
    prompt_required: bool = True
    prompt_flags: bool = False  # the vendor would read ``--word`` in a prompt as a setting
    upscale_factors: tuple[int, ...] = ()
    inputs: Mapping[Role, RoleLimits] = field(default_factory=dict)
    exclusive: tuple[tuple[Role, ...], ...] = ()  # groups of roles of which one request takes one
    one_of: tuple[tuple[Role, ...], ...] = ()  # groups of roles of which one request needs one
    together: tuple[Together, ...] = ()
    # what goes out as the prompt in a mode that the vendor tells by the prompt; ``worded`` fills it in
    prompt_forms: Mapping[Mode, str] = field(default_factory=dict)
    # how a prompt names the files of a role, ``{n}`` their number; without one it says so in words
    prompt_tags: Mapping[Role, str] = field(default_factory=dict)
    source_length: bool = False  # the source clip's length is sent as the length asked for
    travel: tuple[Travel, ...] = (Travel.DATA_URL, Travel.PUBLIC_URL)
    # roles whose files may go out by the name that the gateway gave them, where it has a ``registrar``
    registered: tuple[Role, ...] = ()
    # a mode, or an option as "name=value", with which every file must be at a public address
    public_when: tuple[str, ...] = ()
    max_body_bytes: int = 30_000_000
    extra: Mapping[str, ExtraField] = field(default_factory=dict)
    # what a request may leave to the gateway, with what its pages say is made then; "": they do not say
    left_to_gateway: Mapping[Leavable, str | bool] = field(default_factory=dict)
    may_ask_consent: bool = False
    # what it does with pictures of real people, where its pages say so; with ``faces_source``
    faces: Faces = Faces.UNKNOWN
    faces_source: str = ""
    beta: Beta = Beta.NO
    privacy: Privacy = Privacy.UNKNOWN
    # two-letter codes of the countries that its gateway closes it to; where an account stands, nobody tells
    closed_in: tuple[str, ...] = ()

    def ways(self, role: Role, request: VideoRequest | None = None) -> tuple[Travel, ...]:
        """How a file of this role may travel, in this request."""
        if request is not None:
            told = {request.mode.value, *(f"{name}={value}" for name, value in request.extra.items())}
            if told.intersection(self.public_when):
                return (Travel.PUBLIC_URL,)
        limits = self.inputs.get(role)
        return self.travel if limits is None or limits.travel is None else limits.travel

    def mode_for(self, roles: Sequence[Role], asked: Mode | None = None) -> Mode:
        """The mode that follows from the inputs; with source clips what was asked for, else the first thing
        that the model does with so many."""
        mode = mode_of(list(roles))
        if mode != Mode.VIDEO_TO_VIDEO:
            return Mode.REFERENCE_TO_VIDEO if self._is_reference(mode, roles) else mode
        if asked in WITH_A_CLIP:
            return asked
        does = [item for item in WITH_A_CLIP if item in self.modes]
        clips, limits = list(roles).count(Role.SOURCE_VIDEO), self.inputs.get(Role.SOURCE_VIDEO)
        counts = limits.counts if limits else {}
        fitting = (item for item in does if item not in counts or counts[item][0] <= clips <= counts[item][1])
        return next(fitting, does[0] if does else mode)

    def _is_reference(self, mode: Mode, roles: Sequence[Role]) -> bool:
        """A model of references that a frame alone is enough for takes it as one of them."""
        enough = any(set(group).intersection(roles) for group in self.one_of)
        return mode not in self.modes and Mode.REFERENCE_TO_VIDEO in self.modes and enough

    def default_duration(self) -> float | None:
        """Five seconds where the model has it, else its shortest."""
        if not self.durations_s:
            return None
        return 5.0 if 5.0 in self.durations_s else self.shortest_duration()

    def shortest_duration(self) -> float | None:
        """Of the lengths in seconds; *the model chooses* is none."""
        return min((value for value in self.durations_s if value != AUTO_S), default=None)

    def default_resolution(self) -> str | None:
        values = [choice.value for choice in self.resolutions]
        return "720p" if "720p" in values else (values[0] if values else None)

    def ratios(self, mode: Mode) -> tuple[str, ...]:
        """What can be chosen in this mode."""
        if mode in self.ratio_from_input:
            return ()
        return tuple(item.value for item in self.aspect_ratios if not item.modes or mode in item.modes)

    def default_ratio(self, mode: Mode) -> str | None:
        values = self.ratios(mode)
        return "16:9" if "16:9" in values else (values[0] if values else None)

    def leavable(self, mode: Mode) -> tuple[Leavable, ...]:
        """What could be chosen in this mode, and may be left to the gateway instead."""
        is_a_choice = {
            "resolution": bool(self.resolutions),
            "aspect_ratio": bool(self.ratios(mode)),
            "generate_audio": self.audio == Audio.OPTIONAL,
        }
        return tuple(name for name in self.left_to_gateway if is_a_choice[name])

    def replaced(self, extra: Mapping[str, Any]) -> frozenset[str]:
        """The fields of the request that one of these options stands in for."""
        given = (spec.replaces for name, spec in self.extra.items() if extra.get(name) is not None)
        return frozenset(filter(None, given))

    def worded(self, request: VideoRequest) -> str:
        """The prompt as it goes out: in the form of its mode, unless it begins like that form already.

        In a form ``{prompt}`` stands for what a person wrote, ``{references}`` for a tag of each reference
        (``<Image 1>, <Video 1>``) and ``{following}`` for the source clips after the first.
        """
        form = self.prompt_forms.get(request.mode, "")
        if not form or request.prompt.lower().startswith(_opening(form)):
            return request.prompt
        clips = len(request.media(Role.SOURCE_VIDEO))
        values = {
            "{references}": ", ".join(self._references(request)),
            "{following}": " + ".join(f"followed by <Video {at}>" for at in range(2, clips + 1)),
            "{prompt}": request.prompt,
        }
        for name, value in values.items():
            form = form.replace(name, value)
        return form

    def _references(self, request: VideoRequest) -> list[str]:
        """What the prompt calls them: pictures, clips, then sounds."""
        roles = [item.role for item in request.inputs]
        tags = tags_of(roles, self.prompt_tags)
        return [tag for kind in _KINDS for role, tag in zip(roles, tags, strict=True) if role == kind]

    def sound(self, request: VideoRequest) -> bool:
        """Whether this request gives a clip with sound; where it can be switched, *not asked for* is off."""
        if self.audio == Audio.OPTIONAL:
            return bool(request.generate_audio)
        return self.audio == Audio.FIXED

    def wire_resolution(self, value: str) -> str:
        return _wire(self.resolutions, value)

    def wire_ratio(self, value: str) -> str:
        return _wire(self.aspect_ratios, value)


def _opening(form: str) -> str:
    """What a prompt in this form begins with: up to its first tag, or to the first blank to fill."""
    head, closed, _ = form.partition("{")[0].partition(">")
    return (head + closed).lower()


_KINDS = (Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO)


def _wire(choices: tuple[Choice, ...], value: str) -> str:
    return next((choice.wire for choice in choices if choice.value == value), value)


_ADAPTER = TypeAdapter(Capabilities)


def to_plain(capabilities: Capabilities) -> dict[str, Any]:
    """JSON-ready; ``from_plain`` reads it back."""
    plain: dict[str, Any] = _ADAPTER.dump_python(capabilities, mode="json")
    return plain


def from_plain(plain: Mapping[str, Any]) -> Capabilities:
    """Read what ``to_plain`` or a catalogue wrote; a bare string is a choice spelt alike on both sides.

    :raises pydantic.ValidationError: when a field has the wrong shape.
    """
    data = dict(plain)
    for name in ("resolutions", "aspect_ratios"):
        data[name] = [
            {"value": item, "wire": item} if isinstance(item, str) else item for item in data.get(name, ())
        ]
    return _ADAPTER.validate_python(data)
