"""Finished takes as files that a new one may start from: the clip, or a picture out of it.

The file becomes an asset of the take's project, the same one when it is asked for again, and its derivation
says which take it is from: in itself, or in the clip that the picture was taken out of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from generations.models import Asset, Generation, Output, Project

from . import assets, gallery, lineage
from .derived import derive_asset, read_edit

CLIP, FIRST, LAST, AT = "clip", "first", "last", "at"
PARTS = (CLIP, FIRST, LAST, AT)


@dataclass(frozen=True)
class Page:
    takes: list[Generation]
    before: UUID | None


def page(project: Project, text: str, before: UUID | None, most: int) -> Page:
    """The project's finished takes whose clip is here, newest first; with ``text`` those whose prompt has
    each of its words. ``before`` of the last page leads to the next."""
    clips = Output.objects.filter(generation=OuterRef("pk"), kind=Output.Kind.VIDEO).exclude(file="")
    rows = gallery.find(project, gallery.Filter(text=text)).filter(Exists(clips))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("model").prefetch_related("outputs").order_by("-id")[: most + 1])
    return Page(found[:most], found[most - 1].pk if len(found) > most else None)


def kind_of(part: str) -> Asset.Kind:
    return Asset.Kind.CLIP if part == CLIP else Asset.Kind.IMAGE


def asset_of(
    user: Any, take: Generation, part: str, at_s: float | str | None = None, *, shown: bool = False
) -> Asset:
    """One of ``PARTS`` of the take as an asset. Who may add to its project is the caller's question.

    :param at_s: with ``at``, the moment in seconds.
    :param shown: what a player shows: at the end its clock is past the clip, by the rest of the sound.
    :raises Refused, UploadRefused: Refused for a moment that the clip does not have.
    """
    if part == LAST:
        return assets.from_output(user, take)
    clip = assets.from_output(user, take, Output.Kind.VIDEO)
    if part == CLIP:
        return clip
    at_s = 0 if part == FIRST else _within(clip, at_s) if shown else at_s
    return derive_asset(user, clip, read_edit(clip, {"op": "frame", "at_s": at_s}))


def _within(clip: Asset, at_s: float | str | None) -> float | str | None:
    try:
        is_past = clip.duration_s is not None and float(at_s or 0) > clip.duration_s
    except ValueError:
        return at_s  # refused by its name
    return clip.duration_s if is_past else at_s


def take_behind(user: Any, asset: Asset) -> Generation | None:
    """The take that this file, or what it was made from, came out of; None for one that is not for them."""
    rows = Generation.objects.visible_to(user).select_related("model")
    return lineage.takes_behind(rows, [asset]).get(asset.pk)
