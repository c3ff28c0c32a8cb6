"""The dialog over one file, of the composer or by itself: cut, pad, take a part or a picture, seen before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations import shapes
from generations.desk import Desk
from generations.fixes import facts_words, fix_words
from generations.media.edits import SIZES, Edit, ratio_of
from generations.models import Asset
from generations.roles import LABELS, PLACES
from generations.services import fits
from generations.services.derived import edited, original_of, read_edit
from generations.services.faults import COMMON, FRAMES
from providers.gateways.capabilities import RoleLimits
from providers.gateways.values import Role

SHORTEST_S = 1.0
STEP_S = 0.05  # of the sliders: the last one before the end of a file may be where they stop
# what the model takes is asked anew for every wish
_OF_THE_MODEL = (*SIZES, "mime", "max_bytes")


def context_of(desk: Desk, place: int) -> dict[str, Any]:
    """What templates/generations/_fix.html needs for a file of the composer."""
    role, asset = desk.uses[place]
    fit = desk.fit(place)
    source, edit = (fit.source, fit.edit) if fit.source and fit.edit else edited(asset)
    to = {"args": [desk.project.slug, asset.pk]}
    limits = desk.caps.inputs.get(role)
    asked = str(desk.typed.values.get("aspect_ratio") or "")
    ratios = shapes.ratios_for(source, edit, _offered(desk, role, fit), asked)
    return {
        **_told(source, edit, ratios, ways_of(source, edit, role, fix_words(fit))),
        "label": LABELS[role.value],
        "why": fit.why if fit.light == "fix" else "",
        "url": reverse("asset-fix", **to),
        "original_url": reverse("asset-original", **to) if original_of(asset) else "",
        "part": _part(source, edit, limits.min_s if limits else None, fit.longest_s),
        "leads": role == Role.FIRST_FRAME and bool(desk.caps.ratios(desk.mode)),
    }


def context_of_copy(asset: Asset) -> dict[str, Any]:
    """The same for a file by itself: nothing but the file says what makes sense."""
    source, edit = edited(asset)
    return {
        **_told(source, edit, shapes.ratios_for(source, edit, COMMON, ""), ways_of(source, edit)),
        "label": _("Make a copy"),
        "copy_url": reverse("asset-derive", args=[asset.pk]),
        "part": _part(source, edit, None, None),
    }


def _told(
    source: Asset, edit: Edit, ratios: list[dict[str, Any]], ways: list[dict[str, Any]]
) -> dict[str, Any]:
    """What both say. Without a ratio that it does not have there is nothing to cut or pad."""
    ways = [way for way in ways if ratios or way["op"] not in ("crop", "pad")]
    if ways and not any(way["on"] for way in ways):
        ways[0]["on"] = True
    return {
        "name": source.name,
        "kind": source.kind,
        "file_url": reverse("asset-file", args=[source.pk]),
        "picture_url": _picture_of(source),
        "ways": ways,
        "op": next((way["op"] for way in ways if way["on"]), edit.op),
        "ratios": ratios,
        "shape": shapes.shape_of(source, edit, ratios),
        "before": facts_words(source),
        "after": shapes.after(source, edit) if edit.op in ("shrink", "enlarge", "convert", "frame") else "",
        "at": {"most": f"{source.duration_s or 0:.4f}", "value": f"{edit.at_s:g}"},
    }


_WORDS: dict[str, Any] = {
    "trim": lazy("Take a part"),
    "crop": lazy("Crop"),
    "pad": lazy("Pad"),
    "frame": lazy("Take a picture"),
}


def ways_of(source: Asset, edit: Edit, role: Role | None = None, needed: str = "") -> list[dict[str, Any]]:
    """What can be done to this file, here: {op, words, on}. In a slot that takes no clips a clip gives
    a picture, and nothing else.

    :param needed: the words of the fix that the model needs, where it is none of the others.
    """
    ops = {Asset.Kind.IMAGE: ("crop", "pad"), Asset.Kind.SOUND: ("trim",)}.get(
        Asset.Kind(source.kind), ("trim", "crop", "pad", "frame")
    )
    if source.kind == Asset.Kind.CLIP and role:
        stills = edit.op == "frame" or PLACES[role].kind == Asset.Kind.IMAGE
        ops = ("frame",) if stills and role != Role.ELEMENT_REFERENCE else ops
        ops = ops if Asset.Kind.IMAGE in PLACES[role].kinds else tuple(op for op in ops if op != "frame")
    now = "pad" if edit.fill else edit.op
    ways = [{"op": op, "words": _WORDS[op], "on": op == now} for op in ops]
    if needed and edit.op not in ops:
        ways.insert(0, {"op": edit.op, "words": needed, "on": True})
    return ways


def _offered(desk: Desk, role: Role, fit: fits.Fit) -> list[str]:
    """The ratios that the model takes for this file, what it wants now first."""
    limits = desk.caps.inputs.get(role) or RoleLimits()
    taken = desk.caps.ratios(desk.mode) if role in FRAMES else ()
    low, high = limits.min_ratio or 0.0, limits.max_ratio or float("inf")
    listed = [name for name in taken if ratio_of(name)] or COMMON
    inside = [name for name in listed if low <= (ratio_of(name) or 1.0) <= high]
    return list(dict.fromkeys([*([fit.ratio] if ratio_of(fit.ratio) else []), *inside]))


def _picture_of(source: Asset) -> str:
    if source.kind == Asset.Kind.IMAGE:
        return reverse("asset-file", args=[source.pk])
    return reverse("asset-thumb", args=[source.pk]) if source.thumb else ""


def _part(source: Asset, edit: Edit, shortest: float | None, longest: float | None) -> dict[str, Any] | None:
    """A range of a clip or sound; ``longest`` and ``shortest`` are the model's, in seconds."""
    if source.kind == Asset.Kind.IMAGE or not source.duration_s:
        return None
    return {
        "duration": f"{source.duration_s:.4f}",
        "start": f"{edit.start_s:g}",
        "end": f"{edit.end_s or source.duration_s:g}",
        "shortest": f"{min(shortest or SHORTEST_S, source.duration_s):g}",
        "longest": f"{min(source.duration_s, longest or source.duration_s):.4f}",
        "step": f"{STEP_S:g}",
    }


