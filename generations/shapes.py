"""The shapes that a picture or clip can be cut or padded to, as the dialog shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from generations.fixes import copy_words
from generations.media.edits import Edit, ratio_of, size_after
from generations.models import Asset
from generations.services.faults import named
from providers.gateways.file_words import size_words

_SAME = 0.001  # a share of the ratio


def ratios_for(source: Asset, edit: Edit, offered: Iterable[str], asked: str) -> list[dict[str, Any]]:
    """Each of ``offered`` that the file does not have already: {ratio, words, number, cropped, padded, on};
    chosen is what was done to it, else ``asked``, else the first."""
    if not source.width or not source.height or edit.op == "frame":
        return []
    own = source.width / source.height
    names = dict.fromkeys([*([edit.ratio] if ratio_of(edit.ratio) else []), *offered])
    shown = [_row(source, edit, name) for name in names if abs(own / (ratio_of(name) or own) - 1) >= _SAME]
    chosen = next((row for name in (edit.ratio, asked) for row in shown if row["ratio"] == name), None)
    for row in shown:
        row["on"] = row is (chosen or shown[0])
    return shown


def _row(source: Asset, edit: Edit, ratio: str) -> dict[str, Any]:
    number = ratio_of(ratio) or 1.0
    return {
        "ratio": ratio,
        "words": named(ratio),
        "number": f"{number:.5f}",
        "cropped": after(source, replace(edit, ratio=ratio, fill="")),
        "padded": after(source, replace(edit, ratio=ratio, fill="black")),
    }


def shape_of(source: Asset, edit: Edit, ratios: list[dict[str, Any]]) -> dict[str, Any] | None:
    """How the dialog begins to draw it; None where no other shape is offered."""
    chosen = next((row for row in ratios if row["on"]), None)
    if chosen is None or not source.width or not source.height:
        return None
    return {
        **chosen,
        "own": f"{source.width / source.height:.5f}",
        "aspect": f"{source.width}/{source.height}",
        "wanted": f"{chosen['number']}/1",
        "x": edit.x,
        "y": edit.y,
        "fill": edit.fill or "black",
        "blur": source.kind == Asset.Kind.IMAGE,
    }


def after(source: Asset, edit: Edit) -> str:
    """What the usual copy will be, as far as it is known before."""
    picture, size = edit.op == "frame" or source.kind == Asset.Kind.IMAGE, ""
    if source.width and source.height:
        step = 1 if picture else 2
        size = "{} × {}".format(*size_after((source.width, source.height), edit, step=step))
    less = edit.max_bytes and edit.max_bytes < source.size_bytes
    most = _("%(most)s at most") % {"most": size_words(edit.max_bytes or 0)} if less else ""
    return " · ".join(filter(None, (size, copy_words(source, edit), most)))
