"""Mail to administrators: once when an alert opens and once when it is over, several in one mail."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Alert, Notification
from generations.telling import alarms

logger = logging.getLogger(__name__)
STILL_NEWS = timedelta(days=1)  # what is older is not told when mail comes back
_OPENED, _ENDED = Q(opening_mailed_at=None), Q(closed_at__isnull=False, end_mailed_at=None)


def waiting(now: datetime) -> QuerySet[Alert]:
    """What no mail has told yet."""
    since = now - STILL_NEWS
    opened = _OPENED & Q(opened_at__gte=since)
    return Alert.objects.filter(opened | (_ENDED & Q(closed_at__gte=since)))


def send() -> int:
    """One mail to each administrator with an address. Returns how many went out: where none could, the same
    alerts are told a minute later."""
    if not settings.MAIL:
        return 0
    now = timezone.now()
    people = get_user_model().objects.active().filter(role="administrator").exclude(email="")
    opened, ended = _claim(now)
    if not opened and not ended:
        return 0
    sent = [person.pk for person in people if _send_to(person, opened, ended)]
    if sent:
        ids = [str(row.pk) for row in (*opened, *ended)]
        told = Notification.objects.filter(person__in=sent, kind__in=Notification.OF_ALERTS, mailed_at=None)
        told.filter(detail__alert__in=ids).update(mailed_at=now)
    elif people:
        _give_back(now)
    return len(sent)


def _claim(now: datetime) -> tuple[list[Alert], list[Alert]]:
    """What this mail tells, and no other does: what is open, and what is over."""
    with transaction.atomic():
        rows = list(waiting(now).select_for_update(of=("self",)).select_related("account"))
        ids = [row.pk for row in rows]
        Alert.objects.filter(pk__in=ids, opening_mailed_at=None).update(opening_mailed_at=now)
        Alert.objects.filter(pk__in=ids, closed_at__isnull=False).update(end_mailed_at=now)
    rows.sort(key=lambda row: (row.severity, row.opened_at))
    return [row for row in rows if not row.closed_at], [row for row in rows if row.closed_at]


def _give_back(now: datetime) -> None:
    Alert.objects.filter(opening_mailed_at=now).update(opening_mailed_at=None)
    Alert.objects.filter(end_mailed_at=now).update(end_mailed_at=None)


def _send_to(person: Any, opened: Sequence[Alert], ended: Sequence[Alert]) -> bool:
    subject = " ".join(f"{_subject(opened, ended)} · {_('Video Studio')}".split())
    page = settings.PUBLIC_URL + reverse("admin:generations_alert_changelist")
    lines = [*map(_opened, opened), *map(_ended, ended), page]
    try:
        send_mail(subject, "\n\n".join(lines), None, [person.email])
    except OSError as error:  # the mail server is away or refuses
        logger.warning("alerts were not sent to %s: %s", person.pk, error)
        return False
    return True


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
