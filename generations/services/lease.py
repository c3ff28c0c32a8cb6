"""A lease on a take: held by one worker, renewed from a thread, over by itself when the worker dies."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.db import Error as DatabaseAway
from django.db import close_old_connections, connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from generations.models import Generation, Heartbeat

from . import transitions

logger = logging.getLogger(__name__)


class Lease:
    """Claim with ``take`` or ``move``, then use as a context manager while working.

    ``lost`` is set when the row no longer names this holder: the work must stop without writing.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.holder = uuid.uuid4()
        self.lost = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._take_id: Any = None

    def rows(self) -> QuerySet[Any]:
        """What is held under this lease."""
        return Generation.objects.all()

    @property
    def mine(self) -> Q:
        return Q(lease_holder=self.holder)

    def until(self) -> Any:
        return timezone.now() + timedelta(seconds=self.seconds)

    def fields(self) -> dict[str, Any]:
        return {"lease_until": self.until(), "lease_holder": self.holder}

    def claim(self, take_id: Any, statuses: Sequence[str], **fields: Any) -> Generation | None:
        """Take a row that is free, without changing its status; None when it is not, whoever rang."""
        rows = Generation.objects.filter(free(timezone.now()), pk=take_id, status__in=statuses)
        if not rows.update(**self.fields(), **fields):
            return None
        self._take_id = take_id
        return Generation.objects.select_related("model", "account", "project").get(pk=take_id)

    def claim_by_move(self, take: Generation, to: str, **kwargs: Any) -> bool:
        """Take a row by changing its status."""
        self._take_id = take.pk
        return transitions.move(take, to, **kwargs, **self.fields())

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._renew_until_stopped, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=10)

    def _renew_until_stopped(self) -> None:
        try:
            while not self._stop.wait(settings.STUDIO["RENEW_S"]):
                close_old_connections()
                try:
                    self._renew()
                except DatabaseAway as error:  # away for a moment: the next renewal may come in time
                    logger.warning("lease on %s was not renewed: %s", self._take_id, error)
        finally:
            connection.close()

    def _renew(self) -> None:
        beat(os.environ.get("Q_CLUSTER_NAME", "studio"))
        rows = self.rows().filter(self.mine, pk=self._take_id)
        if not rows.update(lease_until=self.until()):
            self.lost.set()


def free(now: datetime) -> Q:
    """Rows that a worker may take: nobody holds them, they do not wait for a person, and no pause runs.

    A row that was only rung has a time in its lease, but no holder; ``not_before`` ends a pause.
    """
    unheld = Q(lease_holder=None) | Q(lease_until=None) | Q(lease_until__lte=now)
    rested = Q(not_before=None) | Q(not_before__lte=now)
    return unheld & rested & Q(parked_at=None)


def give_up(take: Generation, lease: Lease) -> None:
    """Let go of a row whose work is not done, so that it can be picked up at once."""
    Generation.objects.filter(lease.mine, pk=take.pk).update(lease_until=None, lease_holder=None)


def rung_until(seconds: float) -> dict[str, Any]:
    """Fields that say: the bell was rung, look again only after this time."""
    return {"lease_until": timezone.now() + timedelta(seconds=seconds), "lease_holder": None}


def pause_until(seconds: float) -> dict[str, Any]:
    """Fields that say: let go of, and not to be worked on before this time, whoever rings."""
    rung = rung_until(seconds)
    return {**rung, "not_before": rung["lease_until"]}


def beat(cluster: str) -> None:
    """Say that work is being done in this cluster."""
    now = timezone.now()
    facts = {"pid": os.getpid(), "host": socket.gethostname()[:80], "beaten_at": now}
    if not Heartbeat.objects.filter(name=cluster).update(**facts):
        Heartbeat.objects.update_or_create(name=cluster, defaults=facts)
