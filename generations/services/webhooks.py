"""Webhooks: made and changed by administrators, told of events by signed POSTs.

A delivery's row is the truth and the queue only a bell. It is written in the transaction of what it tells,
and sent at least once: a worker that dies in the middle leaves it to come due again, under the same id.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import WEBHOOK_KINDS, Webhook, WebhookDelivery
from generations.models.webhook import MOST_NAME, MOST_URL
from providers import fetcher
from providers.gateways.errors import FetchRefused, Unavailable
from providers.gateways.plain import keepable_text
from providers.ids import new_id
from providers.models import audit
from providers.secrets import Unreadable

from . import webhook_signing
from .refusals import WrongState
from .ring import ring

TEST = "webhook.test"
ANSWER_S = 10.0
LONGEST_S = 60.0  # that one bell keeps a worker
MOST_KEPT = 200  # characters of an answer
LONGEST_WAIT_S = 7200.0
GIVEN_UP_AFTER = timedelta(days=1)
KEPT = timedelta(days=30)


class BadWebhook(Exception):
    """What was filled in cannot be; ``field`` says where."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(message)


# --- by administrators -----------------------------------------------------------------------------


def make(actor: Any, name: str, url: str, kinds: Sequence[str]) -> tuple[Webhook, str]:
    """The new one and its secret, which nobody can be shown again.

    :raises BadWebhook: nothing is made.
    """
    hook = Webhook(name=_named(name), url=checked_url(url), kinds=_known(kinds))
    secret = webhook_signing.new_secret()
    hook.set_secret(secret)
    try:
        with transaction.atomic():
            hook.save(force_insert=True)
            audit(actor, "create", "webhook", hook.pk, after=_plain(hook))
    except IntegrityError:
        raise BadWebhook("name", _("There is a webhook of this name already.")) from None
    return hook, secret


def change(actor: Any, hook: Webhook, **values: Any) -> None:
    """:param values: name, url, kinds, enabled; those that are given.
    :raises BadWebhook: nothing changes.
    """
    checks: dict[str, Callable[[Any], Any]] = {
        "name": _named,
        "url": checked_url,
        "kinds": _known,
        "enabled": bool,
    }
    fields = {name: checks[name](value) for name, value in values.items()}
    try:
        with transaction.atomic():
            row = Webhook.objects.select_for_update().get(pk=hook.pk)
            before = _plain(row)
            changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
            if changed:
                Webhook.objects.filter(pk=row.pk).update(**changed)
                told = {name: before[name] for name in changed}
                audit(actor, "change", "webhook", row.pk, before=told, after=changed)
    except IntegrityError:
        raise BadWebhook("name", _("There is a webhook of this name already.")) from None


def rotate(actor: Any, hook: Webhook) -> str:
    """A new secret; for a day both sign, so that the receiver can take the new one in between."""
    secret = webhook_signing.new_secret()
    with transaction.atomic():
        row = Webhook.objects.select_for_update().get(pk=hook.pk)
        row.set_secret(secret)
        row.save(update_fields=["sealed_secret", "sealed_before", "before_until", "secret_saved_at"])
        until = row.before_until.isoformat() if row.before_until else ""
        audit(actor, "changed the secret", "webhook", row.pk, after={"both_valid_until": until})
    return secret


def checked_url(url: str) -> str:
    """:raises BadWebhook: no https, or no address that the studio sends to."""
    url = url.strip()
    allow = frozenset(settings.OUTBOUND_ALLOW)
    try:
        parts = urlsplit(url)
        allowed = parts.netloc in allow
    except ValueError:
        raise BadWebhook("url", _("This is not an address.")) from None
    if len(url) > MOST_URL:
        raise BadWebhook("url", _("This address is too long."))
    if parts.scheme != "https" and not (parts.scheme == "http" and allowed):
        raise BadWebhook("url", _("The address has to begin with https://."))
    try:
        fetcher.refuse_address(url, allow)
    except FetchRefused as error:
        raise BadWebhook("url", _refusal(error)) from error
    return url


def _refusal(error: FetchRefused) -> str:
    words = _("Nothing is sent to this address: %(why)s It may be allowed by OUTBOUND_ALLOW.")
    return words % {"why": error.message}


def _named(name: str) -> str:
    name = " ".join(keepable_text(name).split())
    if not name or len(name) > MOST_NAME:
        raise BadWebhook("name", _("Give it a name of up to 80 letters."))
    return name


def _known(kinds: Sequence[str]) -> list[str]:
    known = [kind for kind, _label in WEBHOOK_KINDS if kind in kinds]
    if not known or set(kinds) - set(known):
        raise BadWebhook("kinds", _("Choose what it is told of."))
    return known


def _plain(hook: Webhook) -> dict[str, Any]:
    return {"name": hook.name, "url": hook.url, "kinds": hook.kinds, "enabled": hook.enabled}


# --- events ----------------------------------------------------------------------------------------


def emit(kind: str, type_: str, data: Mapping[str, Any], *, bell: bool = True) -> int:
    """One event for every webhook that wants this kind. In the transaction of what it tells.

    :param bell: False for who rings for all that is due afterwards.
    :returns: how many will hear of it.
    """
    wanting = [hook for hook in Webhook.objects.filter(enabled=True) if kind in hook.kinds]
    event = _event(type_, data)
    WebhookDelivery.objects.bulk_create(_delivery(hook, event) for hook in wanting)
    for hook in wanting if bell else ():
        ring("deliver", hook.pk)
    return len(wanting)


def _event(type_: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": type_,
        "id": f"evt_{new_id().hex}",
        "at": timezone.now().isoformat(),
        "studio": settings.PUBLIC_URL,
        "data": dict(data),
    }


