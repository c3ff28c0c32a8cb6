"""Open a project for a page: what it needs of the row, for whom, in one query."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from generations.models import MAY, Character, Membership, Project, Role, Shot, Verb
from generations.services import feed, looking_in, waiting


def open_project(user: Any, slug: str) -> Any:
    """The project with the state of its feed, this person's ``role_here`` and ``viewer_id``, in one query."""
    mine = Membership.objects.filter(project=OuterRef("pk"), user=user).values("role")[:1]
    named = Character.objects.live().filter(Q(project=None) | Q(project=OuterRef("pk")))
    projects = feed.with_state(Project.objects.visible_to(user))
    projects = projects.annotate(my_role=Subquery(mine), has_characters=Exists(named))
    projects = projects.annotate(has_shots=Exists(Shot.objects.filter(project=OuterRef("pk"))))
    projects = projects.annotate(waits_for_me=waiting.count_for(user))
    project: Any = get_object_or_404(projects, slug=slug)
    project.role_here = Role.OWNER if user.is_administrator else project.my_role
    project.viewer_id = user.pk
    looking_in.trace(user, project)
    return project


def may(project: Any, verb: Verb) -> bool:
    """Of a project from ``open_project``; nobody composes in an archived one."""
    return verb in MAY.get(project.role_here, frozenset())


def open_writable(request: HttpRequest, slug: str, verb: Verb = Verb.COMPOSE) -> Any:
    """The project, for those who may compose in it; 403 for its other members, 404 for strangers.

    An archived project still shows its takes but takes no new ones.
    """
    project = open_project(request.user, slug)
    if not may(project, verb):
        raise PermissionDenied
    if project.archived_at:
        raise Http404
    return project
