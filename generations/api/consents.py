"""/api/v1/consents: what you attested to, and its withdrawal; for administrators, what everybody did."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from generations.models import ConsentRecord
from generations.schemas import WantedRecords
from generations.services import records, withdrawal
from generations.services.withdrawal import MOST_REASON

from . import answers_consents, show
from .errors import invalid, not_found

router = Router(tags=["consents"], by_alias=True)


@router.get("", response=answers_consents.ConsentRecords)
def list_records(
    request: HttpRequest,
    wanted: Query[WantedRecords],
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    """Newest first, withdrawn ones included. Your own; with *everybody* an administrator reads
    all."""
    person = wanted.person if wanted.everybody else request.user.pk
    asked = records.Wanted(
        words=wanted.q,
        person=person,
        gateway=wanted.gateway,
        state=wanted.state or "",
        since=wanted.since,
        until=wanted.until,
    )
    rows = records.find(request.user, asked)
    if cursor:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows[: limit + 1])
    return {
        "items": [show.consent_record(row) for row in found[:limit]],
        "next_cursor": str(found[limit - 1].pk) if len(found) > limit else None,
    }


@router.get("/{uuid:record_id}", response=answers_consents.ConsentRecord)
def get_record(request: HttpRequest, record_id: UUID) -> dict[str, Any]:
    return show.consent_record(_find(request, record_id))


@router.post("/{uuid:record_id}/withdraw", response=answers_consents.ConsentRecord)
def withdraw(
    request: HttpRequest, record_id: UUID, reason: Annotated[str, Query(max_length=MOST_REASON)] = ""
) -> dict[str, Any]:
    """Nothing more is sent that stands on it: queued takes ask for consent again and their holds are
    released; what the gateway has already goes on. Repeating it changes nothing. An administrator may do it
    on behalf of somebody else, with the *reason*."""
    record = _find(request, record_id)
    try:
        withdrawal.withdraw(request.user, record, reason=reason)
    except withdrawal.ReasonNeeded as error:
        raise invalid("reason", str(error)) from error
    return show.consent_record(_find(request, record_id))


def _find(request: HttpRequest, record_id: UUID) -> ConsentRecord:
    record = records.find(request.user, records.Wanted()).filter(pk=record_id).first()
    if record is None:
        raise not_found()
    return record
