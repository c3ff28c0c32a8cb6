"""/api/v1/projects"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from generations.models import Project
from generations.schemas import ProjectIn
from generations.services.projects import create_project

from . import answers, show

router = Router(tags=["projects"])


@router.get("", response=answers.Projects)
def list_projects(
    request: HttpRequest, cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> dict[str, Any]:
    """Projects you belong to, newest first; administrators see every one."""
    rows = Project.objects.visible_to(request.user).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows[: limit + 1])
    return {
        "items": show.projects(found[:limit], request.user),
        "next_cursor": str(found[limit - 1].pk) if len(found) > limit else None,
    }


@router.post("", response={201: answers.Project})
def new_project(request: HttpRequest, body: ProjectIn) -> Status:
    """A new project; you are its owner."""
    made = create_project(request.user, body.name)
    return Status(201, show.project(made, made.role_of(request.user)))
