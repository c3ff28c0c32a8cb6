"""Drawings are read strictly: what a page did not draw is refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from generations.services.sketches import MOST_POINTS, MOST_SHAPES, BadSketch, read

LINE = [[0.1, 0.2], [0.3, 0.4]]


def shape(tool: str = "arrow", points: Any = LINE, **more: Any) -> dict[str, Any]:
    return {"tool": tool, "colour": "yellow", "points": points, **more}


@pytest.mark.parametrize(
    "given",
    [
        "<script>",
        {"tool": "pen"},
        ["pen"],
        [shape("lasso")],
        [shape(["pen"])],
        [shape(colour="#f00")],
        [shape(colour=None)],
        [shape(onclick="alert(1)")],
        [shape(text="a word")],
        [shape("box", [[0, 0]])],
        [shape("pen", [])],
        [shape("pen", "1234")],
        [shape("pen", [[0.1]])],
        [shape("pen", [[0.1, 0.2, 0.3]])],
        [shape("pen", [["0.1", 0.2]])],
        [shape("pen", [[True, 0.2]])],
        [shape("pen", [[None, 0.2]])],
        [shape("pen", [[[[[0.1]]], 0.2]])],
        [shape("pen", [[float("nan"), 0.2]])],
        [shape("pen", [[float("inf"), 0.2]])],
        [shape("pen", [[10**400, 0.2]])],
        [shape("pen", [[-0.06, 0.2]])],
        [shape("pen", [[0.1, 1.06]])],
        [shape("text", [[0.1, 0.2]])],
        [shape("text", [[0.1, 0.2]], text=" \u202e\x00 ")],
        [shape("text", [[0.1, 0.2]], text="x" * 201)],
        [shape()] * (MOST_SHAPES + 1),
        [shape("pen", [[0.5, 0.5]] * (MOST_POINTS // 2 + 1))] * 2,
    ],
    ids=lambda given: str(given)[:60],
)
def test_what_is_no_drawing_is_refused(given):
    with pytest.raises(BadSketch):
        read(given)


def test_shapes_are_kept_as_drawn_and_no_finer_than_can_be_seen():
    given = [
        shape("pen", [[0.123456, 1], (-0.05, 1.05)]),
        shape("box"),
        shape("text", [[0, 1]], text=" keep  the\x00 tower <b>sharp</b> "),
    ]
    kept = read(given)
    assert kept[0] == {"tool": "pen", "colour": "yellow", "points": [[0.1235, 1.0], [-0.05, 1.05]]}
    assert kept[1]["points"] == LINE
    assert kept[2]["text"] == "keep the tower <b>sharp</b>"
