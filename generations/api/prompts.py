"""/api/v1/prompts: what the team saved in a project, and what you wrote there."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from generations.models import SavedPrompt, Verb
from generations.schemas import SavedPromptChange, SavedPromptIn, Word, Words
from generations.services import past_prompts, saved_prompts

from . import answers_prompts, show
from .errors import not_found
from .find import get_open_project, get_project, require_open
from .pages import Cursor, Limit, page_by_name

router = Router(tags=["prompts"])
Kind = Literal["prompt", "snippet", "negative"]


@router.get("", response=answers_prompts.SavedPrompts)
def list_saved(
    request: HttpRequest,
    project: Word,
    kind: Kind | None = None,
    q: Words = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The saved prompts of a project by name; with ``q`` those that hold every word of it."""
    rows = saved_prompts.find(get_project(request.user, project), kind or "", q)
    found, next_cursor = page_by_name(rows, cursor, limit)
    return {"items": [show.saved_prompt(row) for row in found], "next_cursor": next_cursor}


@router.get("/past", response=answers_prompts.PastPrompts)
def list_past(request: HttpRequest, project: Word, q: Words = "") -> dict[str, Any]:
    """Your own last prompts in a project, the latest first, at most 60."""
    where = get_project(request.user, project, Verb.COMPOSE)
    return {"items": list(past_prompts.find(request.user, where, q))}


@router.post("", response={201: answers_prompts.SavedPrompt})
def save(request: HttpRequest, body: SavedPromptIn) -> Status:
    where = get_open_project(request.user, body.project)
    row = saved_prompts.save(request.user, where, body.kind, body.name, body.text)
    return Status(201, show.saved_prompt(row))


@router.put("/{uuid:prompt_id}", response=answers_prompts.SavedPrompt)
def change(request: HttpRequest, prompt_id: UUID, body: SavedPromptChange) -> dict[str, Any]:
    row = saved_prompts.change(request.user, _saved(request, prompt_id), body.name, body.text)
    return show.saved_prompt(row)


@router.delete("/{uuid:prompt_id}", response={204: None})
def delete(request: HttpRequest, prompt_id: UUID) -> Status:
    """Your own, or any in a project that you own."""
    saved_prompts.delete(request.user, _saved(request, prompt_id))
    return Status(204, None)


def _saved(request: HttpRequest, prompt_id: UUID) -> SavedPrompt:
    rows = SavedPrompt.objects.visible_to(request.user).select_related("project", "owner")
    row = rows.filter(pk=prompt_id).first()
    if row is None:
        raise not_found()
    require_open(row.project)
    return row
