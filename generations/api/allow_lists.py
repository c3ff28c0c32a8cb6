"""/api/v1/allow-lists: which models, resolutions and lengths may be used, by role or project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from generations.schemas_allow import AllowListChange, AllowListIn
from generations.services import allow_changes, allowing
from providers.allowing import left_of
from providers.models import AllowList, VideoModel

from . import answers_allow
from .errors import invalid, not_found
from .find import get_project

router = Router(tags=["allow-lists"])


@router.get("", response=answers_allow.AllowLists)
def list_allow_lists(request: HttpRequest) -> dict[str, Any]:
    """Those that hold you in some project, or by your role; all of them for administrators and producers."""
    return {"items": _shown(request.user, list(allowing.visible_to(request.user)))}


@router.post("", response={201: answers_allow.AllowList})
def make(request: HttpRequest, body: AllowListIn) -> Status:
    """For administrators. It counts at once, also for takes that wait in line."""
    allow_changes.require_administrator(request.user)
    fields = body.dict(exclude={"project"})
    fields["project_id"] = get_project(request.user, body.project).pk if body.project else None
    row = _said(lambda: allow_changes.make(request.user, AllowList(**fields)))
    return Status(201, _shown(request.user, [row])[0])


@router.patch("/{uuid:allow_list_id}", response=answers_allow.AllowList)
def change(request: HttpRequest, allow_list_id: UUID, body: AllowListChange) -> dict[str, Any]:
    """For administrators. Takes in line that it no longer allows end unsent, with nothing charged."""
    row, told = _found(request.user, allow_list_id), body.dict(exclude_unset=True)
    return _shown(request.user, [_said(lambda: allow_changes.change(request.user, row.pk, told))])[0]


@router.delete("/{uuid:allow_list_id}", response={204: None})
def remove(request: HttpRequest, allow_list_id: UUID) -> Status:
    """For administrators."""
    allow_changes.remove(request.user, _found(request.user, allow_list_id))
    return Status(204, None)


def _said(do: Callable[[], AllowList]) -> AllowList:
    try:
        return do()
    except allow_changes.Fault as error:
        raise invalid(error.field, error.message, error.allowed) from error


def _found(user: Any, pk: UUID) -> AllowList:
    row = allowing.visible_to(user).filter(pk=pk).first()
    if row is None:
        raise not_found()
    return row


def _shown(user: Any, rows: Sequence[AllowList]) -> list[dict[str, Any]]:
    names, mine = allow_changes.names_of(rows), set(allowing.holding(user).values_list("pk", flat=True))
    models = list(VideoModel.objects.offered().select_related("account")) if rows else []
    return [_one(row, names[row.pk], row.pk in mine, models) for row in rows]


def _one(row: AllowList, name: str, holds: bool, models: Sequence[VideoModel]) -> dict[str, Any]:
    return {
        **row.as_told(),
        "id": row.pk,
        "scope": row.scope,
        "project": row.project_id,
        "role": row.role,
        "applies_to": name,
        "models": sum(1 for model in models if not left_of([row], model).why_not),
        "holds_you": holds,
        "changed_at": row.changed_at,
    }
