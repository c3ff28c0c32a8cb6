"""What a clip shall be: plain values that name it, in the server and in the renderer's process."""

import hashlib
import json
from dataclasses import asdict, dataclass

FPS, ROUGH_FPS = 24, 6
_LOOK = 2  # raise it when the picture changes, so that no old clip is taken from the cache


@dataclass(frozen=True, slots=True)
class ClipOrder:
    width: int
    height: int
    duration_s: int
    audio: bool
    title: str
    caption: str
    first: str = ""  # SHA-256 of a picture in the inputs folder
    last: str = ""
    backdrop: str = ""  # a reference picture: shown behind the title, not as first frame
    codec: str = "h264"  # or "hevc", which has ten bits
    rough: bool = False  # few frames, plain light and a camera at rest: where nobody looks, as in most tests

    @property
    def fps(self) -> int:
        return ROUGH_FPS if self.rough else FPS

    @property
    def frames(self) -> int:
        return self.duration_s * self.fps

    def get_key(self) -> str:
        body = json.dumps([_LOOK, asdict(self)], sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()
