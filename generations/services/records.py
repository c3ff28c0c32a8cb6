"""Find consent records: by whom, at which gateway, from when, live or withdrawn, about what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from generations.models import ConsentedFile, ConsentRecord
from providers.cells import plain

STATES = ("live", "withdrawn")
COLUMNS = (
    *("id", "given_at", "person", "signs_in_as", "gateway", "account", "flow", "version", "text_sha256"),
    *("statements", "files_sha256", "take", "address", "withdrawn_at", "withdrawn_by", "reason"),
)
_HASH = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True)
class Wanted:
    """``words`` finds a person's name, a take, or the first letters of a file's or text's hash. Days are of
    the studio's time zone, both included."""

    words: str = ""
    person: UUID | None = None
    gateway: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


def find(user: Any, wanted: Wanted) -> QuerySet[ConsentRecord]:
    """What this person may read of it, newest first."""
    rows = ConsentRecord.objects.readable_by(user).filter(_matching(wanted))
    return rows.select_related("account", "user", "withdrawn_by", "generation__project").order_by("-id")


def _matching(wanted: Wanted) -> Q:
    found = Q()
    if wanted.person:
        found &= Q(user=wanted.person)
    if wanted.gateway:
        found &= Q(account__gateway=wanted.gateway)
    if wanted.state:
        found &= Q(withdrawn_at__isnull=wanted.state == "live")
    if wanted.since:
        found &= Q(created_at__gte=_midnight(wanted.since))
    if wanted.until and wanted.until < date.max:
        found &= Q(created_at__lt=_midnight(wanted.until + timedelta(days=1)))
    return found & _about(wanted.words.strip()) if wanted.words.strip() else found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _about(words: str) -> Q:
    found = Q(user__username__icontains=words) | Q(user__display_name__icontains=words)
    if _HASH.fullmatch(words.lower()):
        start = words.lower()
        files = ConsentedFile.objects.filter(sha256__startswith=start).values("record_id")
        found |= Q(text_sha256__startswith=start) | Q(pk__in=files)
    if _is_id(words):
        found |= Q(generation=words) | Q(pk=words)
    return found


def _is_id(words: str) -> bool:
    try:
        return bool(UUID(words))
    except ValueError:
        return False


def lines(rows: Iterable[ConsentRecord]) -> Iterator[tuple[str, ...]]:
    """The records as lines of a table under ``COLUMNS``, without the texts: those are named by their hash."""
    for row in rows:
        yield tuple(plain(value) for value in _line(row))


def _line(row: ConsentRecord) -> tuple[Any, ...]:
    hashes = sorted({item["sha256"] for item in row.inputs})
    return (
        *(row.pk, row.created_at, row.user, row.user.get_username(), row.account.adapter.label),
        *(row.account.name, row.flow, row.version, row.text_sha256, " ".join(row.statements)),
        *(" ".join(hashes), row.generation_id, row.address, row.withdrawn_at),
        *(row.withdrawn_by, row.withdrawal_reason),
    )
