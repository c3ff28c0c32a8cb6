"""How often an address tried to sign in within a minute. In the database: a brake must hold over restarts
and for every process."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.utils import timezone

KEPT = timedelta(minutes=10)


class Tries(models.Model):
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=64)
    minute = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "address", "minute"], name="one_counter_per_minute")
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.address}: {self.count}"

    @classmethod
    def one_more(cls, kind: str, address: str, most: int) -> bool:
        """Counts a try; False from the one after ``most`` in this minute. What is over the limit is not
        written any more: nobody keeps the database busy by guessing."""
        minute = timezone.now().replace(second=0, microsecond=0)
        rows = cls.objects.filter(kind=kind, address=address[:64], minute=minute)
        if rows.filter(count__gte=most).exists():
            return False
        cls.objects.get_or_create(kind=kind, address=address[:64], minute=minute)
        return bool(rows.filter(count__lt=most).update(count=F("count") + 1))

    @classmethod
    def prune(cls, now: datetime) -> int:
        """:returns: how many counters of minutes long past were removed."""
        return cls.objects.filter(minute__lt=now - KEPT).delete()[0]
