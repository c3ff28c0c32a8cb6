"""The still layers of a clip: a dark cinematic backdrop, and the text that lies over it."""

import colorsys
import hashlib
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from providers.sandbox.render.text import Font, caption_font, title_font, wrap

Size = tuple[int, int]
Colour = tuple[int, int, int]
_WHITE = (246, 244, 240)
_GRADES = (  # hues of night, dusk and accent
    (0.60, 0.52, 0.07),  # teal and orange
    (0.68, 0.58, 0.93),  # indigo and rose
    (0.53, 0.46, 0.11),  # deep sea and amber
    (0.76, 0.66, 0.03),  # violet and ember
    (0.02, 0.95, 0.12),  # wine and gold
    (0.63, 0.72, 0.50),  # blue hour and cyan
)
_SMALL = 320  # light is soft: painted on a small canvas and enlarged


def paint_backdrop(size: Size, title: str, *, rough: bool = False) -> Image.Image:
    """Night with a few far lights, its colours drawn from the title; a rough one has no lights."""
    seed = hashlib.sha256(title.encode()).digest()
    small = _fit(size, _SMALL)
    image = _paint_night(small, seed)
    if rough:
        return image.resize(size)
    for number in range(4):
        image = ImageChops.screen(image, _paint_light(small, seed, number))
    image = image.filter(ImageFilter.GaussianBlur(small[0] / 22)).resize(size, Image.Resampling.BICUBIC)
    return _add_grain(_add_vignette(ImageChops.screen(image, _paint_dust(size, seed))))


def dim(image: Image.Image) -> Image.Image:
    """A reference picture as a backdrop: soft and dark enough for a title to stand on."""
    soft = image.filter(ImageFilter.GaussianBlur(image.width / 160))
    return _add_vignette(ImageEnhance.Brightness(ImageEnhance.Color(soft).enhance(0.8)).enhance(0.55))


def _fit(size: Size, longest: int) -> Size:
    scale = longest / max(size)
    return max(16, round(size[0] * scale)), max(16, round(size[1] * scale))


def _hue(seed: bytes, number: int) -> float:
    """Graded like a film: two neighbouring hues for the night, a warm or cold accent against them."""
    base, second, accent = _GRADES[seed[0] % len(_GRADES)]
    return (base, second, base, accent)[number % 4]


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _paint_night(size: Size, seed: bytes) -> Image.Image:
    top = Image.new("RGB", size, _colour(_hue(seed, 1), 0.70, 0.075))
    bottom = Image.new("RGB", size, _colour(_hue(seed, 0), 0.62, 0.19))
    return Image.composite(bottom, top, Image.linear_gradient("L").resize(size))


def _paint_light(size: Size, seed: bytes, number: int) -> Image.Image:
    """One glow, placed by the seed: wide and dim, the accent small and bright."""
    reach = round(max(size) * (0.95, 0.7, 0.6, 0.42)[number])
    glow = ImageChops.invert(Image.radial_gradient("L")).resize((reach, reach))
    glow = glow.point([round(255 * (level / 255) ** 2.2) for level in range(256)])
    left = round(seed[4 + number] / 255 * size[0]) - reach // 2
    top = round((0.1 + 0.6 * seed[8 + number] / 255) * size[1]) - reach // 2
    mask = Image.new("L", size)
    mask.paste(glow, (left, top))
    brightness = (0.46, 0.38, 0.30, 0.62)[number]
    tint = Image.new("RGB", size, _colour(_hue(seed, number), 0.68, brightness))
    return Image.composite(tint, Image.new("RGB", size), mask)


