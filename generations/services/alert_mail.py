"""Mail to administrators: once when an alert opens and once when it is over, several in one mail."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Alert, Notification
from generations.telling import alarms
from providers.ids import first_id

from . import mailing

logger = logging.getLogger(__name__)
STILL_NEWS = timedelta(days=1)  # what is older is not told when mail comes back
LEASE = timedelta(minutes=5)  # of who mails; what it did not get to goes out when that is over


def unmailed(now: datetime) -> QuerySet[Notification]:
    """What administrators with an address were told in the bell, and in no mail yet."""
    people = get_user_model().objects.administrators().exclude(email="")
    since = now - STILL_NEWS
    rows = Notification.objects.filter(person__in=people, kind__in=Notification.OF_ALERTS, mailed_at=None)
    return rows.filter(pk__gte=first_id(since), at__gte=since).order_by("person", "pk")


def waiting(now: datetime) -> QuerySet[Alert]:
    """Those that somebody is still to be mailed of, and nobody is at it."""
    ids = {UUID(detail["alert"]) for detail in unmailed(now).values_list("detail", flat=True)}
    opened = Q(closed_at=None) & _free("opening_mailed_at", now)
    ended = Q(closed_at__isnull=False) & _free("end_mailed_at", now)
    return Alert.objects.filter(opened | ended, pk__in=ids)


def _free(claimed_at: str, now: datetime) -> Q:
    return Q(**{claimed_at: None}) | Q(**{f"{claimed_at}__lte": now - LEASE})


def send() -> int:
    """One mail to each administrator with an address, who is marked as told once it is out: a worker that
    dies in between has one person told twice, and nobody never. Returns how many went out: where none could,
    the same is tried a minute later, else those who were left out are at the end of LEASE."""
    if not settings.MAIL:
        return 0
    now = timezone.now()
    alerts = _claim(now)
    people = {row.person_id: row.person for row in unmailed(now).select_related("person")} if alerts else {}
    sent = 0
    for person in people.values():
        if timezone.now() < now + LEASE / 2:  # a mail server may take long to say no
            sent += _tell(person, alerts, now)
    if alerts and not sent:
        _give_back(now)
    return sent


def _claim(now: datetime) -> dict[str, Alert]:
    """What this worker mails of, by id; no other does until LEASE is over."""
    with transaction.atomic():
        rows = list(waiting(now).select_for_update(of=("self",)).select_related("account"))
        for field, ended in (("opening_mailed_at", False), ("end_mailed_at", True)):
            ids = [row.pk for row in rows if bool(row.closed_at) == ended]
            Alert.objects.filter(pk__in=ids).update(**{field: now})
    return {str(row.pk): row for row in rows}


def _give_back(now: datetime) -> None:
    Alert.objects.filter(opening_mailed_at=now).update(opening_mailed_at=None)
    Alert.objects.filter(end_mailed_at=now).update(end_mailed_at=None)


def _tell(person: Any, alerts: Mapping[str, Alert], now: datetime) -> bool:
    """What of these alerts this person has not been mailed yet. Returns whether a mail went out."""
    news = [row for row in unmailed(now).filter(person=person) if _belongs(row, alerts)]
    rows = [alerts[pk] for pk in {row.detail["alert"] for row in news}]
    rows.sort(key=lambda row: (row.severity, row.opened_at))
    opened, ended = [row for row in rows if not row.closed_at], [row for row in rows if row.closed_at]
    if not rows or not _send_to(person, opened, ended):
        return False
    Notification.objects.filter(pk__in=[row.pk for row in news]).update(mailed_at=timezone.now())
    return True


def _belongs(row: Notification, alerts: Mapping[str, Alert]) -> bool:
    """An end that came since they were claimed is told by another mail."""
    alert = alerts.get(row.detail["alert"])
    return bool(alert and (alert.closed_at or row.kind == Notification.Kind.ALERT))


def _send_to(person: Any, opened: Sequence[Alert], ended: Sequence[Alert]) -> bool:
    page = settings.PUBLIC_URL + reverse("admin:generations_alert_changelist")
    return mailing.send(person, _subject(opened, ended), [*map(_opened, opened), *map(_ended, ended), page])


def _subject(opened: Sequence[Alert], ended: Sequence[Alert]) -> str:
    if len(opened) == 1 and not ended:
        return alarms.title(opened[0].kind, opened[0].about)
    if len(ended) == 1 and not opened:
        return _("Over: %(what)s") % {"what": alarms.title(ended[0].kind, ended[0].about)}
    new = ngettext("%(n)d alert", "%(n)d alerts", len(opened)) % {"n": len(opened)}
    over = ngettext("%(n)d is over", "%(n)d are over", len(ended)) % {"n": len(ended)}
    return ", ".join(text for text, rows in ((new, opened), (over, ended)) if rows)


def _opened(row: Alert) -> str:
    told = alarms.of(row)
    where = settings.PUBLIC_URL + told.url if told.url else ""
    return "\n".join(filter(None, (told.title, told.what, told.advice, where)))


def _ended(row: Alert) -> str:
    title = _("Over: %(what)s") % {"what": alarms.title(row.kind, row.about)}
    return f"{title}\n{alarms.lasted(row)}"
