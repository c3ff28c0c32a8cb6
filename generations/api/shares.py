"""/api/v1/shares: links for guests. An address stands in the answer that makes it, never again."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from generations.models import SavedView, ShareItem, ShareLink, Verb
from generations.schemas import Word
from generations.schemas_shares import ShareChange, ShareIn, TakesIn, is_over
from generations.services import share_items, share_links, shares
from generations.telling import shares as words

from . import answers_shares
from .errors import ApiError, invalid, not_found
from .find import get_open_project, get_project

router = Router(tags=["shares"])


@router.get("", response=answers_shares.Shares)
def list_shares(
    request: HttpRequest,
    project: Word,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    """Of a project in which you may share, newest first."""
    found = _rows(request).filter(project=get_project(request.user, project, Verb.SHARE))
    if cursor:
        found = found.filter(pk__lt=cursor)
    rows = list(found[: limit + 1])
    last = str(rows[limit - 1].pk) if len(rows) > limit else None
    return {"items": _shown(rows[:limit]), "next_cursor": last}


@router.post("", response={201: answers_shares.NewShare})
def make(request: HttpRequest, body: ShareIn) -> Status:
    """``url`` is told in this answer alone: only its hash is kept."""
    project = get_open_project(request.user, body.project, Verb.SHARE)
    _require_to_come(body.expires_at)
    try:
        share, token = shares.make(
            request.user, project, body.terms(), takes=body.chosen(), view=_view(request, body.view)
        )
    except shares.BadShare as error:
        raise invalid(error.field, str(error)) from error
    return Status(201, _new(request, share.pk, token))


@router.get("/{uuid:share_id}", response=answers_shares.Share)
def read(request: HttpRequest, share_id: UUID) -> dict[str, Any]:
    return _shown([_found(request, share_id)])[0]


@router.patch("/{uuid:share_id}", response=answers_shares.Share)
def change(request: HttpRequest, share_id: UUID, body: ShareChange) -> dict[str, Any]:
    """What is not given stays. It holds at once; another passphrase sends all guests back to the door."""
    share = _found(request, share_id)
    _require_to_come(body.expires_at)
    try:
        shares.change(request.user, share, body.terms)
    except shares.BadShare as error:
        raise invalid(error.field, str(error)) from error
    return _shown([_found(request, share_id)])[0]


@router.put("/{uuid:share_id}/takes", response=answers_shares.Share)
def arrange(request: HttpRequest, share_id: UUID, body: TakesIn) -> dict[str, Any]:
    """These takes in this order and no others; guests who are in see it at once. New ones need a clip."""
    try:
        share_items.arrange(request.user, _found(request, share_id), body.chosen(), body.version)
    except shares.BadShare as error:
        raise invalid(error.field, str(error)) from error
    return _shown([_found(request, share_id)])[0]


@router.post("/{uuid:share_id}/revoke", response=answers_shares.Share)
def revoke(request: HttpRequest, share_id: UUID) -> dict[str, Any]:
    """For good: pages and media answer 404 from the next request on. One that was revoked stays so."""
    shares.revoke(request.user, _found(request, share_id))
    return _shown([_found(request, share_id)])[0]


@router.post("/{uuid:share_id}/renew", response=answers_shares.NewShare)
def renew(request: HttpRequest, share_id: UUID) -> dict[str, Any]:
    """Another address for the same share; the old one, and all guests who came by it, are out at once."""
    token = shares.renew(request.user, _found(request, share_id))
    return _new(request, share_id, token)


def _rows(request: HttpRequest) -> Any:
    rows = ShareLink.objects.visible_to(request.user)
    rows = rows.select_related("project", "made_by", "view__owner", "view__project")
    return rows.prefetch_related("items", "view__project__memberships").order_by("-id")


def _found(request: HttpRequest, share_id: UUID) -> ShareLink:
    row: ShareLink | None = _rows(request).filter(pk=share_id).first()
    if row is None:
        raise not_found()
    return row


def _view(request: HttpRequest, pk: UUID | None) -> SavedView | None:
    if pk is None:
        return None
    rows = SavedView.objects.visible_to(request.user).select_related("owner", "project")
    view = rows.filter(pk=pk).first()
    if view is None:
        raise not_found("view")
    return view


def _require_to_come(when: Any) -> None:
    if is_over(when, timezone.now()):
        raise ApiError(422, "invalid_request", _("This time is over."), field="expires_at")


def _new(request: HttpRequest, share_id: UUID, token: str) -> dict[str, Any]:
    url = share_links.address_of(request, token)
    return {**_shown([_found(request, share_id)])[0], "token": token, "url": url}


def _shown(rows: list[ShareLink]) -> list[dict[str, Any]]:
    told = words.rows(rows)
    return [_share(row["share"], row) for row in told]


def _item(item: ShareItem) -> dict[str, Any]:
    return {"take": item.generation_id, "caption": item.caption, "number": item.number}


def _share(share: ShareLink, row: dict[str, Any]) -> dict[str, Any]:
    names = ("title", "brand", "token_end", "expires_at", "most_views", "views", "created_at", "revoked_at")
    may = ("may_comment", "may_approve", "may_download")
    return {
        "id": share.pk,
        "project": share.project.slug,
        **{name: getattr(share, name) for name in (*names, *may)},
        "state": row["state"],
        "trouble": row["trouble"],
        "passphrase": bool(share.passphrase),
        "follows_view": share.follows_view,
        "view": share.view_id,
        "takes": [_item(item) for item in share.items.all()],
        "takes_version": share_items.version_of(share.items.all()),
        "made_by": share.made_by.username,
        "last_visit_at": row["last_visit"],
        "guests": row["names"],
        "links": {
            "self": f"/api/v1/shares/{share.pk}",
            "page": reverse("share", args=[share.pk]),
            "preview": reverse("share-preview", args=[share.pk]),
        },
    }
