"""Filters of the gallery under a name, by POST alone; each answers with the gallery they belong to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from generations.forms_gallery import GalleryForm
from generations.models import SavedView
from generations.services import saved_views
from generations.services.refusals import NotAllowed

from .opening import open_project


@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """``of``: the filter as it stands in the address; what is not understood of it is left out."""
    project = open_project(request.user, slug)
    query = GalleryForm(QueryDict(request.POST.get("of", "")[:2000]), project=project).query()
    shared = "shared" in request.POST
    try:
        view = saved_views.save(request.user, project, request.POST.get("name", ""), query, shared=shared)
    except NotAllowed as error:
        raise PermissionDenied from error
    except saved_views.BadView as error:
        messages.error(request, str(error))
        return _gallery(project, query)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return _gallery(project, view.query)


@require_POST
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """``act``: ``share``, ``unshare`` or ``delete``."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user).select_related("project"), pk=pk)
    act = request.POST.get("act")
    try:
        if act == "delete":
            saved_views.delete(request.user, view)
            messages.success(
                request, _("“%(name)s” is deleted; its takes are untouched.") % {"name": view.name}
            )
        elif act in ("share", "unshare"):
            saved_views.change(request.user, view, shared=act == "share")
            told = _("Everybody in the project sees “%(name)s” now.")
            told = told if view.shared else _("“%(name)s” is yours alone again.")
            messages.success(request, told % {"name": view.name})
    except NotAllowed as error:
        raise PermissionDenied from error
    return _gallery(view.project, view.query)


def _gallery(project: Any, query: str) -> HttpResponse:
    url = reverse("gallery", args=[project.slug])
    return HttpResponseRedirect(f"{url}?{query}" if query else url)
