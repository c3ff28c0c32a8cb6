"""Brakes for those who have no account: on passphrases, as at sign-in, and on mails to anybody.

In the database, so that they hold over restarts and for every process. A try is written down before it is
judged: many at one moment pass no limit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from generations.models import GuestTry, ShareLink

FAILURES, WINDOW = 5, timedelta(minutes=15)  # of one link and address
PER_MINUTE = 20  # of one address, whatever the link
MAILS_PER_MINUTE = 5
KEPT = timedelta(hours=1)
Kind = GuestTry.Kind


def too_fast(address: str, kind: str = Kind.DOOR, most: int = PER_MINUTE) -> bool:
    """Counts this call; True from the one after ``most`` within a minute."""
    lately = Q(kind=kind, share=None, address=address[:64], at__gt=timezone.now() - timedelta(minutes=1))
    return not _counted(lately, kind, None, address, most)


def locked_out(share: ShareLink, address: str) -> bool:
    """Counts this call as a failure, until ``opened`` says otherwise."""
    lately = Q(kind=Kind.DOOR, share=share, address=address[:64], at__gt=timezone.now() - WINDOW)
    return not _counted(lately, Kind.DOOR, share, address, FAILURES)


def opened(share: ShareLink, address: str) -> None:
    GuestTry.objects.filter(kind=Kind.DOOR, share=share, address=address[:64]).delete()


def _counted(lately: Q, kind: str, share: ShareLink | None, address: str, most: int) -> bool:
    """What is over the limit is not written any more."""
    rows = GuestTry.objects.filter(lately)
    if rows.count() >= most:
        return False
    GuestTry.objects.create(kind=kind, share=share, address=address[:64], at=timezone.now())
    return rows.count() <= most


def prune(now: datetime) -> int:
    """:returns: how many lines of times long past were removed."""
    return GuestTry.objects.filter(at__lt=now - KEPT).delete()[0]
