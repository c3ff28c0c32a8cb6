"""The list of projects, and a project's own settings: name and archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.file_urls import file_url
from generations.forms import ProjectForm
from generations.models import Output, Project, Verb
from generations.services import allow_changes, allowing
from generations.services import projects as service
from generations.services.refusals import NotAllowed
from providers import allow_words

from .frame import page_of, rail_of
from .opening import may, open_project

MOST_SHOWN = 60


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    rows = list(Project.objects.visible_to(request.user).order_by("-created_at")[: MOST_SHOWN * 2])
    active = [row for row in rows if row.archived_at is None][:MOST_SHOWN]
    covers = _covers(active)
    context = {
        "tiles": [_tile(row, covers) for row in active],
        "archived": [row for row in rows if row.archived_at],
        "rail_projects": rail_of(request.user),
        "starters": [] if rows else _starters(request.user),
    }
    return render(request, "generations/projects.html", context)


def _starters(user: Any) -> list[str]:
    """Whom to ask for a first project: the administrators, for somebody who may not start one."""
    if user.can_create_projects:
        return []
    return [person.get_full_name() for person in get_user_model().objects.administrators()[:3]]


@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    try:
        service.require_create(request.user)
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    form = ProjectForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect(service.create_project(request.user, form.cleaned_data["name"]))
        except ValueError as error:
            form.add_error("name", str(error))
    context = {"form": form, "rail_projects": rail_of(request.user)}
    return render(request, "generations/project_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def project_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """An owner renames and archives."""
    project = open_project(request.user, slug)
    _owners_only(project)
    form = ProjectForm(request.POST if request.method == "POST" else None, initial={"name": project.name})
    if form.is_valid():
        service.rename(request.user, project, form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("project-settings", slug)
    context = {**page_of(request, project, "project-settings"), "form": form}
    context["allow_lists"] = _allow_lists(project)
    status = 422 if form.is_bound else 200
    return render(request, "generations/project_settings.html", context, status=status)


def _allow_lists(project: Project) -> list[dict[str, str]]:
    """What may be made here, and by whom of its people."""
    rows = list(allowing.in_project(project))
    names = allow_changes.names_of(rows)
    return [{"id": str(row.pk), "name": names[row.pk], "words": allow_words.allows(row)} for row in rows]


@require_POST
def project_archive(request: HttpRequest, slug: str) -> HttpResponse:
    """``archived=1`` puts the project away, ``archived=0`` brings it back."""
    project = open_project(request.user, slug)
    _owners_only(project)
    archived = request.POST.get("archived", "1") == "1"
    service.set_archived(request.user, project, archived)
    said = _("“%s” is archived. Its takes stay as they are.") if archived else _("“%s” is back.")
    messages.success(request, said % project.name)
    return redirect("projects" if archived else reverse("studio", args=[slug]))


def _owners_only(project: Any) -> None:
    if not may(project, Verb.MANAGE):
        raise PermissionDenied


def _covers(projects: list[Project]) -> dict[UUID, str]:
    """The poster of each project's last finished take; one query for all."""
    covers: dict[UUID, str] = {}
    posters = Output.objects.filter(
        kind__in=(Output.Kind.POSTER, Output.Kind.SMALL),
        generation__project__in=projects,
        generation__trashed_at=None,
    )
    rows = posters.order_by("-generation_id", "-kind")  # the small one first, where there is one
    found = rows.values_list("generation__project_id", "generation_id", "kind")
    for project_id, take_id, kind in found[:800]:
        covers.setdefault(project_id, file_url(take_id, kind))
    return covers


def _tile(project: Project, covers: dict[UUID, str]) -> dict[str, Any]:
    return {
        "name": project.name,
        "url": reverse("studio", args=[project.slug]),
        "cover_url": covers.get(project.pk),
        "created_at": project.created_at,
    }
