"""/api/v1/audit: the audit log, for administrators. 404 for everybody else, as the admin panel."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from providers.audit_chain import line_of
from providers.models import AuditEvent

from . import answers_audit
from .errors import not_found

router = Router(tags=["audit"], by_alias=True)


class Wanted(Schema):
    actor: UUID | None = Field(None, description="id of the person")
    verb: str = Field("", max_length=60)
    subject: str = Field("", max_length=60)
    subject_id: str = Field("", max_length=60)
    since: datetime | None = None
    until: datetime | None = Field(None, description="not included")


@router.get("", response=answers_audit.AuditLines)
def audit_log(
    request: HttpRequest,
    wanted: Query[Wanted],
    cursor: Annotated[int | None, Query(ge=1, description="the `next_cursor` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Newest first. ``digest`` is the SHA-256 of the line's canonical JSON without it; ``previous`` is that
    of the line before, so that the chain can be followed."""
    if not request.user.is_administrator:
        raise not_found()
    rows = AuditEvent.objects.select_related("link").filter(**_chosen(wanted))
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows.order_by("-pk")[: limit + 1])
    after = found[limit - 1].pk if len(found) > limit else None
    return {"items": [_line(row) for row in found[:limit]], "next_cursor": after}


def _chosen(wanted: Wanted) -> dict[str, Any]:
    named = {
        "actor_id": wanted.actor,
        "verb": wanted.verb,
        "subject": wanted.subject,
        "subject_id": wanted.subject_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    return {name: value for name, value in named.items() if value}


def _line(row: AuditEvent) -> dict[str, Any]:
    link = getattr(row, "link", None)
    told = line_of(row, link.number if link else 0, link.previous if link else "")
    return {**told, "digest": link.digest if link else None}
