"""A fix in words: what one click would do, what a copy is, and how much of a row's limits is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from generations.media.edits import Edit, from_plain
from generations.models import Asset
from generations.services.faults import Asked, Use, named, seconds_left
from generations.services.fits import Fit
from providers.gateways.capabilities import Capabilities
from providers.gateways.file_words import size_words, type_words
from providers.gateways.values import Role


def fix_words(fit: Fit) -> str:
    """The button of the default fix; empty where there is none."""
    edit = fit.edit
    if edit is None or fit.source is None:
        return ""
    match edit.op:
        case "crop":
            return _("Crop to %(ratio)s") % {"ratio": named(edit.ratio)}
        case "pad":
            return _("Pad to %(ratio)s") % {"ratio": named(edit.ratio)}
        case "trim":
            length = (edit.end_s or fit.source.duration_s or 0.0) - edit.start_s
            return _("Trim to %(length)s s") % {"length": f"{length:.1f}".removesuffix(".0")}
        case "frame":
            return _("Use its first picture")
        case "shrink":
            return _("Make it smaller")
        case "enlarge":
            return _("Enlarge it")
    return _converted(fit)


def _converted(fit: Fit) -> str:
    if "animated" in fit.rules or (fit.source and fit.source.facts.get("animated")):
        return _("Use its first picture")
    if set(fit.rules) <= {"turned", "colours"}:
        return _("Turn it upright") if "turned" in fit.rules else _("Convert to RGB")
    if set(fit.rules) == {"pace"}:
        return _("Make its rate steady")
    return _("Convert to %(type)s") % {"type": copy_words(fit.source, fit.edit)}


def copy_words(source: Asset | None, edit: Edit | None) -> str:
    """Of a copy: JPEG, WAV; of a clip what its pictures are stored as."""
    if source is None or edit is None:
        return ""
    if source.kind == Asset.Kind.CLIP and edit.op != "frame":
        return "H.264"
    if source.kind == Asset.Kind.SOUND:
        return type_words(edit.mime or source.mime)
    lossless = edit.op == "frame" or source.mime in ("image/png", "image/gif")
    return type_words(edit.mime or ("image/png" if lossless else "image/jpeg"))


def done_words(asset: Asset) -> str:
    """Of a copy that stands where its original stood: what was done."""
    edit = from_plain(asset.derivation)
    match edit.op:
        case "crop":
            return _("Cropped to %(ratio)s") % {"ratio": named(edit.ratio)}
        case "pad":
            return _("Padded to %(ratio)s") % {"ratio": named(edit.ratio)}
        case "trim":
            length = f"{asset.duration_s or 0:.1f}".removesuffix(".0")
            return _("Trimmed to %(length)s s") % {"length": length}
        case "frame":
            return _("Picture at %(at).1f s") % {"at": edit.at_s}
        case "enlarge":
            return _("Enlarged to %(width)d × %(height)d") % {"width": asset.width, "height": asset.height}
        case "convert":
            return _("Converted to %(type)s") % {"type": type_words(asset.mime)}
    return _("Copy, %(size)s") % {"size": size_words(asset.size_bytes)}


def facts_words(asset: Asset) -> str:
    """``4032 × 3024 · 14.2 s · MOV, HEVC · 22.0 MB``."""
    size = f"{asset.width} × {asset.height}" if asset.width else ""
    length = f"{asset.duration_s:.1f} s" if asset.duration_s else ""
    kind = type_words(asset.mime)
    return " · ".join(filter(None, (size, length, kind, size_words(asset.size_bytes))))


def sums_of(uses: Sequence[Use], role: Role, caps: Capabilities, asked: Asked) -> list[str]:
    """*3 of 9* and *11.2 of 15 s*, of a role with files that a model takes several of."""
    limits = caps.inputs.get(role)
    mine = [place for place, (of, _asset) in enumerate(uses) if of == role]
    if limits is None or not mine or limits.max_count < 2:
        return []
    words = [_("%(n)d of %(most)d") % {"n": len(mine), "most": limits.max_count}]
    left, most = seconds_left([*uses, uses[mine[-1]]], len(uses), caps, asked)
    if left is not None and most is not None:
        values: dict[str, Any] = {"used": f"{most - left:.1f}", "most": f"{most:g}"}
        words.append(_("%(used)s of %(most)s s") % values)
    return words
