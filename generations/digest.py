"""The mail digest: what of a person's takes ended or waits for them, what others said to them, and they have
not seen on a page.

Rung once an hour by the schedule. Each piece of news is in one mail at most: ``mailed_until`` moves on
before the mail goes out, and back where it could not be sent.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generations.models import Digest, Generation, Notification, Watching
from generations.services import news, watching
from generations.services.ring import ring
from generations.telling import news as told
from generations.telling import said

logger = logging.getLogger(__name__)
MOST_LISTED = 40
SETTLES = timedelta(minutes=5)  # who looks at the page has seen it by then
# a little less than the rhythm, so that the hour after the last mail is not missed by seconds
APART = {Digest.HOURLY: timedelta(minutes=50), Digest.DAILY: timedelta(hours=23, minutes=50)}


def ring_due() -> int:
    """Ring one mail for everybody who wants one now; whether there is anything to say is found out then.

    :returns: how many were rung.
    """
    if not settings.MAIL:
        return 0
    wanting = (
        Watching.objects.exclude(digest=Digest.NEVER).filter(user__is_active=True).exclude(user__email="")
    )
    due = [row.pk for row in wanting if _is_due(row, timezone.now())]
    for pk in due:
        ring("mail_digest", pk)
    return len(due)


def _is_due(row: Watching, now: datetime) -> bool:
    apart = APART.get(Digest(row.digest))
    return apart is not None and (row.mailed_until is None or now - row.mailed_until >= apart)


def mail_digest(user_id: str) -> bool:
    """Write to one person. Returns whether a mail went out: none does where nothing is unseen."""
    row = Watching.objects.select_related("user").filter(pk=UUID(user_id), user__is_active=True).first()
    now = timezone.now()
    if row is None or not settings.MAIL or not row.user.email or not _is_due(row, now):
        return False
    until = now - SETTLES
    unseen = news.unseen_by(row.user, row.which).filter(news_at__lte=until)
    heard = watching.heard(row.user).unseen().filter(at__lte=until, mailed_at=None)
    if row.mailed_until:
        unseen, heard = unseen.filter(news_at__gt=row.mailed_until), heard.filter(at__gt=row.mailed_until)
    rows = unseen.select_related("project", "model", "account", "author", "cancelled_by").order_by("news_at")
    items = [_item(take) for take in rows[:MOST_LISTED]]
    items += [_item_of_words(one) for one in heard.order_by("id")[:MOST_LISTED]]
    if not items or not _claim(row, until):
        return False
    return _send(row, items, unseen.count(), heard.count())


def _claim(row: Watching, until: datetime) -> bool:
    same = Watching.objects.filter(pk=row.pk, mailed_until=row.mailed_until)
    return bool(same.update(mailed_until=until))


def _send(row: Watching, items: list[dict[str, Any]], takes: int, words: int) -> bool:
    context = _context(row.user, items, takes, words)
    text = render_to_string("generations/mail_digest.txt", context)
    html = render_to_string("generations/mail_digest.html", context)
    try:
        send_mail(context["subject"], text, None, [row.user.email], html_message=html)
    except OSError as error:  # the mail server is away or refuses: the next hour tries again
        logger.warning("digest for %s was not sent: %s", row.pk, error)
        Watching.objects.filter(pk=row.pk).update(mailed_until=row.mailed_until)
        return False
    return True


def _context(user: Any, items: list[dict[str, Any]], takes: int, words: int) -> dict[str, Any]:
    """:param takes: how many there are of each, listed or not."""
    shown = sorted(items, key=lambda item: item["at"])[:MOST_LISTED]
    return {
        "subject": f"{_subject(takes, words)} · {_('Video Studio')}",
        "user": user,
        "items": shown,
        "more": takes + words - len(shown),
        "news_url": settings.PUBLIC_URL + reverse("news"),
        "settings_url": f"{settings.PUBLIC_URL}{reverse('account')}#hearing",
    }


def _subject(takes: int, words: int) -> str:
    ended = ngettext("%(n)d take ended or waits for you", "%(n)d takes ended or wait for you", takes)
    said = ngettext("%(n)d note or decision to read", "%(n)d notes or decisions to read", words)
    return ", ".join(text % {"n": n} for text, n in ((ended, takes), (said, words)) if n)


def _item(take: Generation) -> dict[str, Any]:
    return {**told.of(take), "url": settings.PUBLIC_URL + take.get_absolute_url(), "at": take.news_at}


def _item_of_words(row: Notification) -> dict[str, Any]:
    return {**said.of(row), "url": settings.PUBLIC_URL + said.url_of(row), "at": row.at}
