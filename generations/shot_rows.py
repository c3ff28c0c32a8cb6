"""The page of shots as its template reads it: a part of the list, each shot with the takes that it has."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations import clips, cut, shot_lengths
from generations.cards import mean_words
from generations.cut import Which
from generations.file_urls import small_among
from generations.models import IN_FLIGHT, Generation, Mark, Output, Project, Shot
from generations.services import shot_takes, shots
from generations.telling import recipe, reviews

PART = 50  # shots on one page
STRIP = 10  # takes of a shot that stand beside it, the newest; the gallery has them all


@dataclass(frozen=True)
class Places:
    """The ids of all shots in their order, and which of them are on this page: ``page`` counts from 1."""

    ids: list[UUID]
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PART

    @property
    def shown(self) -> list[UUID]:
        return self.ids[self.first : self.first + PART]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.ids) // PART))


def places_of(project: Project, page: int = 1, shot: UUID | None = None) -> Places:
    """:param shot: the page on which this one stands, if it is there; else ``page``, or the last one."""
    ids = list(shots.in_order(project).values_list("pk", flat=True))
    if shot in ids:
        page = ids.index(shot) // PART + 1
    return Places(ids, min(max(page, 1), max(1, -(-len(ids) // PART))))


def context_of(project: Project, places: Places) -> dict[str, Any]:
    """Of a page, with the number of shots making no difference to the number of questions."""
    rows = list(cut.with_newest(Shot.objects.filter(pk__in=places.shown)).order_by("order", "id"))
    strips = _strips(rows)
    counts = _counts(places.shown)
    shown = [_row(project, shot, places, strips[shot.pk], counts.get(shot.pk, _NONE)) for shot in rows]
    whole = _whole(project)
    url = reverse("shots", args=[project.slug])
    told = json.dumps([shown, whole, places.page, len(places.ids)], default=str)
    return {
        "rows": shown,
        "whole": whole,
        "page": places.page,
        "parts": _parts(url, places) if places.pages > 1 else [],
        "live": {
            "url": f"{reverse('shots-live', args=[project.slug])}?page={places.page}",
            "version": hashlib.sha256(told.encode()).hexdigest()[:16],
            "busy": any(row["flying"] for row in shown),
        },
    }


_NONE: dict[str, Any] = {"done": 0, "flying": 0}


def _counts(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = Generation.objects.in_view().filter(shot__in=ids).order_by().values("shot")
    done, flying = Q(**shot_takes.worthy()), Q(status__in=IN_FLIGHT)
    found = rows.annotate(done=Count("pk", filter=done), flying=Count("pk", filter=flying))
    return {row["shot"]: row for row in found}


def _whole(project: Project) -> dict[str, Any]:
    """Of all shots: how many there are, how many have a chosen take, and how long they are meant to be."""
    rows = shots.in_order(project).order_by().values_list("duration_s", "chosen_take")
    said = list(rows)
    lengths = [length for length, _take in said if length is not None]
    return {
        "shots": len(said),
        "chosen": sum(take is not None for _length, take in said),
        "length": shot_lengths.words(sum(lengths)) if lengths else "",
        "unsaid": len(said) - len(lengths),
    }


def _parts(url: str, places: Places) -> list[dict[str, Any]]:
    return [
        {
            "words": f"{n * PART + 1}–{min((n + 1) * PART, len(places.ids))}",
            "url": f"{url}?page={n + 1}",
            "current": n + 1 == places.page,
        }
        for n in range(places.pages)
    ]


def _strips(rows: Sequence[Any]) -> Mapping[UUID, list[Generation]]:
    """The newest takes of each shot, and its chosen one where that is not among them."""
    mine = Generation.objects.filter(shot__in=[shot.pk for shot in rows], **shot_takes.worthy())
    place = Window(RowNumber(), partition_by=[F("shot")], order_by=F("id").desc())
    newest = mine.annotate(place=place).filter(place__lte=STRIP).values_list("pk", flat=True)
    ids = {*newest, *(shot.fit for shot in rows if shot.fit)}
    takes = Generation.objects.filter(pk__in=ids).prefetch_related("outputs").order_by("-id")
    found: dict[UUID, list[Generation]] = defaultdict(list)
    for take in takes.defer("recipe", "request", "job_handle", "failure_raw"):
        if take.shot_id:
            found[take.shot_id].append(take)
    return found


def _row(
    project: Project, shot: Any, places: Places, takes: list[Generation], counts: dict[str, Any]
) -> dict[str, Any]:
    by_id = {take.pk: take for take in takes}
    pk = cut.stands(shot, Which.NEWEST)
    face = by_id.get(pk) if pk else None
    at = places.ids.index(shot.pk)
    gallery = reverse("gallery", args=[project.slug])
    return {
        "id": shot.pk,
        "code": shot.code,
        "title": shot.title,
        "note": shot.note,
        "number": at + 1,
        "is_first": at == 0,
        "is_last": at + 1 == len(places.ids),
        # behind which shot it stands after a step; empty: before all
        "up_after": places.ids[at - 2] if at > 1 else "",
        "down_after": places.ids[at + 1] if at + 1 < len(places.ids) else "",
        "before": places.ids[at - 1] if at else "",
        "takes": [_take(shot, take) for take in takes],
        "more": max(0, counts["done"] - len(takes)),
        "done": counts["done"],
        "flying": counts["flying"],
        "takes_url": f"{gallery}?shot={shot.pk}",
        "new_url": f"{reverse('studio', args=[project.slug])}?shot={shot.pk}",
        "face": _face(face) if face else None,
        "chosen": bool(shot.fit),
        "state": _state(shot, face, counts),
        "length": _length(shot, face, shot_lengths.rate_of(project)),
    }


def _take(shot: Any, take: Generation) -> dict[str, Any]:
    version, number = reviews.version(take), recipe.short_id(take)
    kinds = {output.kind for output in take.outputs.all()}
    return {
        "id": take.pk,
        "url": take.get_absolute_url(),
        "name": f"{version} {number}" if version else number,
        "short": version or number,
        "poster_url": small_among(kinds, take.pk),
        "stars": mean_words(take.stars),
        "mark": take.mark,
        "mark_word": Mark(take.mark).label if take.mark else "",
        "review": reviews.badge(take),
        "chosen": take.pk == shot.chosen_take_id,
    }


def _face(take: Generation) -> dict[str, Any]:
    kinds = {output.kind for output in take.outputs.all()}
    return {"url": take.get_absolute_url(), "poster_url": small_among(kinds, take.pk)}


def _state(shot: Any, face: Generation | None, counts: dict[str, Any]) -> dict[str, str]:
    """How far the shot is: a badge, in words."""
    if shot.chosen_take_id and not shot.fit:
        return {"word": _("Its chosen take is in the trash"), "icon": "trash-2", "family": "act"}
    if shot.fit and face is not None:
        return reviews.badge(face) or {"word": _("Chosen"), "icon": "check", "family": "good"}
    if not counts["done"]:
        return {"word": _("No take yet"), "icon": "circle-slash", "family": "wait"}
    words = ngettext("%(n)d take, not chosen", "%(n)d takes, none chosen", counts["done"])
    return {"word": words % {"n": counts["done"]}, "icon": "layers", "family": "wait"}


def _length(shot: Any, face: Generation | None, rate: Any) -> dict[str, str]:
    """What was wanted, how long the clip is, and what the one is to the other."""
    wanted = shot_lengths.words(shot.duration_s) if shot.duration_s is not None else ""
    clip_s = _clip_s(face)
    if clip_s is None:
        return {"wanted": wanted, "clip": "", "off": ""}
    off = shot_lengths.beside(shot.duration_s, clip_s, rate)
    return {"wanted": wanted, "clip": shot_lengths.words(clip_s), "off": off}


def _clip_s(take: Generation | None) -> float | None:
    outputs = {output.kind: output for output in take.outputs.all()} if take else {}
    original, clip = outputs.get(Output.Kind.VIDEO), clips.played(outputs)
    if original is None or clip is None:
        return None
    pace = clips.pace(clip, original)
    num, den = (int(part) for part in pace["rate"].split("/"))
    return float(pace["frames"] * den / num)
