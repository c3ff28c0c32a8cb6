"""Alerts: a look once a minute opens and ends them and tells administrators, once each.

The supervisor looks, from a thread of its own, since a cluster that hangs must not keep its alert from being
opened; a schedule does the same where no supervisor runs. Whoever comes first claims the look.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from generations.models import Alert, Heartbeat, Notification
from providers import audit_checks
from providers.models import audit

from . import alert_mail, webhook_sending, webhooks
from .alert_facts import Found, Look, gather
from .alert_rules import SETTLES_S
from .lease import beat
from .ring import ring

logger = logging.getLogger(__name__)
WATCH = "alerts"  # the name of its heartbeat; what it remembers from look to look stands there too
GAP = 3  # looks: who has not looked for longer begins to watch anew
KEPT = timedelta(days=400)


def look() -> bool:
    """One look, and the bells of what waits to be told. Returns whether it was ours to take."""
    now = timezone.now()
    memory = _claim(now)
    if memory is None:
        return False
    with_account = Alert.objects.open().select_related("account")
    ends = Alert.objects.filter(closed_at__gt=now - timedelta(days=1)).order_by()
    closed = ends.values_list("kind", "subject").annotate(at=Max("closed_at"))
    here = Look(
        now=now,
        memory=memory,
        open={(row.kind, row.subject): row for row in with_account},
        closed_at={(kind, subject): at for kind, subject, at in closed if at},
    )
    found, kinds = gather(here)
    _act(here, found, kinds)
    audit_checks.look_daily(now)
    Heartbeat.objects.filter(name=WATCH).update(detail=here.memory)
    cluster = alive_cluster(now)
    webhook_sending.ring_due(cluster)
    if settings.MAIL and alert_mail.waiting(now).exists():
        ring("mail_alerts", cluster=cluster)
    return True


def _claim(now: datetime) -> dict[str, Any] | None:
    """What the look before this one remembered; None where another has looked just now."""
    every_s = settings.STUDIO["ALERTS_EVERY_S"]
    row, _made = Heartbeat.objects.get_or_create(
        name=WATCH, defaults={"beaten_at": datetime(2000, 1, 1, tzinfo=UTC)}
    )
    due = Heartbeat.objects.filter(name=WATCH, beaten_at__lte=now - timedelta(seconds=0.8 * every_s))
    if not due.filter(beaten_at=row.beaten_at).update(beaten_at=now):
        return None
    beat(WATCH)
    memory = dict(row.detail)
    if row.beaten_at < now - timedelta(seconds=GAP * every_s):
        memory = {"since": now.isoformat()}
    return memory


def _act(look: Look, found: Iterable[Found], kinds: set[str]) -> None:
    told = {one.key: one for one in found}
    for key, one in told.items():
        if key not in look.open:
            if one.ruling.on:
                _open(look.now, one)
        elif one.ruling.on:
            _still(look.now, one)
        elif one.ruling.on is False:
            _end(look.now, look.open[key])
    for key, row in look.open.items():
        if key not in told and row.kind in kinds:  # its account is switched off, or has no key any more
            _end(look.now, row, at_once=True)


def _open(now: datetime, one: Found) -> None:
    ruling = one.ruling
    try:
        with transaction.atomic():
            row = Alert.objects.create(
                kind=one.kind,
                subject=one.subject,
                account_id=one.account,
                severity=ruling.severity,
                facts=dict(ruling.facts),
                opened_at=now,
                last_seen_at=now,
            )
            _tell(row, Notification.Kind.ALERT)
    except IntegrityError:
        logger.info("alert %s %s was opened by another", one.kind, one.subject)


def _still(now: datetime, one: Found) -> None:
    rows = Alert.objects.open().filter(kind=one.kind, subject=one.subject)
    rows.update(last_seen_at=now, facts=dict(one.ruling.facts), severity=one.ruling.severity)


def _end(now: datetime, row: Alert, *, at_once: bool = False) -> None:
    settles_s = 0.0 if at_once else SETTLES_S.get(row.kind, 0.0)
    if (now - row.last_seen_at).total_seconds() < settles_s:
        return
    with transaction.atomic():
        if Alert.objects.open().filter(pk=row.pk).update(closed_at=now):
            row.closed_at = now
            _tell(row, Notification.Kind.OVER)


def _tell(row: Alert, kind: Notification.Kind) -> None:
    """In the bell of every administrator and to the webhooks, in a transaction. Mails are collected, and the
    look rings for all."""
    detail = {"alert": str(row.pk), "kind": row.kind, "about": row.about, "facts": row.facts}
    people = get_user_model().objects.administrators()
    Notification.objects.bulk_create(
        Notification(person=person, kind=kind, actor_name="", detail=detail) for person in people
    )
    webhooks.emit(row.kind, f"alert.{'closed' if row.closed_at else 'opened'}", plain(row), bell=False)


def plain(row: Alert) -> dict[str, Any]:
    """For webhooks and the API. Neither prompts nor keys are ever among the facts."""
    account = row.account
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "severity": row.severity,
        "account": {"id": str(account.pk), "name": account.name, "gateway": account.gateway}
        if account
        else None,
        "subject": "" if account else row.subject,
        "opened_at": row.opened_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "facts": row.facts_told(),
    }


def acknowledge(user: Any, alert: Alert) -> bool:
    """*I know of it*: it stands back, and goes on. Returns False where somebody was faster, or it is over."""
    with transaction.atomic():
        rows = Alert.objects.open().filter(pk=alert.pk, acknowledged_at=None)
        done = bool(rows.update(acknowledged_at=timezone.now(), acknowledged_by=user))
        if done:
            Notification.objects.filter(person=user, seen_at=None, detail__alert=str(alert.pk)).update(
                seen_at=timezone.now()
            )
            audit(user, "acknowledged", "alert", alert.pk, after={"kind": alert.kind, "about": alert.about})
    return done


def saw(person: Any) -> int:
    """The alerts stood before this person."""
    rows = Notification.objects.filter(person=person, seen_at=None, kind__in=Notification.OF_ALERTS)
    return rows.update(seen_at=timezone.now())


def watched_at() -> datetime | None:
    """When somebody looked last."""
    return Heartbeat.objects.filter(name=WATCH).values_list("beaten_at", flat=True).first()


def is_watched(now: datetime, at: datetime | None) -> bool:
    """Whether the last look, ``at``, is no older than it should be."""
    return at is not None and now - at < timedelta(seconds=GAP * settings.STUDIO["ALERTS_EVERY_S"])


def alive_cluster(now: datetime) -> str:
    """Which cluster carries the word: that of the small tasks, unless it is silent and another is not; empty
    where all are."""
    since = now - timedelta(seconds=settings.STUDIO["BEAT_SILENT_S"])
    alive = set(Heartbeat.objects.filter(beaten_at__gte=since).values_list("name", flat=True))
    return next((name for name in settings.CLUSTERS if name in alive), "")


def prune(now: datetime) -> None:
    """Old alerts, and deliveries that nobody will send again."""
    Alert.objects.filter(closed_at__lt=now - KEPT).delete()
    webhook_sending.prune(now)
