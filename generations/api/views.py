"""/api/v1/views: filters of the gallery under a name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from ninja import Router, Status

from generations.forms_gallery import GalleryForm
from generations.models import SavedView
from generations.schemas import Word
from generations.schemas_sorting import ViewChange, ViewIn
from generations.services import saved_views

from . import answers_sorting
from .errors import invalid, not_found
from .find import get_open_project, get_project

router = Router(tags=["views"])


@router.get("", response=list[answers_sorting.SavedView])
def list_views(request: HttpRequest, project: Word) -> list[dict[str, Any]]:
    """Your own and the shared ones of a project, by name."""
    return [
        _view(row, request.user) for row in saved_views.of(request.user, get_project(request.user, project))
    ]


@router.post("", response={201: answers_sorting.SavedView})
def save(request: HttpRequest, body: ViewIn) -> Status:
    """``query`` as it stands behind the ``?`` of the gallery; what is not understood of it is left out. One
    of yours with this name is written over."""
    project = get_open_project(request.user, body.project, saved_views.verb_for(body.shared))
    query = GalleryForm(QueryDict(body.query), project=project).query()
    try:
        row = saved_views.save(request.user, project, body.name, query, shared=body.shared)
    except saved_views.BadView as error:
        raise invalid("name", str(error)) from error
    return Status(201, _view(row, request.user))


@router.patch("/{uuid:view_id}", response=answers_sorting.SavedView)
def change(request: HttpRequest, view_id: UUID, body: ViewChange) -> dict[str, Any]:
    """Another name, or shared or not; your own, or any in a project that you own."""
    try:
        row = saved_views.change(request.user, _found(request, view_id), name=body.name, shared=body.shared)
    except saved_views.BadView as error:
        raise invalid("name", str(error)) from error
    return _view(row, request.user)


@router.delete("/{uuid:view_id}", response={204: None})
def delete(request: HttpRequest, view_id: UUID) -> Status:
    """Your own, or any in a project that you own; its takes are untouched."""
    saved_views.delete(request.user, _found(request, view_id))
    return Status(204, None)


def _found(request: HttpRequest, view_id: UUID) -> SavedView:
    rows = SavedView.objects.visible_to(request.user).select_related("project", "owner")
    row = rows.filter(pk=view_id).first()
    if row is None:
        raise not_found()
    return row


def _view(row: SavedView, user: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "query": row.query,
        "shared": row.shared,
        "mine": row.owner_id == user.pk,
        "owner": row.owner.username,
    }
