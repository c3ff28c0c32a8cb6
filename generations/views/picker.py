"""The model picker: its list for what stands in a composer, a comparison, and a person's favourites."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from generations import comparison
from generations.desk import Desk, lay
from generations.forms import read_typed
from generations.picker import context_of
from generations.services import favourites
from providers.models import VideoModel

from .opening import open_writable
from .studio import draft_desk


@require_POST
def picker(request: HttpRequest, slug: str) -> HttpResponse:
    """Every model as it would do with the composer that is sent along."""
    project = open_writable(request, slug)
    return render(request, "generations/_picker.html", {"picker": context_of(_desk(request, project))})


@require_POST
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """The models named by ``compare`` side by side; 422 with fewer than two that are offered."""
    project = open_writable(request, slug)
    table = comparison.context_of(_desk(request, project), request.POST.getlist("compare"))
    status = 200 if len(table["columns"]) > 1 else 422
    return render(request, "generations/_picker_compare.html", {"table": table}, status=status)


def _desk(request: HttpRequest, project: Any) -> Desk:
    """The composer that was sent; from the matrix page the one that its cells have in common."""
    if "layout" in request.POST:
        return draft_desk(request.user, project)
    return lay(request.user, project, read_typed(request.POST))


@require_POST
def favourite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """``on=1`` marks the model for this person; without it the mark is taken away."""
    model = get_object_or_404(VideoModel.objects.offered(), pk=pk)
    favourites.mark(request.user, model, on=request.POST.get("on") == "1")
    return HttpResponse(status=204)
