"""/api/v1/alerts: what is wrong and what was. For administrators; 404 for all others, as the admin panel."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from generations.models import Alert, AlertKind
from generations.services import alerts
from generations.telling import alarms

from . import answers_alerts
from .errors import not_found

router = Router(tags=["alerts"])


class Wanted(Schema):
    state: Literal["open", "past", "all"] = "open"
    kind: AlertKind | None = None
    account: UUID | None = Field(None, description="id of the account")


@router.get("", response=answers_alerts.Alerts)
def list_alerts(
    request: HttpRequest,
    wanted: Query[Wanted],
    cursor: Annotated[UUID | None, Query(description="the `next_cursor` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Newest first. Webhooks tell the same as soon as it happens."""
    user: Any = request.user
    if not user.is_administrator:
        raise not_found()
    rows = Alert.objects.select_related("account", "acknowledged_by").filter(_chosen(wanted))
    if cursor:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows.order_by("-id")[: limit + 1])  # ids go up with time
    return {
        "items": [_told(row) for row in found[:limit]],
        "next_cursor": found[limit - 1].pk if len(found) > limit else None,
        "looked_at": alerts.watched_at(),
    }


def _chosen(wanted: Wanted) -> Q:
    chosen = Q() if wanted.state == "all" else Q(closed_at__isnull=wanted.state == "open")
    if wanted.kind:
        chosen &= Q(kind=wanted.kind)
    return chosen & Q(account=wanted.account) if wanted.account else chosen


def _told(row: Alert) -> dict[str, Any]:
    told = alarms.of(row)
    same = ("last_seen_at", "acknowledged_at")
    return {
        **alerts.plain(row),
        **{name: getattr(row, name) for name in same},
        "acknowledged_by": str(row.acknowledged_by or ""),
        "title": told.title,
        "what": told.what,
        "advice": told.advice,
    }
