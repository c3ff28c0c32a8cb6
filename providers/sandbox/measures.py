"""What a gateway reads of a clip that it opens for a price: length, size and frame rate."""

import io
from dataclasses import dataclass

import av

from providers.sandbox.media import BadMedia, Media

_WEBM_HEAD = b"\x1a\x45\xdf\xa3"


@dataclass(frozen=True)
class Measures:
    seconds: float
    width: int
    height: int
    fps: float


def measure(media: Media) -> Measures | None:
    """None for a public link, which is not fetched here. Raises BadMedia for what cannot be read."""
    if media.data is None:
        return None
    form = "matroska" if media.data[:4] == _WEBM_HEAD else "mov"
    try:
        with av.open(io.BytesIO(media.data), "r", format=form) as film:
            track = film.streams.video[0]
            seconds, fps = (film.duration or 0) / 1_000_000, float(track.average_rate or 0)
            found = Measures(seconds, track.width, track.height, fps)
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise BadMedia("video_url: video cannot be read") from error
    if not (found.seconds and found.height and found.fps):
        raise BadMedia("video_url: video has no length or frame rate")
    return found
