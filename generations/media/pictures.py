"""Still pictures: probe and thumbnail. Runs in the helper process only; ``picture_edit`` makes the copies.

What is written carries no metadata: turned upright, in sRGB, without EXIF, profile or comment.
"""

from __future__ import annotations

import io
import math
import re
import warnings
import zlib
from pathlib import Path

from PIL import Image, ImageCms, UnidentifiedImageError
from PIL import WebPImagePlugin as _webp  # noqa: F401  where it is not there, Pillow loads forty others with it

from .facts import Kind, MediaFacts, TooHeavy, Unplayable

MAX_PIXELS = 50_000_000
THUMB_SIDE = 480
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
_SIDEWAYS = (5, 6, 7, 8)  # the EXIF orientations that swap width and height
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def probe(path: Path, mime: str) -> MediaFacts:
    """Decode the whole picture, of a moving one the first. Raises Unplayable where any of it is damaged."""
    picture = loaded(path, mime)
    width, height = picture.size
    turn = _orientation(picture)
    if turn in _SIDEWAYS:
        width, height = height, width
    return MediaFacts(
        Kind.IMAGE,
        mime,
        width=width,
        height=height,
        animated=_is_animated(picture, mime),
        turned=turn in _TURNS,
        alpha=picture.has_transparency_data,
        colours=picture.mode,
    )


def thumb(path: Path, mime: str, out: Path) -> tuple[int, int]:
    """Write a WEBP of at most 480 pixels a side to ``out``; its size."""
    # twice the size leaves the sharpness to the resampling
    small = upright_srgb(loaded(path, mime, draft=THUMB_SIDE * 2))
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    small.save(out, "WEBP", quality=80)
    return small.size


def loaded(path: Path, mime: str, draft: int = 0) -> Image.Image:
    """The picture, decoded to its end by its own decoder only; what fails here is the file's fault.

    A JPEG decodes straight to a smaller size, not below ``draft`` pixels a side.
    """
    try:
        picture = Image.open(path, formats=(_FORMATS[mime],))
        _check_size(picture)
        if draft:
            picture.draft(None, (draft, draft))
        picture.load()
        return picture
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooHeavy(_too_many_pixels(_told_by(error))) from error
    except UnidentifiedImageError as error:
        raise Unplayable("This picture cannot be read: its contents are damaged.") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, zlib.error) as error:
        raise Unplayable("This picture is cut off or damaged; save or download it again.") from error


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise TooHeavy(_too_many_pixels(picture.width * picture.height))


def _told_by(error: Exception) -> int:
    """Pillow refuses before it tells the size: ``Image size (54000000 pixels) exceeds limit of …``; seen in
    Pillow 13. 0 where it says none."""
    told = re.search(r"\((\d+) pixels\)", str(error))
    return int(told[1]) if told else 0


def _too_many_pixels(count: int) -> str:
    most, own = MAX_PIXELS // 1_000_000, math.ceil(count / 100_000) / 10  # never as few as are allowed
    many = f"{own:,g} million" if count else "too many"
    limit = f"the studio takes up to {most} million"
    return f"This picture has {many} pixels; {limit}. Make it smaller and send it again."


def _is_animated(picture: Image.Image, mime: str) -> bool:
    """A JPEG may hold more than one picture (stereo phones): its first is the photo. Others move."""
    try:
        return mime != "image/jpeg" and bool(getattr(picture, "is_animated", False))
    except (OSError, ValueError, SyntaxError, EOFError, IndexError):
        return True  # there is a second picture, and it is damaged


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except (OSError, ValueError, SyntaxError, TypeError, KeyError):
        return 1  # damaged EXIF says nothing


def upright_srgb(picture: Image.Image) -> Image.Image:
    """RGB or RGBA, turned as its EXIF says, in sRGB, with nothing else attached."""
    turn = _TURNS.get(_orientation(picture))
    plain = _in_srgb(picture, picture.info.get("icc_profile"))
    if turn is not None:
        plain = plain.transpose(turn)
    plain.info = {}  # what is saved from here on takes its metadata from this
    return plain


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits of grey: convert() would clip, not scale
        return picture.point(lambda level: level * (1 / 256)).convert("L").convert("RGB")
    see_through = picture.has_transparency_data
    if picture.mode in ("RGB", "CMYK") and profile:
        try:
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, io.BytesIO(profile), target, outputMode="RGB")
            return converted if converted is not None else picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a damaged profile: better plain colours than no picture
    return picture.convert("RGBA" if see_through else "RGB")


def on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat
