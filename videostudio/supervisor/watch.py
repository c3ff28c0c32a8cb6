"""Liveness of the clusters: a beat is a task that ran, not a process that exists.

One SIGKILLed idle worker blocks its cluster for ever (django-q2), so a cluster is replaced when nothing
has beaten for BEAT_SILENT_S although work waits. The beat itself is such work.
"""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.tasks import async_task

from generations.models import Heartbeat
from generations.services import alerts
from generations.services.sweep import revive

from ..liveness import age_s, waiting
from .processes import Child

log = logging.getLogger(__name__)
BEAT = "videostudio.tasks.beat"


class RememberingBroker(ORM):
    """Knows the row of what it enqueued last."""

    last_id: int = 0

    def enqueue(self, task: str) -> int:
        self.last_id = super().enqueue(task)
        return self.last_id


class SweepWatch:
    """Rings a sweep that has died. The schedule does the same where no supervisor runs, up to 90 s later."""

    def __init__(self) -> None:
        self.next_look_at = 0.0  # monotonic

    def look(self) -> None:
        if time.monotonic() < self.next_look_at:
            return
        self.next_look_at = time.monotonic() + settings.STUDIO["SWEEP_STALE_S"] / 3
        revive()


class AlertWatch:
    """Looks for alerts, in a thread: a disk or a database that does not answer must not keep the supervisor
    from replacing what is dead. The schedule does the same where no supervisor runs."""

    def __init__(self) -> None:
        self.next_look_at = 0.0  # monotonic
        self.thread: threading.Thread | None = None

    def look(self) -> None:
        if time.monotonic() < self.next_look_at or (self.thread and self.thread.is_alive()):
            return
        self.next_look_at = time.monotonic() + settings.STUDIO["ALERTS_EVERY_S"]
        self.thread = threading.Thread(target=look_for_alerts, name="alerts", daemon=True)
        self.thread.start()


def look_for_alerts() -> None:
    try:
        alerts.look()
    except Exception:
        log.exception("alerts could not be looked for")
    finally:
        connection.close()


class ClusterWatch:
    """Beats one cluster and says when it must be replaced."""

    def __init__(self, child: Child, cluster: str) -> None:
        self.child, self.cluster = child, cluster
        self.pending_id = 0
        self.sent_at = 0.0  # monotonic
        self.sent_to = 0  # the leader's pid

    def look(self) -> None:
        if self.child.alive:
            self.beat()
            self.replace_if_silent()

    def beat(self) -> None:
        """Enqueue a beat every BEAT_S, unless the earlier one still waits: they must not pile up."""
        age_s = time.monotonic() - self.sent_at
        if self.sent_at and age_s < settings.STUDIO["BEAT_S"]:
            return
        self.forget_lost(age_s)
        if self.is_pending():
            return
        self.sent_at, self.sent_to = time.monotonic(), self.child.pid
        if "orm" in settings.Q_CLUSTER:
            broker = RememberingBroker(self.cluster)
            async_task(BEAT, self.cluster, broker=broker)
            self.pending_id = broker.last_id
        else:
            async_task(BEAT, self.cluster, cluster=self.cluster)

    def forget_lost(self, age_s: float) -> None:
        """A beat that died in a killed worker's hands stays locked for ``retry`` seconds; waiting for that
        one would have a healthy cluster replaced again and again."""
        if self.sent_to != self.child.pid or age_s > settings.STUDIO["BEAT_SILENT_S"] / 2:
            OrmQ.objects.filter(pk=self.pending_id, lock__gt=timezone.now()).delete()

    def is_pending(self) -> bool:
        return bool(self.pending_id) and OrmQ.objects.filter(pk=self.pending_id).exists()

    def replace_if_silent(self) -> None:
        most = settings.STUDIO["BEAT_SILENT_S"]
        if self.child.age_s > most and self.silent_s() > most and waiting(self.cluster):
            log.error(
                "The cluster %s has been silent for %s s while work waits; it is replaced", self.cluster, most
            )
            self.child.kill()
            self.child.start()

    def silent_s(self) -> float:
        beaten_at = Heartbeat.objects.filter(name=self.cluster).values_list("beaten_at", flat=True).first()
        age = age_s(beaten_at)
        return float("inf") if age is None else age
