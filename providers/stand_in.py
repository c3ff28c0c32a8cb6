"""A blank clip with the measures of another one: what a gateway is shown that opens a clip to tell a price.

Venice reads the length, the frame rate and the height of the source clip (its quote page, read 2026-09), and
nothing of what is to be seen. So nobody's pictures leave the studio before the click, the question is small
enough for every body limit, and it needs no public address.
"""

from __future__ import annotations

import base64
import io
from fractions import Fraction
from functools import lru_cache
from math import ceil

import av
from av.packet import Packet
from av.video.stream import VideoStream

from .gateways.errors import Unsupported
from .gateways.values import Media, Role

MIME = "video/mp4"
_LEAST_PIECE, _MOST_PIECES = 12, 100  # frames that are encoded, and how often they may be said again
_MOST_FRAMES = 200_000  # nearly an hour at 60 a second
_BLACK = (16, 128, 128)  # of each plane


def stand_in_for(media: Media) -> Media:
    """The same length, size and frame rate; the address is a data URL, the bytes are blank.

    :raises Unsupported: where the probe found not all of them.
    """
    if not (media.width and media.height and media.duration_s and media.fps):
        raise Unsupported(
            "The length, size or frame rate of the source clip is not known.", field=Role.SOURCE_VIDEO
        )
    if media.duration_s * media.fps > _MOST_FRAMES:
        raise Unsupported("The source clip is too long to ask for its price.", field=Role.SOURCE_VIDEO)
    try:
        data = blank_mp4(media.width, media.height, media.fps, media.duration_s)
    except (av.FFmpegError, ValueError) as error:  # a size that the encoder does not take
        raise Unsupported("No clip of this size can be priced.", field=Role.SOURCE_VIDEO) from error
    return media.at(f"data:{MIME};base64,{base64.b64encode(data).decode()}")


@lru_cache(maxsize=16)
def blank_mp4(width: int, height: int, fps: float, duration_s: float) -> bytes:
    """A black H.264 clip without sound. A few frames are encoded, and their packets said again to its end:
    each row of them stands by itself, so that a decoder can play it too."""
    rate, frames = Fraction(fps).limit_denominator(1001), max(1, round(duration_s * fps))
    length = min(frames, max(_LEAST_PIECE, ceil(frames / _MOST_PIECES)))
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as film:
        stream = _add_stream(film, width, height, rate, length)
        pieces = _encode(stream, length)
        for number in range(frames):
            film.mux(_again(pieces[number % length], number, stream, rate))
    return target.getvalue()


def _add_stream(
    film: av.container.OutputContainer, width: int, height: int, rate: Fraction, length: int
) -> VideoStream:
    stream = film.add_stream("libx264", rate=rate)
    stream.width, stream.height, stream.codec_context.time_base = width, height, 1 / rate
    stream.pix_fmt = "yuv444p" if width % 2 or height % 2 else "yuv420p"  # halved colour needs even sides
    stream.options = {"preset": "ultrafast", "g": str(length), "bf": "0", "threads": "1"}
    return stream


def _encode(stream: VideoStream, length: int) -> list[bytes]:
    """The packets of one row of frames, the first of them a key frame."""
    frame = av.VideoFrame(stream.width, stream.height, stream.pix_fmt or "yuv420p")
    for plane, value in zip(frame.planes, _BLACK, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    packets: list[Packet] = []
    for number in range(length):
        frame.pts = number
        packets += stream.encode(frame)
    return [bytes(packet) for packet in [*packets, *stream.encode(None)]]


def _again(piece: bytes, number: int, stream: VideoStream, rate: Fraction) -> Packet:
    packet = Packet(piece)
    packet.stream, packet.time_base = stream, 1 / rate
    packet.pts = packet.dts = number
    packet.duration = 1
    return packet
