"""From a gateway's words for size ("720p", "16:9", "adaptive") to pixels."""

_SHORT_SIDES = {"1k": 1024, "2k": 1440, "4k": 2160, "true_1080p": 1080, "2x": 1080, "4x": 2160}
_EXTREME = 21 / 9


def size_for(resolution: str, aspect_ratio: str, picture: tuple[int, int] | None = None) -> tuple[int, int]:
    """Even width and height. A ratio that is no pair of numbers is taken from the picture, else 16:9."""
    short = _short_side(resolution)
    ratio = _find_ratio(aspect_ratio) or _ratio_of(picture)
    if ratio >= 1:
        return _even(short * ratio), _even(short)
    return _even(short), _even(short / ratio)


def _short_side(resolution: str) -> int:
    name = resolution.lower()
    if name in _SHORT_SIDES:
        return _SHORT_SIDES[name]
    return int(name.removesuffix("p")) if name.removesuffix("p").isdigit() else 720


def _find_ratio(aspect_ratio: str) -> float | None:
    width, _, height = aspect_ratio.partition(":")
    return int(width) / int(height) if width.isdigit() and height.isdigit() else None


def _ratio_of(picture: tuple[int, int] | None) -> float:
    if picture is None:
        return 16 / 9
    return min(max(picture[0] / picture[1], 1 / _EXTREME), _EXTREME)


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)
