"""What stands around every page of a project: rail, tabs, banner."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from generations.file_urls import file_url
from generations.models import Generation, Output, Project, Role, Verb
from generations.services import shot_takes, shots

from .opening import may

MOST_IN_RAIL = 30
MOST_SHOTS_IN_RAIL = 12


def rail_of(user: Any, project: Project | None = None) -> list[dict[str, Any]]:
    """The newest projects in use, the present one among them, and which the person owns; one query."""
    mine = Project.objects.visible_to(user).active().only("id", "name", "slug")
    owned = Project.objects.where(user, Verb.MANAGE).filter(pk=OuterRef("pk"))
    rows: list[Any] = list(mine.annotate(owned=Exists(owned))[:MOST_IN_RAIL])
    if project and project not in rows:
        rows.insert(0, project)
    return [
        {
            "name": row.name,
            "url": reverse("studio", args=[row.slug]),
            "current": row == project,
            "owned": getattr(row, "owned", False) or getattr(row, "role_here", "") == Role.OWNER,
        }
        for row in rows
    ]


def page_of(request: HttpRequest, project: Any, tab: str) -> dict[str, Any]:
    """Of a project from ``open_project``: its owners alone have settings."""
    pages = {"studio": _("Studio"), "gallery": _("Gallery"), "review": _("Review"), "shots": _("Shots")}
    pages |= {"assets": _("Assets"), "characters": _("Characters")}
    if may(project, Verb.SHARE):
        pages["shares"] = _("Shares")
    pages |= {"members": _("Members")}
    if may(project, Verb.MANAGE):
        pages["project-settings"] = _("Settings")
    waits = project.waits_for_me or None if may(project, Verb.DECIDE) else None
    tabs = [
        {
            "label": label,
            "url": reverse(name, args=[project.slug]),
            "current": name == tab,
            "count": waits if name == "review" else None,
        }
        for name, label in pages.items()
    ]
    rails = {"rail_projects": rail_of(request.user, project), "rail_assets": rail_assets(project)}
    rails["rail_shots"] = rail_shots(project)
    return {"project": project, "tabs": tabs, **rails}


def rail_shots(project: Project) -> list[dict[str, Any]]:
    """The first shots of the project, each with its place in the list and the number of takes that the page
    of shots says; one query, none where the project is
    known to have no shots (see ``open_project``)."""
    if not getattr(project, "has_shots", True):
        return []
    posters = Output.objects.filter(generation=OuterRef("chosen_take"), kind=Output.Kind.SMALL)
    takes = Generation.objects.filter(shot=OuterRef("pk"), **shot_takes.worthy()).order_by().values("shot")
    rows: Any = shots.in_order(project).annotate(poster=Exists(posters))
    rows = rows.annotate(made=Subquery(takes.annotate(n=Count("pk")).values("n")))
    url = reverse("shots", args=[project.slug])
    return [
        {
            "code": row.code,
            "name": row.title,
            "url": f"{url}?shot={row.pk}#shot-{row.pk}",
            "count": row.made,
            "thumb_url": file_url(row.chosen_take_id, Output.Kind.SMALL) if row.poster else "",
        }
        for row in rows[:MOST_SHOTS_IN_RAIL]
    ]


def rail_assets(project: Project | None = None, *, everything: bool = False) -> list[dict[str, Any]]:
    """The project's files by kind, and the way to those of all projects; no query."""
    kinds = {"image": _("Pictures"), "film": _("Clips"), "audio-lines": _("Sounds")}
    kinds["file-text"] = _("Documents")
    words = {"image": "image", "film": "clip", "audio-lines": "sound", "file-text": "document"}
    url = reverse("assets", args=[project.slug]) if project else ""
    rows = [
        {"name": name, "icon": icon, "url": f"{url}?kind={words[icon]}"}
        for icon, name in kinds.items()
        if url
    ]
    whole = {"name": _("All projects"), "icon": "layers", "url": reverse("library"), "current": everything}
    return [*rows, whole]
