"""Opening pictures that came from outside, safely: known formats, bounded pixels, nothing half-read."""

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
_MAX_PIXELS = 50_000_000


class BadPicture(ValueError):
    """The bytes are no whole picture of a known format."""


def open_picture(source: bytes | Path) -> Image.Image:
    """The picture upright (EXIF) and in RGB. Raises BadPicture."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > _MAX_PIXELS:
                raise BadPicture("more than 50 megapixels")
            image.load()
            return _flatten(ImageOps.exif_transpose(image))
    except BadPicture:
        raise
    except Exception as error:  # Pillow's plugins raise whatever a broken file leads them to
        raise BadPicture(str(error)[:200]) from error


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        paper = Image.new("RGB", image.size, (12, 12, 16))
        layer = image.convert("RGBA")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return image.convert("RGB")


def cover(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Fill the size without bars, cut equally from both sides."""
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS)
