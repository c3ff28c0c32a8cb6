"""/api/v1/characters: named sets of files that prompts speak of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from generations.models import Asset, Character, Project
from generations.schemas import CharacterChange, CharacterIn, Word, Words
from generations.services import characters
from generations.services.refusals import NotAllowed, Outdated

from . import answers_assets, show
from .errors import ApiError, invalid, not_found
from .find import get_open_project, get_project, require_open
from .pages import Cursor, Limit, page_by_name

router = Router(tags=["characters"])


@router.get("", response=answers_assets.Characters)
def list_characters(
    request: HttpRequest,
    project: Word,
    archived: bool = False,
    q: Words = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Those that prompts of a project can name, by name: its own, then the studio's; with ``q`` those that
    hold every word of it in name or notes."""
    where = get_project(request.user, project)
    rows = characters.listed(request.user, where, archived=archived, words=q).select_related("project")
    found, next_cursor = page_by_name(rows, cursor, limit)
    return {"items": [show.character(row) for row in found], "next_cursor": next_cursor}


@router.post("", response={201: answers_assets.Character})
def new_character(request: HttpRequest, body: CharacterIn) -> Status:
    """A character of a project, or of the whole studio."""
    project = get_open_project(request.user, body.project)
    files = _assets(request, project, body.assets)
    told = {"name": body.name, "notes": body.notes, "studio": body.studio}
    made = _tried(lambda: characters.create(request.user, project, files=files, **told))
    return Status(201, _told(request, made, project))


@router.get("/{uuid:character_id}", response=answers_assets.Character)
def one_character(request: HttpRequest, character_id: UUID) -> dict[str, Any]:
    row = _get(request, character_id)
    return _told(request, row, row.project)


@router.patch("/{uuid:character_id}", response=answers_assets.Character)
def change_character(request: HttpRequest, character_id: UUID, body: CharacterChange) -> dict[str, Any]:
    """Takes that were made keep the files that they were made with."""
    row = _get(request, character_id)
    require_open(row.project)
    files = None if body.assets is None else _assets(request, row.project, body.assets, row)
    told = body.dict(exclude_unset=True, include={"name", "notes", "archived"})
    changed = _tried(lambda: characters.change(request.user, row, files=files, seen=body.version, **told))
    return _told(request, changed, row.project)


@router.delete("/{uuid:character_id}", response=answers_assets.Character)
def archive_character(request: HttpRequest, character_id: UUID) -> dict[str, Any]:
    """Out of the lists; PATCH with ``archived: false`` brings it back."""
    row = _get(request, character_id)
    require_open(row.project)
    away = _tried(lambda: characters.change(request.user, row, archived=True))
    return _told(request, away, row.project)


def _get(request: HttpRequest, pk: UUID) -> Character:
    row = Character.objects.visible_to(request.user).select_related("project").filter(pk=pk).first()
    if row is None:
        raise not_found()
    return row


def _told(request: HttpRequest, row: Character, project: Project | None) -> dict[str, Any]:
    away = row.archived_at is not None
    rows = characters.listed(request.user, project, archived=away).select_related("project")
    return show.character(rows.get(pk=row.pk))


def _assets(
    request: HttpRequest, project: Project | None, wanted: Sequence[UUID], row: Character | None = None
) -> list[Asset]:
    """In the order given; of the studio's a file of any project that this person sees, or one it has."""
    rows = Asset.objects.visible_to(request.user).live()
    found = (rows if project is None else rows.filter(project=project)).in_bulk(wanted)
    found |= {asset.pk: asset for asset in row.assets} if row else {}
    if missing := [str(pk) for pk in wanted if pk not in found]:
        raise invalid("assets", f"There is no such file here: {missing[0]}.")
    return [found[pk] for pk in wanted]


def _tried(verb: Callable[[], Character]) -> Character:
    try:
        return verb()
    except characters.CharacterRefused as error:
        raise invalid(error.field, error.message) from error
    except Outdated as error:
        raise ApiError(409, "outdated", str(error)) from error
    except NotAllowed as error:
        raise ApiError(403, "not_allowed", str(error)) from error
