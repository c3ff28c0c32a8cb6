"""How wide the pictures of cards stand on a page, in the words of ``sizes``: so that a browser chooses
between the posters before the styles are there. Kept beside css/feed.css by hand."""

from __future__ import annotations

_FEED = {
    "one": "(max-width: 900px) 95vw, 880px",
    "one tall": "(max-width: 440px) 95vw, 420px",
    "": "(max-width: 1000px) 48vw, 33vw",
    "three": "(max-width: 720px) 48vw, (max-width: 1000px) 32vw, 22vw",
    "tall": "(max-width: 720px) 32vw, (max-width: 1000px) 24vw, 17vw",
}
_ROW_PX, _ROW_OF_A_PHONE_PX = 210, 120  # the wall's rows, as they mostly come out


def in_feed(layout: str) -> str:
    """:param layout: the classes of the batch's grid."""
    return _FEED[layout]


def on_wall(aspect: str) -> str:
    """:param aspect: width over height, as ``16/9``."""
    width, height = (int(part) for part in aspect.split("/"))
    phone, else_ = (round(row * width / height) for row in (_ROW_OF_A_PHONE_PX, _ROW_PX))
    return f"(max-width: 720px) {phone}px, {else_}px"
