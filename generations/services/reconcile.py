"""Look an uncertain take up in the gateway's own list, where it has one.

A job is adopted only when there can be no mistake: it was made after the attempt began, has this very
prompt and model, belongs to no other take, and no other take that looks the same is waiting for an
answer. Copies of one request (a batch) are alike, so as many jobs as takes may be shared out in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from generations.models import Generation, Status
from providers.gateways.job_list import Candidate
from providers.gateways.values import Job

from . import attempts, outgoing, transitions

CLOCK_SKEW_S = 120.0


def adopt(take: Generation, listed: Sequence[Candidate]) -> bool:
    """Give ``take`` the job in ``listed`` that must be its own; False when that is not certain."""
    twins = _twins(take)
    if any(twin.status == Status.SUBMITTING for twin in twins):
        return False  # its answer may name one of these jobs at any moment
    if len({twin.request_sha256 for twin in twins}) > 1:
        return False  # other settings under the same words: the list does not tell whose job it is
    jobs = _unclaimed(take, listed)
    if len(jobs) != len(twins):
        return False
    place = [twin.pk for twin in twins].index(take.pk)
    return _accept(take, jobs[place])


def _twins(take: Generation) -> list[Generation]:
    """This take and others that look the same in the list, whose answer is not known either, oldest first."""
    rows = Generation.objects.filter(
        account=take.account_id,
        model=take.model_id,
        key_no=take.key_no,  # a gateway lists the jobs of the key that asks
        status__in=[Status.SUBMITTING, Status.UNCERTAIN],
    ).select_related("model")
    sent = outgoing.prompt_of(take)
    return [row for row in rows.order_by("submitted_at", "id") if outgoing.prompt_of(row) == sent]


def _unclaimed(take: Generation, listed: Sequence[Candidate]) -> list[Candidate]:
    began = min(twin.submitted_at or twin.created_at for twin in _twins(take))
    since, prompt = began - timedelta(seconds=CLOCK_SKEW_S), outgoing.prompt_of(take)
    alike = [
        job
        for job in listed
        if job.created_at >= since and job.model == take.model.wire_id and job.prompt == prompt
    ]
    ids = [job.job_id for job in alike]
    owned = Generation.objects.filter(account=take.account_id, job_id__in=ids)
    known = set(owned.values_list("job_id", flat=True))
    return sorted((job for job in alike if job.job_id not in known), key=lambda job: job.created_at)


def _accept(take: Generation, found: Candidate) -> bool:
    try:
        with transaction.atomic():
            job = Job(id=found.job_id, model=found.model)
            return attempts.accept(take, job, kind="found at the gateway")
    except IntegrityError:
        return False  # another take got it first


def look_again_at(take: Generation) -> bool:
    """True while an unanswered look-up is worth repeating; then the take waits for a person."""
    # from the moment the doubt arose: the studio may have been off for days since the submit
    if timezone.now() - take.changed_at < timedelta(seconds=settings.STUDIO["FIND_FOR_S"]):
        return True
    transitions.touch(take, "not found at the gateway", next_poll_at=None)
    return False
