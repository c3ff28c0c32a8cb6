"""Drawings on a frame: a few shapes, each point relative to the picture, read strictly and kept small.

A shape is ``{"tool", "colour", "points": [[x, y], …]}``: 0 is the picture's left or top edge, 1 its right or
bottom one. A *pen* has any number of points, *arrow* (tail, head) and *box* (two corners) have two, *text*
has one, its lower left, and ``"text"``.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

MOST_SHAPES = 40
MOST_POINTS = 4000  # of all shapes together
MOST_TEXT = 200
LEAST, MOST = -0.05, 1.05  # a stroke may run a little over the edge
COLOURS = ("yellow", "white", "red", "blue")
POINTS = {"pen": (1, MOST_POINTS), "arrow": (2, 2), "box": (2, 2), "text": (1, 1)}
_DIGITS = 4  # a tenth of a pixel of a picture of a thousand

Shape = dict[str, Any]


class BadSketch(ValueError):
    """The sentence says what of the drawing cannot be read."""


def read(given: Any) -> list[Shape]:
    """The shapes as they are kept.

    :param given: what came in, of any kind.
    :raises BadSketch:
    """
    if not isinstance(given, list | tuple):
        raise BadSketch(_("A drawing is a list of shapes."))
    if len(given) > MOST_SHAPES:
        raise BadSketch(_("A drawing has %(n)d shapes at most.") % {"n": MOST_SHAPES})
    shapes, points = [], 0
    for one in given:
        points += _count(one)
        if points > MOST_POINTS:  # before any of them is looked at
            raise BadSketch(_("A drawing has %(n)d points at most.") % {"n": MOST_POINTS})
        shapes.append(_shape(one))
    return shapes


def _count(one: Any) -> int:
    points = one.get("points") if isinstance(one, dict) else None
    return len(points) if isinstance(points, list | tuple) else 0


def _shape(one: Any) -> Shape:
    tool = one.get("tool") if isinstance(one, dict) else None
    if not isinstance(tool, str) or tool not in POINTS:
        raise BadSketch(_("A shape has one of the tools %(names)s.") % {"names": ", ".join(POINTS)})
    known = {"tool", "colour", "points"} | ({"text"} if tool == "text" else set())
    if set(one) != known:
        raise BadSketch(
            _("A shape of this tool has exactly %(names)s.") % {"names": ", ".join(sorted(known))}
        )
    if not isinstance(one["colour"], str) or one["colour"] not in COLOURS:
        raise BadSketch(_("A colour is one of %(names)s.") % {"names": ", ".join(COLOURS)})
    shape = {"tool": tool, "colour": one["colour"], "points": _points(tool, one["points"])}
    return {**shape, "text": _text(one["text"])} if tool == "text" else shape


def _points(tool: str, given: Any) -> list[list[float]]:
    least, most = POINTS[tool]
    if not isinstance(given, list | tuple) or not least <= len(given) <= most:
        raise BadSketch(_("A shape has not as many points as its tool needs."))
    return [_point(one) for one in given]


def _point(given: Any) -> list[float]:
    if not isinstance(given, list | tuple) or len(given) != 2 or not all(_lies(value) for value in given):
        words = _("A point is two numbers, each between %(least)s and %(most)s.")
        raise BadSketch(words % {"least": LEAST, "most": MOST})
    return [round(float(value), _DIGITS) for value in given]


def _lies(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and LEAST <= value <= MOST and isfinite(value)


def _text(given: Any) -> str:
    from_person = " ".join(given.split()) if isinstance(given, str) else ""
    kept = "".join(sign for sign in from_person if sign.isprintable())
    if not kept or len(kept) > MOST_TEXT:
        raise BadSketch(_("A word in a drawing has 1 to %(n)d signs.") % {"n": MOST_TEXT})
    return kept