def _paint_dust(size: Size, seed: bytes) -> Image.Image:
    """Faint specks out of focus: on soft light alone nobody would see the camera move."""
    layer = Image.new("L", _fit(size, 960))
    pen = ImageDraw.Draw(layer)
    numbers = hashlib.sha512(seed).digest() * 2
    for number in range(34):
        across, down, wide = numbers[3 * number : 3 * number + 3]
        left, top = across / 255 * layer.width, down / 255 * layer.height
        reach = 2 + (wide / 255) ** 3 * layer.height / 30
        pen.ellipse((left - reach, top - reach, left + reach, top + reach), fill=20 + wide % 34)
    layer = layer.filter(ImageFilter.GaussianBlur(3.2)).resize(size, Image.Resampling.BICUBIC)
    return Image.merge(
        "RGB", [layer.point([level * share // 100 for level in range(256)]) for share in (100, 92, 80)]
    )


def _add_vignette(image: Image.Image) -> Image.Image:
    edge = Image.radial_gradient("L").point(
        [min(255, max(0, level - 90) * 150 // 165) for level in range(256)]
    )
    return Image.composite(Image.new("RGB", image.size), image, edge.resize(image.size))


def _add_grain(image: Image.Image) -> Image.Image:
    """Film grain, and at once the dither without which dark gradients show bands."""
    grain = _make_grain(image.size)
    return Image.merge("RGB", [ImageChops.add(band, grain, 1, -128) for band in image.split()])


@lru_cache(maxsize=2)
def _make_grain(size: Size) -> Image.Image:
    return Image.effect_noise(size, 4)


def lay_title(size: Size, title: str, caption: str) -> Image.Image:
    """A title card's text: short titles large, long ones smaller, a caption at the foot."""
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    unit = min(size)
    margin = round(0.085 * size[0])
    font, rows = _choose_title(title, size, size[0] - 2 * margin)
    step = round(font.size * 1.22)
    top = (size[1] - step * len(rows)) // 2 - round(0.02 * unit)
    _draw_accent(layer, margin, top - round(0.055 * unit), unit)
    _draw_rows(layer, rows, font, (margin, top), step)
    _draw_caption(layer, caption, margin, size[1] - round(0.085 * unit), 190)
    return layer


def _choose_title(title: str, size: Size, width: int) -> tuple[Font, list[str]]:
    unit = min(size) if size[0] >= size[1] else round(min(size) * 0.9)
    for share, lines in ((0.118, 2), (0.094, 3), (0.07, 4)):
        font = title_font(max(9, round(unit * share)))
        rows = wrap(title, font, width, lines)
        if not rows[-1].endswith("…"):
            return font, rows
    font = title_font(max(8, round(unit * 0.054)))
    return font, wrap(title, font, width, 6)


def lay_lower_third(size: Size, title: str, caption: str) -> Image.Image:
    """Two lines of the prompt over the foot of a picture, on a shade that leaves the rest alone."""
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    unit = min(size)
    margin = round(0.055 * size[0])
    font = title_font(max(8, round(0.044 * unit)))
    rows = wrap(title, font, (size[0] - 2 * margin) * 0.86, 2)
    step = round(font.size * 1.28)
    foot = size[1] - round(0.075 * unit)
    top = foot - round(0.035 * unit) - step * len(rows)
    _draw_shade(layer, top - round(0.16 * unit))
    _draw_rows(layer, rows, font, (margin, top), step)
    _draw_caption(layer, caption, margin, foot, 205)
    return layer


def _draw_shade(layer: Image.Image, top: int) -> None:
    height = layer.height - max(0, top)
    slope = Image.linear_gradient("L").point([level * 170 // 255 for level in range(256)])
    shade = Image.new("RGBA", (layer.width, height), (4, 4, 8, 0))
    shade.putalpha(slope.resize((layer.width, height)))
    layer.paste(shade, (0, max(0, top)))


def _draw_accent(layer: Image.Image, left: int, top: int, unit: int) -> None:
    size = (max(4, round(0.075 * unit)), max(1, round(0.006 * unit)))
    ImageDraw.Draw(layer).rectangle((left, top, left + size[0], top + size[1]), fill=(255, 196, 110, 235))


def _draw_rows(layer: Image.Image, rows: list[str], font: Font, at: tuple[int, int], step: int) -> None:
    shadow = Image.new("RGBA", layer.size, (0, 0, 0, 0))
    for colour, canvas in (((0, 0, 0, 150), shadow), ((*_WHITE, 255), layer)):
        pen = ImageDraw.Draw(canvas)
        for number, row in enumerate(rows):
            pen.text((at[0], at[1] + number * step), row, font=font, fill=colour)
        if canvas is shadow:
            layer.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(font.size / 7)))


def _draw_caption(layer: Image.Image, caption: str, left: int, top: int, alpha: int) -> None:
    font = caption_font(max(8, round(0.028 * min(layer.size))))
    row = wrap(caption, font, layer.width - 2 * left, 1)
    written = Image.new("RGBA", layer.size, (0, 0, 0, 0))
    ImageDraw.Draw(written).text((left, top), "".join(row), font=font, fill=(*_WHITE, alpha))
    layer.alpha_composite(written)
