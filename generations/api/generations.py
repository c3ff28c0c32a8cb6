"""/api/v1/generations and /api/v1/batches: takes, made and looked at."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Body, Query, Router, Status

from generations.models import Generation
from generations.models import Status as TakeStatus
from generations.schemas import BatchIn, GenerationIn, InShot, RetryIn, Word
from generations.schemas_sorting import SearchIn
from generations.services import again, compose, gallery
from generations.services.compose import Composition

from . import answers_takes, show
from .find import get_project, get_take, require_open, takes_of
from .making import IdempotencyKey, compose_cells, compose_from, make, values_of

router = Router(tags=["generations"], by_alias=True)
batches = Router(tags=["generations"], by_alias=True)
Limit = Annotated[int, Query(ge=1, le=100)]
MaybeRetry = Annotated[RetryIn | None, Body()]


@router.post("", response={202: answers_takes.Take})
def generate(request: HttpRequest, body: GenerationIn, key: IdempotencyKey = None) -> Status:
    """Make one take. The price is held now; what it really cost stands in ``cost`` once it has ended."""
    (take,) = make(request, key, body, lambda: [compose_from(request, body)])
    return Status(202, show.take(take))


@batches.post("", response={202: answers_takes.Batch})
def generate_batch(request: HttpRequest, body: BatchIn, key: IdempotencyKey = None) -> Status:
    """The same request ``count`` times, or each cell of a matrix: all are made, or none."""
    takes = make(request, key, body, lambda: compose_cells(request, body))
    return Status(202, {"batch": takes[0].batch_id, "takes": [show.take(take) for take in takes]})


@router.get("", response=answers_takes.Takes)
def list_takes(
    request: HttpRequest,
    project: Word | None = None,
    status: TakeStatus | None = None,
    trashed: bool = False,
    shot: InShot | None = None,
    cursor: UUID | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first. ``cursor`` is the ``next_cursor`` of the page before."""
    rows = takes_of(request.user).filter(trashed_at__isnull=not trashed).order_by("-id")
    if project:
        rows = rows.filter(project=get_project(request.user, project))
    if status:
        rows = rows.filter(status=status)
    if shot:
        rows = rows.filter(shot=None if shot == gallery.NO_SHOT else shot)
    if cursor:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows[: limit + 1])
    return _page(found, limit)


@router.get("/search", response=answers_takes.Takes)
def search_takes(
    request: HttpRequest, found: Query[SearchIn], cursor: UUID | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """The takes of one project as its gallery finds and orders them; each version of a stack for itself,
    unless ``tops`` is given."""
    where = get_project(request.user, found.project)
    ids = gallery.next_of(where, found.filter(), cursor, limit + 1, _ids_of)
    by_id = takes_of(request.user).in_bulk(ids)
    return _page([by_id[pk] for pk in ids if pk in by_id], limit)


def _ids_of(rows: QuerySet[Generation]) -> QuerySet[Any]:
    return rows.values_list("pk", flat=True)


def _page(found: list[Any], limit: int) -> dict[str, Any]:
    """:param found: one more than the limit, where there are more."""
    return {
        "items": [show.take(take) for take in found[:limit]],
        "next_cursor": str(found[limit - 1].pk) if len(found) > limit else None,
    }


@router.get("/{uuid:take_id}", response=answers_takes.Take)
def one_take(request: HttpRequest, take_id: UUID) -> dict[str, Any]:
    return show.take(get_take(request, take_id))


@router.post("/{uuid:take_id}/retry", response={202: answers_takes.Take})
def retry(request: HttpRequest, take_id: UUID, body: MaybeRetry = None, key: IdempotencyKey = None) -> Status:
    """A new, paid take from the settings of this one, with ``changes`` laid over them."""
    first, body = get_take(request, take_id), body or RetryIn()

    def build() -> list[Composition]:
        require_open(first.project)
        again.require_ended(first)
        changes = values_of(body.changes) if body.changes else {}
        wish = compose.wish_of(first, changes, relation="edit" if changes else "retry")
        return [compose.compose(request.user, first.project, wish, fill_in=bool(changes))]

    (take,) = make(request, key, body, build)
    return Status(202, show.take(take))


@router.get("/{uuid:take_id}/events", response=answers_takes.Events)
def history(
    request: HttpRequest, take_id: UUID, cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0, limit: Limit = 100
) -> dict[str, Any]:
    """Everything that happened to a take, oldest first."""
    rows = get_take(request, take_id).events.select_related("actor").filter(pk__gt=cursor).order_by("id")
    found = list(rows[: limit + 1])
    return {
        "items": [show.event(row) for row in found[:limit]],
        "next_cursor": str(found[limit - 1].pk) if len(found) > limit else None,
    }
