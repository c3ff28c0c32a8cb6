"""Words in the picture: fonts, wrapping, and never a box for a letter the font lacks."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_FONTS = Path(__file__).parent / "fonts"
_STAND_IN = "·"
Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=64)
def title_font(size: int) -> Font:
    return ImageFont.truetype(_FONTS / "InterDisplay-SemiBold.ttf", size)


@lru_cache(maxsize=64)
def caption_font(size: int) -> Font:
    return ImageFont.truetype(_FONTS / "Inter-Medium.ttf", size)


@lru_cache(maxsize=8192)
def _has_glyph(letter: str) -> bool:
    """The font draws what it lacks as its `.notdef` box: compare with a letter nobody has."""
    font = title_font(32)
    drawn, box = font.getmask(letter), font.getmask("\U0010fffd")
    return drawn.size != box.size or bytes(drawn) != bytes(box)


def make_drawable(text: str, otherwise: str) -> str:
    """Runs of letters the font lacks become one dot; if only dots remain, the other text."""
    drawn: list[str] = []
    for letter in " ".join(text.split()):
        fits = letter == " " or (letter.isprintable() and _has_glyph(letter))
        if fits or not drawn or drawn[-1] != _STAND_IN:
            drawn.append(letter if fits else _STAND_IN)
    clean = " ".join("".join(drawn).split())
    return clean if any(letter.isalnum() for letter in clean) else otherwise


def wrap(text: str, font: Font, width: float, lines: int) -> list[str]:
    """At most so many lines; what does not fit ends in an ellipsis."""
    rows: list[str] = []
    left = text
    while left and len(rows) < lines:
        row, left = _take_row(left, font, width)
        rows.append(row)
    if left and rows:
        rows[-1] = _ellipsis(f"{rows[-1]} {left}", font, width)
    return rows


def _take_row(text: str, font: Font, width: float) -> tuple[str, str]:
    words = text.split(" ")
    count = 1
    while count < len(words) and font.getlength(" ".join(words[: count + 1])) <= width:
        count += 1
    row, left = " ".join(words[:count]), " ".join(words[count:])
    if font.getlength(row) <= width:
        return row, left
    fits = max(1, _count_fitting(row, font, width))  # one word wider than the frame
    return row[:fits], f"{row[fits:]} {left}".strip()


def _count_fitting(text: str, font: Font, width: float) -> int:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(text[:middle]) <= width else (low, middle - 1)
    return low


def _ellipsis(text: str, font: Font, width: float) -> str:
    text = text[:400]
    if font.getlength(text) <= width:
        return text
    return text[: _count_fitting(text, font, width - font.getlength("…"))].rstrip(" ,.;:–-") + "…"
