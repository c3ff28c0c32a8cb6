"""Copies of a file that fit where the original does not: cropped, padded, trimmed, converted.

A copy is an asset of its own, made from the original alone and linked to it; the original's bytes stay as
they are. What was asked for stands in ``derivation``: asked for twice, it is the same asset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from generations import media
from generations.labels import clean_label
from generations.media import Edit
from generations.media.edits import SIZES, from_plain, ratio_of
from generations.models import Asset, Project
from generations.storage import media_store
from providers.gateways.problem import Problem

from .assets import Arrived, UploadRefused, keep, refusals, require_room, rights_in, scratch
from .compose import Refused

Kind = Asset.Kind
OPS: dict[str, tuple[str, ...]] = {
    Kind.IMAGE: ("crop", "pad", "shrink", "enlarge", "convert"),
    Kind.CLIP: ("crop", "pad", "trim", "shrink", "enlarge", "convert", "frame"),
    Kind.SOUND: ("trim", "shrink", "convert"),
    Kind.DOCUMENT: (),
}
_SHAPE = ("ratio", "x", "y", "fill", *SIZES)
_FIELDS: dict[str, tuple[str, ...]] = {
    Kind.IMAGE: (*_SHAPE, "mime", "max_bytes"),
    Kind.CLIP: (*_SHAPE, "start_s", "end_s", "fps", "mime", "max_bytes"),
    Kind.SOUND: ("start_s", "end_s", "mime", "max_bytes"),
}
_FRAME = (*_SHAPE, "at_s", "mime", "max_bytes")
_MIMES: dict[str, tuple[str, ...]] = {
    Kind.IMAGE: ("image/jpeg", "image/png", "image/webp"),
    Kind.CLIP: ("video/mp4",),
    Kind.SOUND: ("audio/wav", "audio/mpeg", "audio/mp4"),
}
WAIT_S = 5  # for others' conversions: people wait for a copy in a web request, and there are few of those
# the least and the most of each number; what a model takes is the caller's question
_SPANS = {
    **dict.fromkeys(("x", "y"), (0, 1)),
    **dict.fromkeys(("start_s", "end_s", "at_s"), (0, 86_400)),
    "fps": (1, 60),
    "max_bytes": (1_000, 10**12),
    **dict.fromkeys(("min_side_px", "max_side_px"), (16, 16_384)),
    **dict.fromkeys(("min_pixels", "max_pixels"), (256, 10**9)),
}
_WHOLE = ("max_bytes", *SIZES)


def read_edit(asset: Asset, given: Mapping[str, Any]) -> Edit:
    """What a form or a caller of the API asked for, as an edit that this file can have.

    :param given: ``op`` and the fields of ``media.Edit``, as numbers or texts; empty ones were not asked for.
    :raises Refused: naming the field and what it takes.
    """
    told = {name: value for name, value in given.items() if value not in (None, "")}
    op = told.pop("op", "")
    if op not in OPS[asset.kind]:
        raise _wrong("op", _("Not something that can be done with this file."), OPS[asset.kind])
    allowed = _FRAME if op == "frame" else _FIELDS[asset.kind]
    for name in told:
        if name not in allowed:
            raise _wrong(name, _("Has no meaning here."), allowed)
    values = {name: _value(name, value) for name, value in told.items()}
    return _whole(asset, Edit(op=op, **values))


def _value(name: str, given: Any) -> Any:
    if name not in _SPANS:
        return str(given)
    low, high = _SPANS[name]
    try:
        number = float(given)
    except (TypeError, ValueError, OverflowError):  # the last: a whole number of hundreds of digits
        number = float("nan")
    if not (isfinite(number) and low <= number <= high):
        raise _wrong(name, _("A number from %(low)s to %(high)s.") % {"low": low, "high": high}, (low, high))
    return int(number) if name in _WHOLE else round(number, 4)


def _whole(asset: Asset, edit: Edit) -> Edit:
    """Checked as one; spelt in one way, so that the same wish is the same derivation."""
    mimes = _MIMES[Kind.IMAGE if edit.op == "frame" else asset.kind]
    if edit.mime and edit.mime not in mimes:
        raise _wrong("mime", _("Not a type that copies are made in."), mimes)
    ratio = ratio_of(edit.ratio)
    if (edit.op in ("crop", "pad") or edit.ratio) and (ratio is None or not 0.1 <= ratio <= 10):
        raise _wrong("ratio", _("Width to height, such as 16:9, from 1:10 to 10:1."))
    fills = ("black",) if asset.kind == Kind.CLIP and edit.op != "frame" else ("black", "blur")
    if edit.op == "pad":
        edit = replace(edit, fill=edit.fill or "black", x=0.5, y=0.5)
    if edit.fill and (edit.op == "crop" or edit.fill not in fills):
        raise _wrong("fill", _("What a pad shows beside the picture."), fills)
    return _in_range(asset, edit)


def _in_range(asset: Asset, edit: Edit) -> Edit:
    length = asset.duration_s or 0.0
    if edit.end_s is not None and edit.end_s >= length:
        edit = replace(edit, end_s=None)
    if asset.kind == Kind.IMAGE:
        return edit
    if edit.start_s >= length or edit.start_s >= (edit.end_s or length) or edit.at_s > length:
        words = _("This file is %(length).1f s long; the beginning lies before the end and within it.")
        raise _wrong("start_s", words % {"length": length}, (0, length))
    if edit.op == "trim" and not edit.start_s and edit.end_s is None:
        raise _wrong("end_s", _("That is the whole file; say where the part begins or ends."))
    return edit


def _wrong(name: str, message: str, allowed: tuple[Any, ...] = ()) -> Refused:
    return Refused([Problem(name, message, tuple(allowed))])


def derive_asset(user: Any, asset: Asset, edit: Edit, project: Project | None = None) -> Asset:
    """The copy, made now or found, in ``project``: by default the file's own. Who may add to it is the
    caller's question.

    Raises UploadRefused: also where the file itself is gone, no useful copy fits, or too many are being made
    (busy).
    """
    where = project or asset.project
    made = asset.derived.usable_in(where).filter(derivation=edit.plain()).exclude(file="").first()
    if made is not None:
        return made
    store = media_store()
    if not asset.file:
        raise UploadRefused(_("The file itself is not kept any more; send it again."), "cannot_edit")
    require_room(store, asset.size_bytes)
    with scratch(store) as folder, refusals():
        copy = folder / "original"
        facts = media.edit(store.path(asset.file), copy, edit, mime=asset.mime, wait_s=WAIT_S)
        link = {"derived_from": asset, "derivation": edit.plain(), "name": _name_of(asset, edit, facts.mime)}
        said = rights_in(asset, where)
        return keep(store, Arrived.at(copy), facts, project=where, owner=user, **link, **said)


def _name_of(asset: Asset, edit: Edit, mime: str) -> str:
    word = edit.ratio.replace(":", "x") if edit.op in ("crop", "pad") else _("copy")
    return clean_label(f"{PurePosixPath(asset.name).stem} ({word}){media.SUFFIXES[mime]}")


def original_of(asset: Asset) -> Asset | None:
    """What this copy was made from, while it can still be used in its place."""
    source = asset.derived_from
    if source is None or source.trashed_at or not source.file or asset.derivation.get("op") not in _EVERY_OP:
        return None
    return source


def edited(asset: Asset) -> tuple[Asset, Edit]:
    """The file to begin from, and what was done to it already: further wishes join those, on the original. A
    picture out of a clip is a beginning of its own."""
    source = original_of(asset)
    if source is None or source.kind != asset.kind:
        return asset, Edit()
    return source, from_plain(asset.derivation)


_EVERY_OP = frozenset(op for ops in OPS.values() for op in ops)
