"""Deliveries of webhooks, by workers.

A delivery's row is the truth and the queue only a bell. It is written in the transaction of what it tells,
and sent at least once: a worker that dies in the middle leaves it to come due again, under the same id.
One worker of the studio sends at a time: receivers that are slow or down hold up each other, and no take.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import Webhook, WebhookDelivery
from providers import fetcher
from providers.gateways.errors import FetchRefused, Unavailable
from providers.gateways.plain import keepable_text
from providers.secrets import Unreadable

from . import rhythm, webhook_signing
from .ring import ring

TEST = "webhook.test"  # the event that is sent once only
ANSWER_S = 10.0
LONGEST_S = 20.0  # after which one bell begins no other: takes wait for the same workers
MOST_KEPT = 200  # characters of an answer
MOST_AT_ONCE = 500  # rows that are put off
GIVEN_UP_AFTER = timedelta(days=1)
KEPT = timedelta(days=30)
_CLAIMED = Q(attempts__gt=0, tried_at=None)  # and not answered yet, unless its time is over


def ring_due(cluster: str = "", last: UUID | None = None) -> int:
    """Ring for what waits, one bell a webhook; what has waited for a day is given up.

    :param last: the webhook that had its turn; those beside it come first.
    :returns: how many were rung.
    """
    now = timezone.now()
    due = WebhookDelivery.objects.filter(next_try_at__lte=now)
    due.filter(wanted_at__lt=now - GIVEN_UP_AFTER).update(given_up_at=now, next_try_at=None)
    hooks = due.filter(webhook__enabled=True).order_by().values_list("webhook", flat=True).distinct()
    for pk in sorted(hooks, key=lambda pk: pk == last):
        ring("deliver", pk, cluster=cluster)
    return len(hooks)


def deliver(hook_id: str) -> int:
    """What is due for one webhook, the oldest first, until one fails or LONGEST_S are over; then the bells of
    what waits beside it.

    :returns: how many were delivered.
    """
    hook = Webhook.objects.filter(pk=UUID(hook_id), enabled=True).first()
    row = _claim(hook) if hook else None
    if hook is None or row is None:
        return 0
    ends, done = time.monotonic() + LONGEST_S, 0
    while row:
        done += send(row, hook)
        row = _claim(hook) if time.monotonic() < ends else None
    ring_due(last=hook.pk)  # their own bells found this one at work
    return done


def _claim(hook: Webhook) -> WebhookDelivery | None:
    """The oldest one due, ours for WEBHOOK_CLAIM_S seconds; None while another is being sent, to whomever:
    a studio has two workers for its small tasks, and takes are submitted by the other.

    Of a webhook that has just failed, all that is due waits for the end of its rest.
    """
    with transaction.atomic():
        list(Webhook.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        now = timezone.now()
        if _being_sent(now).exists():
            return None
        due = WebhookDelivery.objects.filter(webhook=hook, next_try_at__lte=now)
        # who deletes the webhook holds these and waits for it
        due = due.select_for_update(skip_locked=True).order_by("next_try_at", "id")
        if rests_until := _rests_until(hook, now):
            _put_off(due.exclude(_CLAIMED), rests_until)  # what a dead worker held is no claim anew
            return None
        row = due.first()
        return row if row and _take(row) else None


def _put_off(due: QuerySet[WebhookDelivery], until: datetime) -> None:
    ids = list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])
    WebhookDelivery.objects.filter(pk__in=ids).update(next_try_at=until)


def _take(row: WebhookDelivery) -> bool:
    """False where it was changed in this moment."""
    mine = WebhookDelivery.objects.filter(pk=row.pk, next_try_at=row.next_try_at)
    row.next_try_at, row.attempts, row.tried_at = claimed_until(), row.attempts + 1, None
    return bool(mine.update(next_try_at=row.next_try_at, attempts=row.attempts, tried_at=None))


def _being_sent(now: datetime) -> QuerySet[WebhookDelivery]:
    """At this moment. A test is sent by who asked for it, whatever else is."""
    return WebhookDelivery.objects.filter(_CLAIMED, next_try_at__gt=now).exclude(type=TEST)


def _rests_until(hook: Webhook, now: datetime) -> datetime | None:
    """A minute from its last failure at the most, whatever waits longer; None when it does not rest."""
    rest = timedelta(seconds=settings.STUDIO["WEBHOOK_RETRY_S"])
    failed = WebhookDelivery.objects.filter(webhook=hook, tried_at__gt=now - rest, next_try_at__gt=now)
    row = failed.order_by("-tried_at").first()
    return min(row.next_try_at, row.tried_at + rest) if row and row.next_try_at and row.tried_at else None


def claimed_until() -> datetime:
    return timezone.now() + timedelta(seconds=settings.STUDIO["WEBHOOK_CLAIM_S"])


def send(row: WebhookDelivery, hook: Webhook) -> bool:
    """One POST of a claimed row, and what was answered. Returns whether it was taken in."""
    status, answer, problem = _post(row, hook)
    taken = status is not None and 200 <= status < 300
    now = timezone.now()
    ends = {"delivered_at": now} if taken else {"given_up_at": now} if row.type == TEST else {}
    waits = None if ends else now + timedelta(seconds=rhythm.webhook_wait_s(row.attempts))
    # only if the claim still stands: past it another worker has it
    mine = WebhookDelivery.objects.filter(pk=row.pk, next_try_at=row.next_try_at)
    told = {"tried_at": now, "status": status, "answer": answer, "problem": problem}
    mine.update(**told, **ends, next_try_at=waits)
    return taken


def _post(row: WebhookDelivery, hook: Webhook) -> tuple[int | None, str, str]:
    """The status, how the answer begins, and what was wrong where there was none."""
    now = timezone.now()
    allow = frozenset(settings.OUTBOUND_ALLOW)
    try:
        refuse_unencrypted(hook.url, allow)
        signed = webhook_signing.headers(hook.secrets(now), row.event_id, int(now.timestamp()), row.body)
        status, text = fetcher.post_guarded(
            hook.url,
            row.body.encode(),
            {**signed, "Content-Type": "application/json"},
            allow=allow,
            total_s=ANSWER_S,
        )
    except Unreadable:
        return None, "", _("Its secret cannot be read with the present FIELD_KEYS.")
    except FetchRefused as error:
        return None, "", refusal(error)[:MOST_KEPT]
    except Unavailable as error:
        return (
            None,
            "",
            _("There was no answer (%(what)s).") % {"what": error.raw[:100] or _("it took too long")},
        )
    return status, keepable_text(text)[:MOST_KEPT], ""


def refuse_unencrypted(url: str, allow: frozenset[str]) -> None:
    """:raises FetchRefused: neither https nor a place that ``OUTBOUND_ALLOW`` names."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise FetchRefused(_("This is not an address.")) from error
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.netloc in allow):
        raise FetchRefused(_("The address has to begin with https://."))


def refusal(error: FetchRefused) -> str:
    words = _("Nothing is sent to this address. %(why)s OUTBOUND_ALLOW may name exceptions.")
    return words % {"why": error.message}


def prune(now: datetime) -> None:
    over = Q(next_try_at=None) | Q(wanted_at__lt=now - KEPT)
    WebhookDelivery.objects.filter(over, created_at__lt=now - KEPT).delete()
