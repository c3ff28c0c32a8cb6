"""What is up: the clusters' last beats, the sweep's lag, the queue's depth, disk, sandbox."""

from __future__ import annotations

import shutil
import socket
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ

from generations.models import Alert, Heartbeat, SweepLease
from generations.services.alerts import watched_at


def age_s(moment: datetime | None) -> float | None:
    return None if moment is None else max(0.0, (timezone.now() - moment).total_seconds())


def waiting(cluster: str) -> int:
    """Tasks of the cluster not yet done, running ones included."""
    if "orm" in settings.Q_CLUSTER:
        return OrmQ.objects.filter(key=cluster).count()
    return int(get_broker(cluster).queue_size())


def clusters() -> dict[str, dict[str, Any]]:
    """Per cluster: up or not, seconds since its last beat, tasks in its queue."""
    beats = dict(Heartbeat.objects.values_list("name", "beaten_at"))
    return {name: _cluster(name, age_s(beats.get(name))) for name in settings.CLUSTERS}


def _cluster(name: str, beat_age_s: float | None) -> dict[str, Any]:
    up = beat_age_s is not None and beat_age_s < settings.STUDIO["BEAT_SILENT_S"]
    return {"up": up, "beat_age_s": _rounded(beat_age_s), "queue": waiting(name)}


def sweep() -> dict[str, Any]:
    """Seconds since the sweep's last tick, and how late its polls are."""
    lease = SweepLease.objects.first()
    tick_age_s = age_s(lease.beaten_at) if lease else None
    return {"tick_age_s": _rounded(tick_age_s), "lag_s": _rounded(lease.lag_s if lease else None)}


def alerts() -> dict[str, Any]:
    """How many are open, and how long ago somebody looked: from outside it shows whether anybody does."""
    return {"open": Alert.objects.open().count(), "looked_age_s": _rounded(age_s(watched_at()))}


def free_bytes() -> int:
    return shutil.disk_usage(settings.DATA_DIR).free


def sandbox() -> str:
    """``off``, ``up`` or ``down``."""
    parts = urlsplit(settings.SANDBOX_URL)
    if not settings.SANDBOX or not parts.hostname or not parts.port:
        return "off"
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=0.5).close()
    except OSError:
        return "down"
    return "up"


def report() -> dict[str, Any]:
    """All of it. ``ok`` needs the clusters and room on the disk; the sandbox is a convenience."""
    found = {
        "clusters": clusters(),
        "sweep": sweep(),
        "alerts": alerts(),
        "disk_free_bytes": free_bytes(),
        "sandbox": sandbox(),
    }
    room = found["disk_free_bytes"] >= settings.STUDIO["MIN_FREE_BYTES"]
    ok = room and all(cluster["up"] for cluster in found["clusters"].values())
    return {"ok": ok, "web": "up", "database": "up", **found}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
