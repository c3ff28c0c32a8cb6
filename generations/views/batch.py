"""The page of a batch: what one click made, as a grid that can be turned, and its live fragment."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from generations.batch_grid import grid_of
from generations.card_looking import looking
from generations.models import Status
from generations.services import batch, naming
from generations.services.matrix import axes_of
from generations.telling.batches import differences

from .frame import page_of
from .opening import open_project


@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    takes = _takes(request, pk)
    project = open_project(request.user, takes[0].project.slug)
    context = {**_context(request, project, takes, pk), **page_of(request, project, "studio")}
    return render(request, "generations/batch.html", context)


@require_safe
def live(request: HttpRequest, pk: UUID) -> HttpResponse:
    """204 while the browser shows the present version."""
    takes = _takes(request, pk)
    if request.GET.get("v") == batch.version_of(takes):
        return HttpResponse(status=204)
    project = open_project(request.user, takes[0].project.slug)
    return render(request, "generations/_batch_grid.html", _context(request, project, takes, pk))


def _takes(request: HttpRequest, pk: UUID) -> list[Any]:
    """:raises Http404: for strangers as for ids that do not exist."""
    takes = batch.takes_of(request.user, pk)
    if not takes:
        raise Http404
    return takes


def _context(request: HttpRequest, project: Any, takes: list[Any], pk: UUID) -> dict[str, Any]:
    version = batch.version_of(takes)
    by = looking(project, batch.with_files(takes))
    rows = request.GET.get("rows", "")[:20]
    url = reverse("batch-live", args=[pk])
    return {
        "grid": grid_of(takes, by, rows),
        "batch": {
            "url": f"{url}?{urlencode({'rows': rows})}" if rows else url,
            "version": version,
            "busy": batch.is_busy(takes),
            "count": len(takes),
            "done": sum(1 for take in takes if take.status == Status.COMPLETED),
            "ended": sum(1 for take in takes if take.is_final),
            "author": takes[0].author,
            "created_at": takes[0].created_at,
            "prompt": "" if "prompt" in axes_of(takes) else naming.as_shown(takes[0].prompt),
            "differences": differences(takes),
            "compare_url": reverse("compare", args=[project.slug]),
        },
    }
