"""/api/v1/generations/{id}/comments and /api/v1/comments: notes on takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from generations.models import Audience, Comment
from generations.schemas_review import CommentChange, CommentIn, ResolvedIn
from generations.services import comments as service
from generations.services.note_words import BadNote
from generations.services.threads import threads_of
from generations.services.writers import Writer

from . import answers_notes
from .errors import ApiError, invalid, not_found
from .find import get_take

of_takes = Router(tags=["comments"], by_alias=True)
router = Router(tags=["comments"], by_alias=True)


@of_takes.get("/{uuid:take_id}/comments", response=answers_notes.Comments)
def list_comments(
    request: HttpRequest, take_id: UUID, audience: Literal["internal", "client"] | None = None
) -> dict[str, Any]:
    """Threads in the order of frames, those of the whole clip first; ``replies`` oldest first."""
    take = get_take(request, take_id)
    threads = threads_of(take, [audience] if audience else list(Audience))
    return {"items": [{**_told(one), "replies": [_told(r) for r in one.replies.all()]} for one in threads]}


@of_takes.post("/{uuid:take_id}/comments", response={201: answers_notes.Comment})
def write(request: HttpRequest, take_id: UUID, body: CommentIn) -> Status:
    """The take's author is told, and whom ``body`` names: ``@username`` or ``@Display Name``."""
    take = get_take(request, take_id)

    def verb(by: Writer) -> Comment:
        return service.write(by, take, **body.said(), audience=body.audience, parent=body.parent)

    return Status(201, _do(request, verb))


@router.patch("/{uuid:comment_id}", response=answers_notes.Comment)
def edit(request: HttpRequest, comment_id: UUID, body: CommentChange) -> dict[str, Any]:
    """Your own. Lines of the checklist that stay keep their ticks."""
    comment = _find(request, comment_id)
    return _do(request, lambda by: service.edit(by, comment, body.version, **body.said()))


@router.delete("/{uuid:comment_id}", response={204: None})
def delete(request: HttpRequest, comment_id: UUID) -> Status:
    """Your own, or any in a project that you own. Replies to it stay."""
    comment = _find(request, comment_id)
    _do(request, lambda by: service.delete(by, comment))
    return Status(204, None)


@router.post("/{uuid:comment_id}/resolve", response=answers_notes.Comment)
def resolve(request: HttpRequest, comment_id: UUID, body: ResolvedIn | None = None) -> dict[str, Any]:
    """Of a thread that is resolved already nothing changes."""
    comment = _find(request, comment_id)
    within = get_take(request, body.take, field="take") if body and body.take else None
    return _do(request, lambda by: service.resolve(by.person, comment, within))


@router.post("/{uuid:comment_id}/reopen", response=answers_notes.Comment)
def reopen(request: HttpRequest, comment_id: UUID) -> dict[str, Any]:
    comment = _find(request, comment_id)
    return _do(request, lambda by: service.reopen(by.person, comment))


def _find(request: HttpRequest, pk: UUID) -> Comment:
    """:raises ApiError: 404."""
    found = Comment.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def _do(request: HttpRequest, verb: Callable[[Writer], Comment]) -> dict[str, Any]:
    try:
        return _told(verb(Writer(person=request.user)))
    except BadNote as error:
        raise invalid(error.field, str(error)) from error
    except service.NoSuchNote as error:
        raise not_found("parent") from error
    except service.NoteOutdated as error:
        standing = answers_notes.Comment.model_validate(_told(error.standing)).model_dump(mode="json")
        raise ApiError(409, "outdated", str(error), field="version", comment=standing) from error


def _told(row: Comment) -> dict[str, Any]:
    names = ("audience", "body", "frame", "frame_end", "drawing", "checklist", "version")
    times = ("created_at", "edited_at", "deleted_at", "resolved_at")
    return {
        "id": row.pk,
        "take": row.generation_id,
        "parent": row.parent_id,
        **{name: getattr(row, name) for name in (*names, *times)},
        "author": {"name": row.author_name, "id": row.author_id, "is_guest": row.author_id is None},
        "resolved_in": row.resolved_in_id,
    }
