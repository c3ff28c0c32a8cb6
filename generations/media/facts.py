"""What is known of a media file, and the ways in which a file can be refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Kind(StrEnum):
    """The same words as ``Asset.Kind``."""

    IMAGE = "image"
    CLIP = "clip"
    SOUND = "sound"
    DOCUMENT = "document"  # never opened by a decoder


class Unplayable(Exception):
    """The file cannot be used. ``sentence`` is fit for whoever uploads it: what is wrong with it, and after
    a full stop or a semicolon what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    @property
    def fault(self) -> str:
        """What is wrong alone: nobody here can mend a file that a gateway sent."""
        return re.split(r"[.;](?: |$)", self.sentence, maxsplit=1)[0]


class NotMedia(Unplayable):
    """The bytes are of a type that the studio does not take, whatever the name says."""


class TooHeavy(Unplayable):
    """Reading the file passed a limit: memory, processor time, wall time or pixels."""


class MediaToolError(RuntimeError):
    """The helper process itself failed: our fault, not the file's. Worth another try."""


class MediaBusy(MediaToolError):
    """Other files are being converted, and nobody could wait any longer."""


@dataclass(frozen=True)
class MediaFacts:
    """What a probe found. Width and height in pixels as shown, that is after any rotation.

    ``frames`` counts the packets of the picture track, ``hidden`` those of them that an edit list keeps
    from being shown. ``rate`` is the exact one (``24000/1001``) beside the rounded ``fps``; one is ``uneven``
    where some frame is shown half a frame or more beside its turn by that rate. The first picture
    is shown at ``start_s``, and key frames are at most ``key_gap_s`` apart, the end counted as one.
    ``pixels`` names how the pictures are stored (``yuv420p``). ``faststart`` is None where the container has
    no such notion. ``turned``: a picture lies otherwise in the file than its EXIF says it is shown;
    ``colours`` is its colour model as Pillow names it.
    """

    kind: Kind
    mime: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    fps: float | None = None
    frames: int | None = None
    video_codec: str = ""
    audio_codec: str = ""
    has_audio: bool = False
    faststart: bool | None = None
    sample_rate: int | None = None
    channels: int | None = None
    variable_fps: bool = False
    uneven: bool = False
    rate: str = ""
    hidden: int = 0
    start_s: float = 0.0
    key_gap_s: float | None = None
    pixels: str = ""
    animated: bool = False
    turned: bool = False
    alpha: bool = False
    colours: str = ""

    def plain(self) -> dict[str, Any]:
        """What an asset keeps beside its columns: only what was found, as JSON."""
        return {name: value for name in _KEPT if (value := getattr(self, name))}

    def of_clip(self) -> dict[str, Any]:
        """What a take keeps beside the columns of its clip, as JSON."""
        return {name: getattr(self, name) for name in _OF_CLIP} | {"review_for": self.review_for}

    @property
    def review_for(self) -> str:
        """Why a browser does not find, or does not show, each of its frames; empty where it does."""
        if self.video_codec not in _SHOWN or (self.pixels and self.pixels not in _SHOWN_PIXELS):
            return "codec"
        if self.audio_codec in _UNHEARD:
            return "sound"
        if self.variable_fps or self.uneven:
            return "pace"
        if self.hidden:
            return "hidden"
        return "keys" if self.key_gap_s is None or self.key_gap_s > _KEY_GAP_S else ""


_SHOWN = ("h264", "vp8", "vp9", "av1")  # by every browser
_SHOWN_PIXELS = ("yuv420p", "yuvj420p")
_UNHEARD = ("ac3", "eac3", "alac")
_KEY_GAP_S = 1.1  # further apart, and a step back has to decode more than one waits for
REVIEW_FOR = ("codec", "sound", "pace", "hidden", "keys")
_OF_CLIP = (
    *("video_codec", "audio_codec", "frames", "has_audio", "rate", "start_s", "hidden"),
    *("variable_fps", "uneven", "key_gap_s", "pixels"),
)
_KEPT = (
    *("video_codec", "audio_codec", "sample_rate", "channels", "variable_fps"),
    *("animated", "turned", "alpha", "colours"),
)


@dataclass(frozen=True)
class DerivedFile:
    """One file made from a clip: ``kind`` is poster, small, strip or last_frame; sizes in pixels."""

    kind: str
    path: Path
    mime: str
    width: int
    height: int
