"""The library: the files of a project, and those of all projects, as a wall filtered by the address."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from generations.asset_cards import card
from generations.forms import MOST_FILES
from generations.forms_library import LibraryForm
from generations.models import Project, Upload, Verb
from generations.services import asset_library, assets, chunks

from .frame import page_of, rail_assets, rail_of
from .opening import may, open_project, open_writable

FILTERS = ("kind", "tag", "person", "use")


@require_safe
def of_project(request: HttpRequest, slug: str) -> HttpResponse:
    """One project's files; with ``shared`` those of the studio that its composer may take too."""
    project = open_project(request.user, slug)
    url = reverse("assets", args=[slug])
    can_add = may(project, Verb.COMPOSE) and not project.archived_at
    return _answer(request, project, url, {"can_add": can_add, **_adding(request.user, project, can_add)})


@require_safe
def of_everything(request: HttpRequest) -> HttpResponse:
    """All files that this person may see, and the studio's shared ones."""
    return _answer(request, None, reverse("library"), {})


def _answer(request: HttpRequest, project: Any, url: str, more: dict[str, Any]) -> HttpResponse:
    """The page; to htmx the wall alone, or with ``before`` the next part of it."""
    shared = project is not None and bool(request.GET.get("shared"))
    rows = asset_library.rows_for(request.user, project, shared=shared)
    form = LibraryForm(request.GET, rows=rows)
    context = {**_wall(request.user, rows, form, project, url), **more}
    if not getattr(request, "htmx", False) or request.headers.get("HX-Boosted"):
        return render(request, "generations/library.html", {**context, **_frame(request, project)})
    if form.cleaned_data.get("before"):
        return render(request, "generations/_library_part.html", context)
    response = render(request, "generations/_library.html", context)
    response["HX-Push-Url"] = context["address"]
    return response


def _frame(request: HttpRequest, project: Any) -> dict[str, Any]:
    if project is not None:
        return page_of(request, project, "assets")
    return {"rail_projects": rail_of(request.user), "rail_assets": rail_assets(everything=True)}


def _wall(user: Any, rows: Any, form: LibraryForm, project: Any, url: str) -> dict[str, Any]:
    wanted = form.wanted()
    if project is None and wanted.shared:
        rows = rows.filter(shared_at__isnull=False)
    found = asset_library.page(user, asset_library.narrow(rows, wanted), form.cleaned_data.get("before"))
    query = form.query()
    return {
        "form": form,
        "chips": [form[name] for name in FILTERS],
        "cards": [_card(asset, found.uses, project) for asset in found.assets],
        "before": found.before,
        "given": form.given(),
        "wanted": wanted,
        "filtered": bool(query),
        "understood": not form.errors,
        "may_select": _may_select(user, project),
        "may_share": user.is_producer,
        "url": url,
        "address": f"{url}?{query}" if query else url,
    }


def _may_select(user: Any, project: Any) -> bool:
    """Whether there can be anything to do with what is ticked; each file is asked about anew."""
    return project is None or may(project, Verb.COMPOSE) or may(project, Verb.TRASH)


def _card(asset: Any, uses: Any, project: Any) -> dict[str, Any]:
    """Outside its project a file says where it belongs, if this person may know that."""
    named = asset.project.name if asset.project_seen and project is None else ""
    return {**card(asset, uses), "project_name": named}


def _adding(user: Any, project: Project, can_add: bool) -> dict[str, Any]:
    waiting = chunks.unfinished(user).filter(project=project)[:20] if can_add else ()
    return {"unfinished": [_part(row) for row in waiting], "max_bytes": chunks.most_bytes()}


def _part(upload: Upload) -> dict[str, Any]:
    """A file of which bytes are missing, and how far it is."""
    try:
        here = chunks.offset_of(upload)
    except chunks.Gone:
        here = 0
    percent = 100 * here // upload.size_bytes
    return {"id": upload.pk, "name": upload.name, "size_bytes": upload.size_bytes, "percent": percent}


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Files of a plain form: without scripts they come all at once."""
    project = open_writable(request, slug)
    kept = 0
    for file in request.FILES.getlist("file")[:MOST_FILES]:
        try:
            _asset, known = assets.save_or_find(request.user, project, file, name=file.name or "")
        except assets.UploadRefused as error:
            messages.error(request, f"{file.name}: {error.message}")
            continue
        kept += not known
        if known:
            messages.info(request, _("%(name)s is here already.") % {"name": file.name})
    if kept:
        words = ngettext("%(n)d file added.", "%(n)d files added.", kept) % {"n": kept}
        messages.success(request, words)
    return redirect("assets", slug)
