"""What stands around every page of a project: rail, tabs, banner."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from generations.models import Project, Verb

from .opening import may

MOST_IN_RAIL = 30


def rail_of(user: Any, project: Project | None = None) -> list[dict[str, Any]]:
    """The newest projects in use, the present one among them; one query."""
    rows = list(Project.objects.visible_to(user).active().only("id", "name", "slug")[:MOST_IN_RAIL])
    if project and project not in rows:
        rows.insert(0, project)
    return [
        {"name": row.name, "url": reverse("studio", args=[row.slug]), "current": row == project}
        for row in rows
    ]


def page_of(request: HttpRequest, project: Any, tab: str) -> dict[str, Any]:
    """Of a project from ``open_project``: its owners alone have settings."""
    pages = {"studio": _("Studio"), "gallery": _("Gallery"), "characters": _("Characters")}
    pages |= {"members": _("Members")}
    if may(project, Verb.MANAGE):
        pages["project-settings"] = _("Settings")
    tabs = [
        {"label": label, "url": reverse(name, args=[project.slug]), "current": name == tab}
        for name, label in pages.items()
    ]
    return {"project": project, "tabs": tabs, "rail_projects": rail_of(request.user, project)}
