"""/api/v1/consents: what you attested to, and its withdrawal."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from generations.models import ConsentRecord
from generations.services import consent

from . import answers, show
from .errors import not_found

router = Router(tags=["consents"], by_alias=True)


@router.get("", response=answers.ConsentRecords)
def list_records(
    request: HttpRequest, cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> dict[str, Any]:
    """Your own records, newest first, withdrawn ones included."""
    rows = ConsentRecord.objects.visible_to(request.user).select_related("account").order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows[: limit + 1])
    return {
        "items": [show.consent_record(row) for row in found[:limit]],
        "next_cursor": str(found[limit - 1].pk) if len(found) > limit else None,
    }


@router.post("/{uuid:record_id}/withdraw", response=answers.ConsentRecord)
def withdraw(request: HttpRequest, record_id: UUID) -> dict[str, Any]:
    """Nothing more is sent that stands on it: queued takes ask for consent again and their holds are
    released; what the gateway has already goes on. Repeating it changes nothing."""
    mine = ConsentRecord.objects.visible_to(request.user).select_related("account")
    record = mine.filter(pk=record_id).first()
    if record is None:
        raise not_found()
    consent.withdraw(request.user, record)
    record.refresh_from_db()
    return show.consent_record(record)
