"""Looks through the audit log's chain, by a worker: a portion at a time, each saved, so that a worker that is
killed loses one portion and no more.

Once a day a look goes on from the last line that was found whole. Once a week, after a fault, and when a
person asks, all of it is read again. Every look asks for the farthest end that one before it saw: an end that
was cut off shows, and goes on showing.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from . import audit_chain
from .audit_chain import Report
from .models.audit import AuditCheck

log = logging.getLogger(__name__)
TASK = "providers.tasks.check_audit"
EVERY, WHOLE_EVERY = timedelta(hours=23), timedelta(days=7)
KEPT = 100  # of those that are over
_LEASE = timedelta(minutes=2)
_AT_ONCE = 1000
_TURN_S = 15.0  # then another task of the cluster has its turn


def begin(actor: str = "", *, whole: bool) -> AuditCheck:
    """A new look, or the one that is under way."""
    start = None if whole else _last_whole_end()
    number, said = start or (0, "")
    check = AuditCheck(actor_name=actor[:150], whole=start is None, since=number, number=number, digest=said)
    try:
        with transaction.atomic():
            check.save(force_insert=True)
    except IntegrityError:
        found = AuditCheck.objects.filter(running=True).first()
        return found or begin(actor, whole=whole)
    _ring(check)
    return check


def _last_whole_end() -> tuple[int, str] | None:
    """Where the newest look ended, if it found nothing wrong."""
    last = latest()
    return (last.number, last.digest) if last and not last.faults and last.number else None


def latest() -> AuditCheck | None:
    """The newest that is over."""
    return AuditCheck.objects.exclude(ended_at=None).order_by("-id").first()


def look_daily(now: datetime) -> None:
    """Begin the look of the day when it is due, and ring for one whose worker died."""
    unfinished = AuditCheck.objects.filter(running=True).first()
    if unfinished:
        if (unfinished.lease_until or unfinished.started_at + _LEASE) < now:
            _ring(unfinished)
    elif not AuditCheck.objects.filter(started_at__gt=now - EVERY).exists():
        whole = AuditCheck.objects.filter(whole=True, faults=0, ended_at__gt=now - WHOLE_EVERY)
        begin(whole=not whole.exists())


class _Lost(Exception):
    """This worker was away for longer than its lease: another one reads, or the look is over."""


def go_on(check_id: int) -> None:
    """Read on for a while; whoever holds the lease alone does."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    until = now + _LEASE
    if not AuditCheck.objects.filter(free, pk=check_id, running=True).update(lease_until=until):
        return
    check = AuditCheck.objects.get(pk=check_id)
    check.lease_until = until
    try:
        _read_on(check)
    except _Lost:
        log.warning("audit log: a look was taken over by another worker")


def _read_on(check: AuditCheck) -> None:
    """:raises _Lost: what was found since the last portion is not written down; who took over finds it."""
    audit_chain.link_new(lambda: _keep(check, lease_until=timezone.now() + _LEASE))
    report = _report(check)
    ends, left = time.monotonic() + _TURN_S, True
    while left and time.monotonic() < ends:
        left = audit_chain.go_on(report, _AT_ONCE)
        _save(check, report, lease_until=timezone.now() + _LEASE)
    if left:
        _save(check, report, lease_until=None)
        _ring(check)
        return
    for end in sorted({(far.number, far.digest) for far in _farthest()}):
        audit_chain.look_for(report, *end)
    audit_chain.finish(report)
    _save(check, report, running=None, ended_at=timezone.now(), lease_until=None)
    _prune()


def _farthest() -> list[AuditCheck]:
    """Those that saw the farthest end of the chain: of all, and of those that found nothing wrong. After a
    cut the log grows on, so that a look with a fault may be the farthest; the line that is gone is then known
    to the other alone. Neither is ever thrown away, and none that ends sooner takes its place."""
    over = AuditCheck.objects.filter(ended_at__isnull=False, number__gt=0).order_by("-number", "id")
    return [far for far in (over.first(), over.filter(faults=0).first()) if far]


def _report(check: AuditCheck) -> Report:
    return Report(
        wrong=list(check.wrong),
        faults=check.faults,
        first=check.first,
        lines=check.lines,
        end=(check.number, check.digest),
        covered=check.covered,
        unproven=check.unproven,
    )


def _save(check: AuditCheck, report: Report, **more: Any) -> None:
    """:param more: with the new ``lease_until``, None to give it up."""
    number, said = report.end
    names = ("wrong", "notes", "faults", "first", "lines", "covered", "unproven")
    found = {name: getattr(report, name) for name in names}
    _keep(check, number=number, digest=said, **found, **more)


def _keep(check: AuditCheck, **values: Any) -> None:
    """Write it down while the lease is this worker's: nobody has put another time in its place.

    :raises _Lost: it is not, or the look is over.
    """
    mine = AuditCheck.objects.filter(pk=check.pk, running=True, lease_until=check.lease_until)
    if not mine.update(**values):
        raise _Lost
    check.lease_until = values["lease_until"]


def _prune() -> None:
    old = AuditCheck.objects.filter(running=None).order_by("-id").values_list("pk", flat=True)[KEPT:]
    needed = {far.pk for far in _farthest()}
    AuditCheck.objects.filter(pk__in=set(old) - needed).delete()


def _ring(check: AuditCheck) -> None:
    transaction.on_commit(lambda: async_task(TASK, str(check.pk), cluster="files"), robust=True)