def wish_of(desk: Desk, place: int, fields: Mapping[str, str]) -> tuple[Asset, Edit]:
    """What the dialog's fields ask for, joined with what the file needs anyway.

    :raises Refused: for what makes no sense; CannotMend: for what the model would not take.
    """
    fit = desk.fit(place)
    source, edit = (fit.source, fit.edit) if fit.source and fit.edit else edited(desk.uses[place][1])
    kept = {name: value for name, value in edit.plain().items() if name not in _OF_THE_MODEL}
    wish = _joined(source, kept, fields)
    return fits.wished(desk.uses, place, desk.caps, desk.asked, read_edit(source, wish))


def wish_for_copy(asset: Asset, fields: Mapping[str, str]) -> tuple[Asset, Edit]:
    """As ``wish_of``, for the file by itself. :raises Refused:"""
    source, edit = edited(asset)
    return source, read_edit(source, _joined(source, edit.plain(), fields))


def _joined(source: Asset, kept: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """A crop has no fill, a pad no place, a picture no length; a part that is the whole file is none."""
    wish = {**kept, **fields}
    for name in _WITHOUT.get(wish.get("op", ""), ("at_s",)):
        wish.pop(name, None)
    if _is_end(source, kept, wish):
        wish.pop("end_s", None)
    if _is_whole(wish):
        wish.pop("start_s", None)
        if wish.get("op") == "trim":
            wish["op"] = kept.get("op", "trim") if kept.get("op") != "trim" else "convert"
    return wish


_WITHOUT = {
    "crop": ("fill", "at_s"),
    "pad": ("x", "y", "at_s"),
    "frame": ("start_s", "end_s", "fps"),
}


def _is_end(source: Asset, kept: Mapping[str, Any], wish: Mapping[str, Any]) -> bool:
    """A slider stops up to a step before the end; where the file was cut near its end, that stays."""
    cut, length = kept.get("end_s"), source.duration_s or 0
    try:
        end = float(wish.get("end_s") or length)
    except ValueError:
        return False  # refused by its name
    return end > length - STEP_S and (cut is None or abs(end - cut) >= STEP_S)


def _is_whole(wish: Mapping[str, Any]) -> bool:
    try:
        return "end_s" not in wish and float(wish.get("start_s") or 0) <= 0
    except ValueError:
        return False
