"""The one way a take changes its status: compare, set, and write it down, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from generations.models import FINAL, Event, Generation

from . import news


def move(
    take: Generation,
    to: str,
    *,
    frm: Iterable[str],
    kind: str,
    actor: Any = None,
    detail: Mapping[str, Any] | None = None,
    guard: Q | None = None,
    **fields: Any,
) -> bool:
    """Set ``take`` to ``to`` if it still is in one of ``frm``, with an event beside it.

    :param guard: a further condition on the row, such as its attempt or the holder of its lease.
    :returns: False when somebody else was first; nothing is written then. On success the fields are
        also set on ``take``.
    """
    now = timezone.now()
    frm = list(frm)
    if to in FINAL and to not in frm:
        fields.setdefault("ended_at", now)
        fields.setdefault("lease_until", None)
    if "lease_until" in fields and fields["lease_until"] is None:
        fields.setdefault("lease_holder", None)  # or its renewal would bring the lease back
    fields |= news.fields_of(take, to, changes_status=to not in frm, actor=actor, fields=fields, now=now)
    with transaction.atomic():
        rows = Generation.objects.filter(guard or Q(), pk=take.pk)
        changes = {"status": to, "version": F("version") + 1, "changed_at": now, **fields}
        # one status after the other: the history names the one that it really was
        was = next((old for old in frm if rows.filter(status=old).update(**changes)), None)
        if was is None:
            return False
        record(take.pk, take.project_id, kind, from_status=was, to_status=to, actor=actor, detail=detail)
    for name, value in {"status": to, **fields}.items():
        setattr(take, name, value)
    return True


def touch_many(rows: QuerySet[Generation], most: int, kind: str, *, actor: Any = None, **fields: Any) -> int:
    """As ``touch``, for the first ``most`` of ``rows``, in one transaction; for changes that are no news.

    :param rows: those that are not changed yet: what was changed no longer belongs to them.
    :returns: how many.
    """
    now = timezone.now()
    if "lease_until" in fields and fields["lease_until"] is None:
        fields.setdefault("lease_holder", None)
    with transaction.atomic():
        found = rows.select_for_update(of=("self",)).values_list("pk", "project_id", "status")
        takes = list(found[:most])
        changes = {"version": F("version") + 1, "changed_at": now, **fields}
        Generation.objects.filter(pk__in=[pk for pk, _project, _status in takes]).update(**changes)
        Event.objects.bulk_create(
            Event(
                project_id=project,
                generation_id=pk,
                kind=kind,
                from_status=status,
                to_status=status,
                actor=actor,
            )
            for pk, project, status in takes
        )
    return len(takes)


def hold(ids: Iterable[UUID]) -> dict[UUID, Generation]:
    """These rows as they are now, held until the transaction ends: by whoever changes takes and their money,
    before anything of the ledger, as one who cancels or fails a take has its row first. In one order, so
    that two never wait for each other; and by no lock that stops who only makes a take from one of these,
    holding the limits already."""
    rows = Generation.objects.select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in rows.filter(pk__in=list(ids)).order_by("pk")}


def record(
    take_id: UUID,
    project_id: UUID,
    kind: str,
    *,
    from_status: str = "",
    to_status: str = "",
    actor: Any = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of history; the feed of the project notices it."""
    Event.objects.create(
        project_id=project_id,
        generation_id=take_id,
        kind=kind,
        from_status=from_status,
        to_status=to_status,
        actor=actor,
        detail=dict(detail or {}),
    )


def touch(
    take: Generation,
    kind: str,
    *,
    actor: Any = None,
    detail: Mapping[str, Any] | None = None,
    guard: Q | None = None,
    **fields: Any,
) -> bool:
    """Change a take without changing its status, with an event beside it."""
    return move(
        take, take.status, frm=[take.status], kind=kind, actor=actor, detail=detail, guard=guard, **fields
    )
