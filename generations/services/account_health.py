"""How accounts do, out of our own traffic: what of the last day's takes came through, how long they took, and
what went wrong last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from generations.models import Generation, Status
from generations.services.typical import Typical, typical
from providers.gateways.values import FailureClass
from providers.ids import first_id

SPAN = timedelta(hours=24)
# what a gateway or its account is to blame for; a refused prompt is not
_OF_THE_GATEWAY = (
    *(FailureClass.PROVIDER_DOWN, FailureClass.RATE_LIMITED, FailureClass.NO_BALANCE, FailureClass.LOST),
    *(FailureClass.KEY_REJECTED, FailureClass.EXPIRED_RESULT),
)
_AT_GATEWAY = Q(status__in=[Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING])
_ENDED = ("account", "done", "failed")
LATELY = timedelta(hours=1)  # in which a take must have ended to say how its account does now
WAITS_AT_MOST = timedelta(days=2)  # of a take in line, before it is accepted
_LATEST = 20  # ended takes of one account
_NEWEST = 200  # takes of one account whose times are looked at
_ERRORS = 3


@dataclass(frozen=True)
class Error:
    at: datetime
    take: UUID
    words: str


@dataclass(frozen=True)
class Health:
    """Of takes made in SPAN. ``share``: of those that ended, how many came through; a person's own stops and
    refusals of what was asked for count for neither."""

    done: int = 0
    failed: int = 0
    in_flight: int = 0
    waits: int = 0
    times: Typical | None = None
    errors: list[Error] = field(default_factory=list)

    @property
    def ended(self) -> int:
        return self.done + self.failed

    @property
    def share(self) -> float | None:
        return self.done / self.ended if self.ended else None


def of(accounts: Iterable[UUID]) -> dict[UUID, Health]:
    """Three questions for all accounts, and a small one for the errors of each."""
    since = timezone.now() - SPAN
    rows = Generation.objects.filter(pk__gte=first_id(since)).order_by()
    times = _times(rows.filter(status=Status.COMPLETED))
    faults = Q(status=Status.FAILED, failure_class__in=_OF_THE_GATEWAY)
    recent = rows.values("account").annotate(
        done=Count("pk", filter=Q(status=Status.COMPLETED)), failed=Count("pk", filter=faults)
    )
    ended = {account: (done, failed) for account, done, failed in recent.values_list(*_ENDED)}
    now = Generation.objects.filter(_AT_GATEWAY).order_by().values("account").annotate(n=Count("pk"))
    flying = dict(now.values_list("account", "n"))
    queued = Generation.objects.filter(status=Status.QUEUED).order_by().values("account")
    waits = dict(queued.annotate(n=Count("pk")).values_list("account", "n"))
    return {
        pk: Health(
            *ended.get(pk, (0, 0)),
            in_flight=flying.get(pk, 0),
            waits=waits.get(pk, 0),
            times=times.get(pk),
            errors=_errors(pk, since) if ended.get(pk, (0, 0))[1] else [],
        )
        for pk in accounts
    }


def _times(rows: QuerySet[Generation]) -> dict[UUID, Typical]:
    """From acceptance to the stored file."""
    spans: dict[UUID, list[float]] = {}
    place = Window(RowNumber(), partition_by="account_id", order_by=F("pk").desc())
    done = rows.filter(accepted_at__isnull=False, completed_at__isnull=False).annotate(place=place)
    newest = done.filter(place__lte=_NEWEST).values_list("account_id", "accepted_at", "completed_at")
    for account, began, ended in newest:
        if began and ended:
            spans.setdefault(account, []).append((ended - began).total_seconds())
    return {account: typical(found) for account, found in spans.items()}


def _errors(account: UUID, since: datetime) -> list[Error]:
    rows = Generation.objects.filter(
        account=account, pk__gte=first_id(since), status=Status.FAILED, failure_class__in=_OF_THE_GATEWAY
    )
    newest = rows.order_by("-pk").values_list("ended_at", "pk", "failure_message")[:_ERRORS]
    return [Error(at, pk, words) for at, pk, words in newest if at]


def came_through(now: datetime) -> dict[UUID, list[tuple[datetime, bool]]]:
    """Of each account the last takes that ended within LATELY, the newest first: when, and whether they came
    through. One whose outcome nobody knows did not: a gateway that breaks off its answers makes such takes
    alone. One question, of the takes of WAITS_AT_MOST by id: what waited in line for hours ends now."""
    began = first_id(now - WAITS_AT_MOST)
    ended = Q(status=Status.COMPLETED) | Q(status=Status.FAILED, failure_class__in=_OF_THE_GATEWAY)
    rows = Generation.objects.filter(ended | Q(status=Status.UNCERTAIN), pk__gte=began)
    rows = rows.annotate(at=Coalesce("ended_at", "submitted_at")).filter(at__gt=now - LATELY).order_by()
    found: dict[UUID, list[tuple[datetime, bool]]] = {}
    # numbered here: SQLite would read every take there is, by account, to do it
    for account, status, at in rows.values_list("account", "status", "at"):
        found.setdefault(account, []).append((at, status == Status.COMPLETED))
    return {account: sorted(ends, reverse=True)[:_LATEST] for account, ends in found.items()}
