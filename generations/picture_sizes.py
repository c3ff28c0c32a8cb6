"""How wide the pictures of cards stand on a page, in the words of ``sizes``: so that a browser chooses
between the posters before the styles are there. Kept beside css/feed.css by hand.

On phones with three pixels for one of the page's, cards that stand side by side are said to be smaller than
they are: the small poster has two for one there, and nobody sees more in a list.
"""

from __future__ import annotations

_FEED = {
    "one": "(max-width: 900px) 95vw, 880px",
    "one tall": "(max-width: 440px) 95vw, 420px",
    "": "(max-width: 480px) 160px, (max-width: 1000px) 48vw, 33vw",
    "three": "(max-width: 480px) 160px, (max-width: 720px) 48vw, (max-width: 1000px) 32vw, 22vw",
    "tall": "(max-width: 480px) 90px, (max-width: 1000px) 30vw, 17vw",
}
_ROW_PX, _ROW_OF_A_PHONE_PX = 210, 90  # the wall's rows, as they mostly come out; those of a phone: see above


def in_feed(layout: str) -> str:
    """:param layout: the classes of the batch's grid."""
    return _FEED[layout]


def on_wall(aspect: str) -> str:
    """:param aspect: width over height, as ``16/9``."""
    width, height = (int(part) for part in aspect.split("/"))
    phone, else_ = (round(row * width / height) for row in (_ROW_OF_A_PHONE_PX, _ROW_PX))
    return f"(max-width: 720px) {phone}px, {else_}px"
