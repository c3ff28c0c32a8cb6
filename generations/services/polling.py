"""What one answer to a poll does to its take."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Generation, Status
from providers import prices
from providers.gateways.capabilities import from_plain
from providers.gateways.errors import GatewayError, Refused
from providers.gateways.values import Failure, FailureClass, Job, JobState
from providers.readings import readings

from . import endings, rhythm, transitions
from .lease import rung_until
from .outgoing import prepare
from .ring import ring

logger = logging.getLogger(__name__)


def finished(take: Generation, job: Job) -> bool:
    """The gateway has the file: fetch it. A cancelled take keeps its status; its file goes to the trash."""
    fields = {**result_fields(job), **_counted(take, job)}
    now = timezone.now()
    moved = transitions.move(
        take,
        Status.STORING if take.status == Status.RUNNING else take.status,
        frm=[take.status],
        kind="finished at the gateway",
        guard=Q(next_poll_at__isnull=False),
        next_poll_at=None,
        not_before=None,
        finished_at=now,
        tries=0,
        poll_errors=0,
        progress=None,
        bytes_done=0,
        bytes_total=None,
        **rung_until(settings.STUDIO["RING_AGAIN_S"]),
        **fields,
    )
    if moved:
        ring("store", take.pk)
    return moved


def not_ready(take: Generation, guard: Q) -> bool:
    """The gateway has taken *finished* back: ask about the job again, more and more slowly."""
    before = take.events.filter(kind="not ready").count()
    return transitions.move(
        take,
        Status.RUNNING if take.status == Status.STORING else take.status,
        frm=[take.status],
        kind="not ready",
        guard=guard,
        next_poll_at=timezone.now() + timedelta(seconds=rhythm.back_off_s(before)),
        finished_at=None,
        lease_until=None,
        tries=0,
    )


def result_fields(job: Job) -> dict[str, Any]:
    """What must be kept of a finished job to fetch its file."""
    kept = {"last_frame_url": job.last_frame_url} if job.last_frame_url else {}
    fields: dict[str, Any] = {"job_handle": {**job.handle, **kept}}
    if job.result:
        fields |= {
            "result_kind": job.result.kind,
            "result_url": job.result.url,
            "result_expires_at": job.result.expires_at,
        }
    if job.cost_usd is not None:
        fields |= {"actual_usd": Decimal(job.cost_usd), "actual_basis": "actual"}
    return fields


def _counted(take: Generation, job: Job) -> dict[str, Any]:
    """The cost by the model's price and the tokens that the gateway counted: an estimate, not its bill."""
    if job.tokens is None or job.cost_usd is not None:
        return {}
    try:
        rule = prices.from_plain(take.model.price_rule)
    except ValueError:  # edited into something else since: the held sum stands
        return {}
    asked = readings(prepare(take, with_files=False).request, from_plain(take.model.capabilities))
    costs = [prices.cost_of_tokens(rule, request, job.tokens) for request in asked]
    known = [cost for cost in costs if cost is not None]
    return {"actual_usd": max(known), "actual_basis": "usage"} if known and len(known) == len(costs) else {}


def ended(take: Generation, failure: Failure, raw: str = "") -> bool:
    """The gateway's definite *no*."""
    if take.status == Status.CANCELLED:
        detail = {"class": failure.failure_class, "message": failure.message[:300]}
        return endings.close_cancelled(take, failure.billed, detail, failure.cost_usd)
    return endings.fail(take, failure, frm=[Status.RUNNING], raw=raw)


def lost(take: Generation, error: GatewayError) -> bool:
    """The gateway no longer knows the job; whether it was billed, nobody can tell."""
    failure = Failure(FailureClass.LOST, error.message, billed=None)
    return ended(take, failure, error.raw)


def given_up(take: Generation, error: GatewayError) -> bool:
    """The gateway answers every question about the job with the same failure: it is over, and whether it was
    billed, nobody can tell."""
    failure = Failure(
        error.failure_class if isinstance(error, Refused) else FailureClass.PROVIDER_DOWN,
        error.message,
        billed=None,
        hint=_(
            "The gateway answered every question about this job so. Look at its account for a charge "
            "or a refund."
        ),
    )
    return ended(take, failure, error.raw)


def failure_of(job: Job) -> Failure:
    """The failure a finished-badly job carries; a cancellation by the gateway counts as its fault."""
    if job.failure:
        return job.failure
    message = _("The gateway cancelled the job.") if job.state == JobState.CANCELLED else _("The job failed.")
    return Failure(FailureClass.PROVIDER_DOWN, message, billed=None)


def apply(take: Generation, job: Job) -> bool:
    """Act on a job that is no longer just running."""
    if job.state == JobState.FINISHED:
        return finished(take, job)
    return ended(take, failure_of(job))


def note_overdue(take: Generation) -> bool:
    """Say once that the deadline has passed; a time-out is no verdict."""
    if take.events.filter(kind="overdue").exists():
        return False
    return transitions.touch(take, "overdue")
