"""A copy of a still picture: cut, padded, scaled, converted. Runs in the helper process only.

What is written carries no metadata: turned upright, in sRGB, without EXIF, profile or comment.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

from PIL import Image, ImageFilter

from . import edits
from .edits import Edit
from .facts import Kind, MediaFacts, Unplayable
from .pictures import loaded, on_white, upright_srgb

_LOSSLESS = ("image/png", "image/gif")
_SMALLEST_SIDE = 64
_BLUR_SIDE = 64  # what stands beside a padded picture is this small before it is blown up


def make(path: Path, mime: str, out: Path, edit: Edit) -> MediaFacts:
    """Write the copy; its facts. See-through parts become white in a JPEG. Raises Unplayable where no useful
    picture fits."""
    return write_as(upright_srgb(loaded(path, mime)), edit.mime or _kept_mime(mime), out, edit)


def write_as(picture: Image.Image, mime: str, out: Path, edit: Edit) -> MediaFacts:
    """A picture that is decoded already, shaped and scaled as asked."""
    shaped = _shaped(picture, edit)
    size = edits.scaled(shaped.size, edit)
    if edits.scale_of(shaped.size, edit) > edits.MOST_TIMES_LARGER:
        raise Unplayable("This picture is too small: enlarged more than twice it would only be a blur.")
    if size != shaped.size:
        shaped = shaped.resize(size, Image.Resampling.LANCZOS)
    data = _encoded(shaped, mime, 92)
    if edit.max_bytes and len(data) > edit.max_bytes:
        return _squeezed(shaped, mime if edit.mime else "image/jpeg", out, edit)
    return _written(shaped, mime, data, out)


def _kept_mime(mime: str) -> str:
    """What is lossless stays so."""
    return "image/png" if mime in _LOSSLESS else "image/jpeg"


def _shaped(picture: Image.Image, edit: Edit) -> Image.Image:
    ratio = edits.ratio_of(edit.ratio)
    if ratio is None:
        return picture
    if edit.fill:
        return _padded(picture, edits.canvas(picture.size, ratio), edit.fill)
    left, top, width, height = edits.window(picture.size, ratio, edit.x, edit.y)
    return picture.crop((left, top, left + width, top + height))


def _padded(picture: Image.Image, size: tuple[int, int], fill: str) -> Image.Image:
    under = _blurred(picture, size) if fill == "blur" else Image.new("RGB", size, "black")
    place = ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2)
    under.paste(picture, place, picture if picture.mode == "RGBA" else None)
    return under


def _blurred(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture itself, cut to ``size`` and out of focus and darker: nobody takes it for the scene."""
    left, top, width, height = edits.window(picture.size, size[0] / size[1])
    small = on_white(picture).resize((_BLUR_SIDE, _BLUR_SIDE), box=(left, top, left + width, top + height))
    soft = small.filter(ImageFilter.GaussianBlur(3)).point(lambda level: level * 0.7)
    return soft.resize(size, Image.Resampling.BICUBIC)


def _encoded(picture: Image.Image, mime: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    if mime == "image/png":
        picture.save(buffer, "PNG")
    elif mime == "image/webp":
        picture.save(buffer, "WEBP", quality=quality)
    else:
        on_white(picture).save(buffer, "JPEG", quality=quality, optimize=True, progressive=False)
    return buffer.getvalue()


def _squeezed(full: Image.Image, mime: str, out: Path, edit: Edit) -> MediaFacts:
    """First lower quality, then fewer pixels, but not below the least that are asked for."""
    most, small = edit.max_bytes or 0, full
    for quality in (92, 85, 78):
        data = _encoded(full, mime, quality)
        if len(data) <= most:
            return _written(full, mime, data, out)
    while len(data) > most:
        factor = min(0.9, math.sqrt(most / len(data)))
        size = (int(small.width * factor), int(small.height * factor))
        if min(size) < 1 or max(size) < _SMALLEST_SIDE or _too_small(size, edit):
            raise Unplayable(f"This picture cannot be made to fit in {most} bytes.")
        small = full.resize(size, Image.Resampling.LANCZOS)
        data = _encoded(small, mime, 85)
    return _written(small, mime, data, out)


def _too_small(size: tuple[int, int], edit: Edit) -> bool:
    return min(size) < (edit.min_side_px or 0) or size[0] * size[1] < (edit.min_pixels or 0)


def _written(picture: Image.Image, mime: str, data: bytes, out: Path) -> MediaFacts:
    out.write_bytes(data)
    alpha = picture.mode == "RGBA" and mime != "image/jpeg"
    width, height = picture.size
    colours = "RGBA" if alpha else "RGB"
    return MediaFacts(Kind.IMAGE, mime, width=width, height=height, alpha=alpha, colours=colours)
