"""Poster, small poster, strip of ten frames and last frame of a clip. Runs in the helper process only.

Short clips, nearly all of them, are decoded once from end to end. Long or large ones are sampled at
key frames, so that the processor limit is never met.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
from PIL import Image, ImageStat

from .facts import DerivedFile, Unplayable
from .pictures import THUMB_SIDE
from .tracks import duration_of, opened, picture_track, read_through

TILES = 10
TILE_BOX = (320, 570)
POSTER_WIDTH = 1280
_WHOLE_PIXELS = 3_000_000_000  # decoded in about ten seconds of one core
_BLANK = 6.0  # standard deviation of brightness below which a picture shows nothing
_ITU_601, _ITU_709, _UNSPECIFIED = 5, 1, 2


def derive(path: Path, mime: str, folder: Path) -> list[DerivedFile]:
    """Write poster.webp, small.webp, strip.webp and last_frame.png into ``folder``. Raises Unplayable."""
    with opened(path, mime) as container:
        track = picture_track(container)
        if track is None:
            raise Unplayable("This file holds no moving picture.")
        track.codec_context.thread_type = "SLICE"  # frame threads would each hold pictures in memory
        tiles, last = _pictures(container, track)
    return [*_posters(tiles, folder), _strip(tiles, folder), _last(last, folder)]


def first_picture(path: Path, mime: str) -> Image.Image:
    """An early picture that shows something, for a thumbnail. Raises Unplayable."""
    with opened(path, mime) as container:
        track = picture_track(container)
        if track is None:
            raise Unplayable("This file holds no moving picture.")
        shown = None
        for index, frame in enumerate(_frames(container, track)):
            if index % 5 == 0:
                shown = picture_of(frame, POSTER_WIDTH)
                if not _is_blank(shown) or index > 60:
                    break
        return _needed(shown)


def _pictures(container: Any, track: Any) -> tuple[list[Image.Image], Image.Image]:
    reading = read_through(container, track)
    start, seconds = reading.start or 0.0, duration_of(track, reading)
    targets = [start + seconds * (tile + 0.5) / TILES for tile in range(TILES)]
    work = track.codec_context.width * track.codec_context.height * reading.packets
    container.seek(0)
    if work <= _WHOLE_PIXELS:
        return _one_pass(container, track, targets)
    tiles = [_near(container, track, target) for target in targets]
    return tiles, _tail(container, track, reading.last_key)


def _one_pass(container: Any, track: Any, targets: list[float]) -> tuple[list[Image.Image], Image.Image]:
    tiles: list[Image.Image] = []
    last = None
    for frame in _frames(container, track):
        last = frame
        while len(tiles) < TILES and (frame.time or 0.0) >= targets[len(tiles)]:
            tiles.append(picture_of(frame, POSTER_WIDTH))
    last = _needed(last)
    missing = TILES - len(tiles)  # a last frame that stays on screen past several targets
    tiles += [picture_of(last, POSTER_WIDTH)] * missing
    return tiles, picture_of(last)


def _near(container: Any, track: Any, seconds: float) -> Image.Image:
    """The key frame at or before this moment: one picture to decode, not a hundred."""
    container.seek(int(seconds / track.time_base), stream=track)
    return picture_of(_needed(next(_frames(container, track), None)), POSTER_WIDTH)


def _tail(container: Any, track: Any, last_key: int | None) -> Image.Image:
    container.seek(last_key or 0, stream=track)
    last = None
    for frame in _frames(container, track):
        last = frame
    return picture_of(_needed(last))


def _frames(container: Any, track: Any) -> Iterator[Any]:
    """Every frame that decodes, in order of showing; damaged packets are passed over."""
    for packet in container.demux(track):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def _needed(found: Any) -> Any:
    if found is None:
        raise Unplayable("No picture of this clip can be read.")
    return found


def picture_of(frame: Any, max_width: int | None = None) -> Image.Image:
    """The frame upright in RGB, no wider than ``max_width`` pixels."""
    turn = round(frame.rotation / 90) % 4
    shown_width = frame.height if turn % 2 else frame.width
    scale = min(1.0, max_width / shown_width) if max_width else 1.0
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    picture = frame.to_image(width=size[0], height=size[1], src_colorspace=_colours(frame))
    turns = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
    return picture.transpose(turns[turn - 1]) if turn else picture


def _colours(frame: Any) -> int:
    """Unmarked HD is Rec. 709 to every player; the scaler alone would take it for 601."""
    if frame.colorspace != _UNSPECIFIED:
        return int(frame.colorspace)
    return _ITU_709 if frame.height >= 720 else _ITU_601


def _is_blank(picture: Image.Image) -> bool:
    return ImageStat.Stat(picture.convert("L")).stddev[0] < _BLANK


def _posters(tiles: list[Image.Image], folder: Path) -> list[DerivedFile]:
    """The first tile that shows something, for many clips fade in from black; and the same for cards."""
    picture = next((tile for tile in tiles if not _is_blank(tile)), tiles[0])
    small = picture.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return [
        _saved(picture, "poster", folder, "WEBP", quality=82),
        _saved(small, "small", folder, "WEBP", quality=80),
    ]


def _strip(tiles: list[Image.Image], folder: Path) -> DerivedFile:
    small = tiles[0].copy()
    small.thumbnail(TILE_BOX)
    width, height = small.size
    strip = Image.new("RGB", (width * TILES, height))
    for index, tile in enumerate(tiles):
        strip.paste(tile.resize((width, height), Image.Resampling.LANCZOS), (index * width, 0))
    return _saved(strip, "strip", folder, "WEBP", quality=75)


def _last(picture: Image.Image, folder: Path) -> DerivedFile:
    return _saved(picture, "last_frame", folder, "PNG")


def _saved(picture: Image.Image, kind: str, folder: Path, form: str, **options: int) -> DerivedFile:
    path = folder / f"{kind}.{form.lower()}"
    picture.save(path, form, **options)
    return DerivedFile(kind, path, f"image/{form.lower()}", picture.width, picture.height)
