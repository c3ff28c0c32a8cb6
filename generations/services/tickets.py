"""What the sweep knows of the takes it polls: claimed from the rows in one go, written back in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from generations.models import Generation, Status
from providers.gateways.values import Job

CLAIM_AT_ONCE = 500
# a row and its model hold much JSON, which would be read again in every turn of the sweep
_NEEDED = (
    "version",
    "status",
    "account_id",
    "key_no",
    "job_id",
    "job_handle",
    "job_request_id",
    "result_kind",
    "result_url",
    "result_expires_at",
    "accepted_at",
    "submitted_at",
    "created_at",
    "deadline_at",
    "poll_errors",
    "poll_faults",
    "denials",
    "model__wire_id",
)


@dataclass(slots=True)
class Ticket:
    """One take in flight. Kept between polls as long as the row's ``version`` is the same."""

    take_id: UUID
    version: int
    status: str
    account_id: UUID
    job: Job
    accepted_at: datetime
    deadline_at: datetime | None
    key_no: int | None = None
    errors: int = 0
    faults: int = 0
    denials: int = 0
    overdue_noted: bool = False
    due_at: datetime = field(default_factory=timezone.now)
    claimed_until: datetime = field(default_factory=timezone.now)

    def is_overdue(self, now: datetime) -> bool:
        return self.deadline_at is not None and now > self.deadline_at

    def age_s(self, now: datetime) -> float:
        return (now - self.accepted_at).total_seconds()

    def next_at(self, now: datetime, wait_s: float) -> datetime:
        """Counted from when it was due, so that the rhythm does not drift; when that is past, from now."""
        at = self.due_at + timedelta(seconds=wait_s)
        return at if at > now else now + timedelta(seconds=wait_s)


@dataclass(slots=True)
class Later:
    """An unchanged take: when to ask again, and what the gateway told of its progress."""

    ticket: Ticket
    at: datetime
    progress: float | None = None
    eta_s: float | None = None
    told: bool = False


class Tickets:
    """The sweep's memory. Only its database thread touches it."""

    def __init__(self) -> None:
        self._known: dict[UUID, Ticket] = {}

    def claim(self, paused: Sequence[UUID]) -> list[Ticket]:
        """Up to CLAIM_AT_ONCE takes that are due, put out of reach of others for POLL_CLAIM_S seconds.

        What a dead sweep held comes due again by itself.
        """
        now = timezone.now()
        with transaction.atomic():
            due = Generation.objects.due_for_poll(now).exclude(account_id__in=paused)
            rows = list(
                due.select_for_update(skip_locked=True)
                .order_by("next_poll_at")
                .values_list("id", "version", "next_poll_at")[:CLAIM_AT_ONCE]
            )
            claimed = now + timedelta(seconds=settings.STUDIO["POLL_CLAIM_S"])
            Generation.objects.filter(pk__in=[row[0] for row in rows]).update(next_poll_at=claimed)
        self._load(row[0] for row in rows if self._stale(row[0], row[1]))
        return [self._due(take_id, due_at, claimed) for take_id, _v, due_at in rows if take_id in self._known]

    def _stale(self, take_id: UUID, version: int) -> bool:
        known = self._known.get(take_id)
        return known is None or known.version != version

    def _due(self, take_id: UUID, due_at: datetime | None, claimed_until: datetime) -> Ticket:
        ticket = self._known[take_id]
        ticket.due_at, ticket.claimed_until = due_at or timezone.now(), claimed_until
        return ticket

    def _load(self, ids: Iterable[UUID]) -> None:
        rows = Generation.objects.filter(pk__in=list(ids)).select_related("model")
        for take in rows.only(*_NEEDED):
            self._known[take.pk] = Ticket(
                take_id=take.pk,
                version=take.version,
                status=take.status,
                account_id=take.account_id,
                job=take.as_job(),
                accepted_at=take.accepted_at or take.submitted_at or take.created_at,
                deadline_at=take.deadline_at if take.status == Status.RUNNING else None,
                key_no=take.key_no,
                errors=take.poll_errors,
                faults=take.poll_faults,
                denials=take.denials,
            )

    def forget(self, take_id: UUID) -> None:
        self._known.pop(take_id, None)

    def write_back(self, unchanged: Sequence[Later]) -> None:
        """One transaction for all takes that have not moved; a row that changed meanwhile is left alone, and
        so is one that the gateway's call made due again while it was being asked about."""
        if not unchanged:
            return
        now = timezone.now()
        rows = [self._row(item, now) for item in unchanged]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE generations_generation SET next_poll_at = %s, poll_errors = %s, poll_faults = %s,"
                " denials = %s, progress = COALESCE(%s, progress), eta_s = COALESCE(%s, eta_s),"
                " changed_at = COALESCE(%s, changed_at)"
                " WHERE id = %s AND version = %s AND next_poll_at = %s",
                rows,
            )

    def _row(self, item: Later, now: datetime) -> tuple[Any, ...]:
        at = connection.ops.adapt_datetimefield_value
        ticket = item.ticket
        take_id = ticket.take_id if connection.vendor == "postgresql" else ticket.take_id.hex
        return (
            at(item.at),
            ticket.errors,
            ticket.faults,
            ticket.denials,
            item.progress,
            item.eta_s,
            at(now) if item.told else None,
            take_id,
            ticket.version,
            at(ticket.claimed_until),
        )


def waiting_by_account() -> Counter[UUID]:
    """How many takes are polled through each account: what its rate limit is shared by."""
    rows = Generation.objects.filter(next_poll_at__isnull=False).order_by()
    return Counter(rows.values_list("account_id", flat=True))


def load_take(take_id: UUID) -> Generation | None:
    rows = Generation.objects.select_related("model", "account", "project", "author")
    return rows.filter(pk=take_id).first()
