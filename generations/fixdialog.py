"""The dialog over one file of the composer: cut, pad, take a part or a picture of it, and see it before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from generations.desk import Desk
from generations.fixes import copy_words, facts_words
from generations.media.edits import SIZES, Edit, ratio_of, size_after
from generations.models import Asset
from generations.roles import LABELS
from generations.services import fits
from generations.services.derived import edited, original_of, read_edit
from generations.services.faults import named
from providers.gateways.check import size_words
from providers.gateways.values import Role

SHORTEST_S = 1.0
# what the model takes is asked anew for every wish
_OF_THE_MODEL = (*SIZES, "mime", "max_bytes")


def context_of(desk: Desk, place: int) -> dict[str, Any]:
    """What templates/generations/_fix.html needs."""
    role, asset = desk.uses[place]
    fit = desk.fit(place)
    source, edit = (fit.source, fit.edit) if fit.source and fit.edit else edited(asset)
    to = {"args": [desk.project.slug, asset.pk]}
    return {
        "label": LABELS[role.value],
        "name": source.name,
        "kind": source.kind,
        "why": fit.why if fit.light == "fix" else "",
        "url": reverse("asset-fix", **to),
        "original_url": reverse("asset-original", **to) if original_of(asset) else "",
        "file_url": reverse("asset-file", args=[source.pk]),
        "picture_url": _picture_of(source),
        "op": edit.op,
        "before": facts_words(source),
        "after": _after(source, edit) if fit.edit else "",
        "shape": _shape(source, edit, fit),
        "part": _part(desk, role, source, edit, fit),
        "at": {"most": source.duration_s, "value": edit.at_s} if edit.op == "frame" else None,
    }


def _picture_of(source: Asset) -> str:
    if source.kind == Asset.Kind.IMAGE:
        return reverse("asset-file", args=[source.pk])
    return reverse("asset-thumb", args=[source.pk]) if source.thumb else ""


def _shape(source: Asset, edit: Edit, fit: fits.Fit) -> dict[str, Any] | None:
    """Crop or pad, where a ratio is wanted that the file does not have."""
    ratio = edit.ratio or fit.ratio
    number = ratio_of(ratio)
    if number is None or not source.width or not source.height or edit.op == "frame":
        return None
    own = source.width / source.height
    if abs(own / number - 1) < 0.001:
        return None
    return {
        "ratio": ratio,
        "words": named(ratio),
        "number": f"{number:.5f}",
        "own": f"{own:.5f}",
        "aspect": f"{source.width}/{source.height}",
        "wanted": f"{number:.5f}/1",
        "x": edit.x,
        "y": edit.y,
        "pad": bool(edit.fill),
        "cropped": _after(source, replace(edit, ratio=ratio, fill="")),
        "padded": _after(source, replace(edit, ratio=ratio, fill="black")),
        "fill": edit.fill or "black",
        "blur": source.kind == Asset.Kind.IMAGE,
    }


def _part(desk: Desk, role: Role, source: Asset, edit: Edit, fit: fits.Fit) -> dict[str, Any] | None:
    """A range of a clip or sound; ``longest`` and ``shortest`` are the model's, in seconds."""
    if source.kind == Asset.Kind.IMAGE or edit.op == "frame" or not source.duration_s:
        return None
    limits = desk.caps.inputs.get(role)
    end = edit.end_s or source.duration_s
    return {
        "duration": f"{source.duration_s:.4f}",
        "start": f"{edit.start_s:g}",
        "end": f"{end:g}",
        "shortest": min((limits.min_s if limits else None) or SHORTEST_S, source.duration_s),
        "longest": min(source.duration_s, fit.longest_s or source.duration_s),
    }


def _after(source: Asset, edit: Edit) -> str:
    """What the usual copy will be, as far as it is known before."""
    picture, size = edit.op == "frame" or source.kind == Asset.Kind.IMAGE, ""
    if source.width and source.height:
        step = 1 if picture else 2
        size = "{} × {}".format(*size_after((source.width, source.height), edit, step=step))
    less = edit.max_bytes and edit.max_bytes < source.size_bytes
    most = _("%(most)s at most") % {"most": size_words(edit.max_bytes or 0)} if less else ""
    return " · ".join(filter(None, (size, copy_words(source, edit), most)))


def wish_of(desk: Desk, place: int, fields: Mapping[str, str]) -> tuple[Asset, Edit]:
    """What the dialog's fields ask for, joined with what the file needs anyway.

    :raises Refused: for what makes no sense; CannotMend: for what the model would not take.
    """
    fit = desk.fit(place)
    source, edit = (fit.source, fit.edit) if fit.source and fit.edit else edited(desk.uses[place][1])
    kept = {name: value for name, value in edit.plain().items() if name not in _OF_THE_MODEL}
    wish = _joined(source, kept, fields)
    return fits.wished(desk.uses, place, desk.caps, desk.asked, read_edit(source, wish))


def _joined(source: Asset, kept: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """A crop has no fill and a pad no place; a part that is the whole file is none."""
    wish = {**kept, **fields}
    for name in {"crop": ("fill",), "pad": ("x", "y")}.get(wish.get("op", ""), ()):
        wish.pop(name, None)
    if _is_whole(source, wish):
        wish = {name: value for name, value in wish.items() if name not in ("start_s", "end_s")}
        if wish.get("op") == "trim":
            wish["op"] = kept.get("op", "trim") if kept.get("op") != "trim" else "convert"
    return wish


def _is_whole(source: Asset, wish: Mapping[str, Any]) -> bool:
    try:
        start, end = float(wish.get("start_s") or 0), float(wish.get("end_s") or source.duration_s or 0)
    except ValueError:
        return False  # refused by its name
    return start <= 0 and end >= (source.duration_s or 0) - 0.001