def _delivery(hook: Webhook, event: Mapping[str, Any]) -> WebhookDelivery:
    now = timezone.now()
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return WebhookDelivery(
        webhook=hook, event_id=event["id"], type=event["type"], body=body, wanted_at=now, next_try_at=now
    )


def send_test(actor: Any, hook: Webhook) -> WebhookDelivery:
    """Sent at once and once only; the row says what was answered."""
    event = _event(TEST, {"webhook": hook.name})
    row = _delivery(hook, event)
    row.attempts, row.next_try_at = 1, _claimed_until()
    with transaction.atomic():
        row.save(force_insert=True)
        audit(actor, "sent a test", "webhook", hook.pk)
    _send(row, hook)
    row.refresh_from_db()
    return row


def send_again(actor: Any, row: WebhookDelivery) -> None:
    """:raises WrongState: it is still being tried."""
    now = timezone.now()
    with transaction.atomic():
        mine = WebhookDelivery.objects.filter(pk=row.pk, next_try_at=None)
        again = {"attempts": 0, "delivered_at": None, "given_up_at": None}
        if not mine.update(next_try_at=now, wanted_at=now, **again):
            raise WrongState(_("It is still being tried."))
        audit(actor, "sent again", "webhook", row.webhook_id, after={"event": row.event_id})
        ring("deliver", row.webhook_id)


# --- by workers ------------------------------------------------------------------------------------


def ring_due(cluster: str = "") -> int:
    """Ring for what waits, one bell a webhook; what has waited for a day is given up.

    :returns: how many were rung.
    """
    now = timezone.now()
    due = WebhookDelivery.objects.filter(next_try_at__lte=now)
    due.filter(wanted_at__lt=now - GIVEN_UP_AFTER).update(given_up_at=now, next_try_at=None)
    hooks = due.filter(webhook__enabled=True).order_by().values_list("webhook", flat=True).distinct()
    for pk in hooks:
        ring("deliver", pk, cluster=cluster)
    return len(hooks)


def deliver(hook_id: str) -> int:
    """What is due for one webhook, the oldest first, until one fails: a receiver that is down costs one wait.

    :returns: how many were delivered.
    """
    hook = Webhook.objects.filter(pk=UUID(hook_id), enabled=True).first()
    ends, done = time.monotonic() + LONGEST_S, 0
    while hook and time.monotonic() < ends:
        row = _claim(hook)
        if row is None or not _send(row, hook):
            break
        done += 1
    return done


def _claim(hook: Webhook) -> WebhookDelivery | None:
    """The oldest one due, ours for WEBHOOK_CLAIM_S seconds."""
    now = timezone.now()
    due = WebhookDelivery.objects.filter(webhook=hook, next_try_at__lte=now)
    for row in due.order_by("next_try_at", "id")[:20]:
        mine = due.filter(pk=row.pk, next_try_at=row.next_try_at)
        until = _claimed_until()
        if mine.update(next_try_at=until, attempts=F("attempts") + 1):
            row.next_try_at, row.attempts = until, row.attempts + 1
            return row
    return None


def _claimed_until() -> datetime:
    return timezone.now() + timedelta(seconds=settings.STUDIO["WEBHOOK_CLAIM_S"])


def _send(row: WebhookDelivery, hook: Webhook) -> bool:
    """One POST of a claimed row, and what was answered. Returns whether it was taken in."""
    status, answer, problem = _post(row, hook)
    taken = status is not None and 200 <= status < 300
    now = timezone.now()
    ends = {"delivered_at": now} if taken else {"given_up_at": now} if row.type == TEST else {}
    waits = None if ends else now + timedelta(seconds=_wait_s(row.attempts))
    # only if the claim still stands: past it another worker has it
    mine = WebhookDelivery.objects.filter(pk=row.pk, next_try_at=row.next_try_at)
    told = {"tried_at": now, "status": status, "answer": answer, "problem": problem}
    mine.update(**told, **ends, next_try_at=waits)
    return taken


def _post(row: WebhookDelivery, hook: Webhook) -> tuple[int | None, str, str]:
    """The status, how the answer begins, and what was wrong where there was none."""
    now = timezone.now()
    try:
        signed = webhook_signing.headers(hook.secrets(now), row.event_id, int(now.timestamp()), row.body)
        status, text = fetcher.post_guarded(
            hook.url,
            row.body.encode(),
            {**signed, "Content-Type": "application/json"},
            allow=frozenset(settings.OUTBOUND_ALLOW),
            total_s=ANSWER_S,
        )
    except Unreadable:
        return None, "", _("Its secret cannot be read with the present FIELD_KEYS.")
    except FetchRefused as error:
        return None, "", _refusal(error)[:MOST_KEPT]
    except Unavailable as error:
        return None, "", _("There was no answer (%(what)s).") % {"what": error.raw[:100] or error.message}
    return status, keepable_text(text)[:MOST_KEPT], ""


def _wait_s(attempts: int) -> float:
    """A minute, then twice as long each time, up to two hours; a fifth to either side."""
    first_s = float(settings.STUDIO["WEBHOOK_RETRY_S"])
    wait_s = min(first_s * 2.0 ** min(attempts - 1, 20), LONGEST_WAIT_S)
    return wait_s * random.uniform(0.8, 1.2)  # noqa: S311 - no secret


def prune(now: datetime) -> None:
    over = Q(next_try_at=None) | Q(wanted_at__lt=now - KEPT)
    WebhookDelivery.objects.filter(over, created_at__lt=now - KEPT).delete()
