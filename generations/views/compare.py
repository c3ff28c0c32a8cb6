"""Two to four clips beside each other, in step, and what was asked of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from generations.cards import aspect
from generations.models import Generation, Output, Status
from generations.services.batch import with_files
from generations.telling.compared import compared

from .frame import page_of
from .opening import open_project

MOST = 4


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """The stored takes that the address names, in its order; of others there is nothing to see."""
    project = open_project(request.user, slug)
    takes = _takes(project, request.GET.getlist("take"))
    context = {
        **page_of(request, project, "studio"),
        "clips": [_clip(take, letter) for take, letter in zip(takes, "ABCD", strict=False)],
        "differences": compared(takes),
        "enough": len(takes) > 1,
        "studio_url": reverse("studio", args=[project.slug]),
        "batch_url": _batch_of(takes),
    }
    return render(request, "generations/compare.html", context)


def _takes(project: Any, wanted: list[str]) -> list[Generation]:
    ids = list(dict.fromkeys(pk for text in wanted[: 4 * MOST] if (pk := _uuid(text))))
    rows = Generation.objects.filter(project=project, status=Status.COMPLETED, purged_at=None)
    found = rows.select_related("model", "account").in_bulk(ids)
    return with_files([found[pk] for pk in ids if pk in found][:MOST])


def _batch_of(takes: list[Generation]) -> str:
    """The page that they all stand on, where one click made them."""
    batches = {take.batch_id for take in takes}
    return reverse("batch", args=[batches.pop()]) if len(batches) == 1 and None not in batches else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _clip(take: Generation, letter: str) -> dict[str, Any]:
    kinds = {output.kind: output for output in take.outputs.all()}
    video = kinds.get(Output.Kind.VIDEO)
    poster = Output.Kind.POSTER in kinds
    return {
        "letter": letter,
        "take": take,
        "url": reverse("take", args=[take.pk]),
        "video_url": reverse("media-output", args=[take.pk, Output.Kind.VIDEO]),
        "poster_url": reverse("media-output", args=[take.pk, Output.Kind.POSTER]) if poster else "",
        "fps": video.fps if video else None,
        "duration_s": video.duration_s if video else None,
        "aspect_css": aspect(take),
    }
