"""/api/v1/limits and /limit-requests: how limits stand, making them, asking for more, and the answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router, Status

from generations.models import LimitRequest
from generations.schemas_limits import AnswerIn, LimitChange, LimitIn, MoreIn
from generations.services import limit_changes, limit_requests, limits
from generations.services.refusals import BadField
from providers import periods
from providers.models import Quota
from providers.models.money import studio_zone
from providers.quotas import Standing

from . import answers_limits
from .errors import invalid, not_found

router = Router(tags=["limits"])
requests_router = Router(tags=["limits"])
MOST = 100


@router.get("", response=answers_limits.Limits)
def list_limits(request: HttpRequest) -> dict[str, Any]:
    """Those that can hold you; all of them for who looks after limits."""
    return {"items": _shown(request.user, list(limits.those_for(request.user)))}


@router.post("", response={201: answers_limits.Limit})
def make(request: HttpRequest, body: LimitIn) -> Status:
    """For administrators. It counts from its first moment what its period has used already."""
    fields = {**body.dict(), "time_zone": body.time_zone or studio_zone()}
    quota = _said(lambda: limit_changes.make(request.user, Quota(**fields)))
    return Status(201, _one(request.user, quota))


@router.patch("/{uuid:limit_id}", response=answers_limits.Limit)
def change(request: HttpRequest, limit_id: UUID, body: LimitChange) -> dict[str, Any]:
    """For administrators. One under what is used or held is allowed: nothing new goes until there is room."""
    quota, told = _found(request.user, limit_id), body.dict(exclude_unset=True)
    return _one(request.user, _said(lambda: limit_changes.change(request.user, quota, told)))


@router.delete("/{uuid:limit_id}", response={204: None})
def remove(request: HttpRequest, limit_id: UUID) -> Status:
    """For administrators."""
    limit_changes.remove(request.user, _found(request.user, limit_id))
    return Status(204, None)


@router.post("/requests/{uuid:request_id}/answer", response=answers_limits.LimitRequest)
def answer(request: HttpRequest, request_id: UUID, body: AnswerIn) -> dict[str, Any]:
    """For administrators and producers. More of a role's limit is a limit of their own for who asked."""
    row = _visible(request.user).filter(pk=request_id).first()
    if row is None:
        raise not_found()
    if body.answer == "refuse":
        _said(lambda: limit_requests.refuse(request.user, row, body.words))
    else:
        _said(lambda: limit_requests.raise_limit(request.user, row, body.to or Decimal(0), body.words))
    return _told(LimitRequest.objects.select_related("asked_by", "answered_by").get(pk=row.pk))


@requests_router.get("", response=answers_limits.LimitRequests)
def list_requests(request: HttpRequest) -> dict[str, Any]:
    """Your own, newest first; before them, for who looks after limits, all that wait for an answer."""
    return {"items": [_told(row) for row in _visible(request.user)[:MOST]]}


@requests_router.post("", response={201: answers_limits.LimitRequest})
def ask(request: HttpRequest, body: MoreIn) -> Status:
    """Reaches those who lift limits."""
    quota = _found(request.user, body.limit)
    row = _said(lambda: limit_requests.ask(request.user, quota, body.amount, body.words))
    return Status(201, _told(row))


def _said(do: Any) -> Any:
    try:
        return do()
    except BadField as error:
        raise invalid(error.field, error.message) from error


def _found(user: Any, pk: UUID) -> Quota:
    quota = limits.those_for(user).filter(pk=pk).first()
    if quota is None:
        raise not_found()
    return quota


def _visible(user: Any) -> Any:
    mine = Q(asked_by=user)
    if user.is_producer:
        mine |= Q(state=LimitRequest.State.OPEN)
    rows = LimitRequest.objects.filter(mine).select_related("quota", "asked_by", "answered_by")
    return rows.order_by("-id")


def _one(user: Any, quota: Quota) -> dict[str, Any]:
    return _shown(user, [quota])[0]


def _shown(user: Any, rows: list[Quota]) -> list[dict[str, Any]]:
    names = limits.names_of(rows)
    holding = set(limits.holding(user).values_list("pk", flat=True))
    standings = limits.standings_for(user, rows)
    return [_limit(item, names[item.quota.pk], item.quota.pk in holding) for item in standings]


def _limit(item: Standing, name: str, holds: bool) -> dict[str, Any]:
    quota, start = item.quota, periods.start_of(item.quota)
    same = ("id", "scope", "scope_id", "role", "measure", "period", "time_zone")
    soft = quota.soft_limit
    return {
        **{field: getattr(quota, field) for field in same},
        "applies_to": name,
        "limit": f"{quota.limit:f}",
        "soft_limit": None if soft is None else f"{soft:f}",
        "used": f"{item.used:f}",
        "left": f"{max(item.left, 0):f}",
        "begins_at": None if start == periods.ALWAYS else start,
        "resets_at": periods.next_start(quota),
        "holds_you": holds,
    }


def _told(row: LimitRequest) -> dict[str, Any]:
    return {
        "id": row.pk,
        "limit": row.quota_id,
        "about": row.about,
        "by": str(row.asked_by),
        "amount": f"{row.amount:f}",
        "words": row.words,
        "at": row.asked_at,
        "state": row.state,
        "answered_by": str(row.answered_by or ""),
        "answered_at": row.answered_at,
        "answer": row.answer,
        "raised_to": None if row.raised_to is None else f"{row.raised_to:f}",
    }
