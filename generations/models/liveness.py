"""Who is alive: a heartbeat per cluster, and the lease of the one sweep."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The last time a task of this cluster ran or renewed a lease: proof of work, not of existence."""

    name = models.CharField(primary_key=True, max_length=40)
    pid = models.PositiveIntegerField(default=0)
    host = models.CharField(max_length=80, blank=True)
    beaten_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} at {self.beaten_at:%H:%M:%S}"


class SweepLease(models.Model):
    """One row a sweep. ``beaten_at`` older than SWEEP_STALE_S means that the sweep is dead;
    ``stop`` asks it to end before its time."""

    name = models.CharField(primary_key=True, max_length=20, default="sweep")
    holder = models.UUIDField(null=True)
    beaten_at = models.DateTimeField(null=True)
    stop = models.BooleanField(default=False)
    lag_s = models.FloatField(default=0)
    polls = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")

    def __str__(self) -> str:
        return self.name
