"""Webhooks: made and changed by administrators; events become deliveries (see ``webhook_sending``)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from generations.models import WEBHOOK_KINDS, Webhook, WebhookDelivery
from generations.models.webhook import MOST_BEFORE, MOST_NAME, MOST_URL
from providers import fetcher, secrets
from providers.gateways.errors import FetchRefused
from providers.gateways.plain import keepable_text
from providers.ids import new_id
from providers.models import audit, audit_change

from . import webhook_signing
from .refusals import BadField, WrongState
from .ring import ring
from .webhook_sending import TEST, claimed_until, refusal, refuse_unencrypted, send


class BadWebhook(BadField):
    """No webhook can be made, or changed, like that."""


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
                audit_change(actor, "webhook", row.pk, before, _plain(Webhook.objects.get(pk=row.pk)))
    except IntegrityError:
        raise BadWebhook("name", _("There is a webhook of this name already.")) from None


def rotate(actor: Any, hook: Webhook) -> str:
    """A new secret; for a day those before it sign too, so that the receiver can take the new one in between.

    :raises WrongState: it was changed so often within a day that no more can sign.
    """
    secret, now = webhook_signing.new_secret(), timezone.now()
    with transaction.atomic():
        row = Webhook.objects.select_for_update().get(pk=hook.pk)
        if earlier_secrets(row, now) >= MOST_BEFORE:
            words = _(
                "It was changed several times, and all these secrets sign until %(at)s UTC. Change it again "
                "then, or delete this webhook and make another."
            )
            raise WrongState(words % {"at": f"{row.before_until:%Y-%m-%d %H:%M}"})
        row.set_secret(secret)
        row.save(update_fields=["sealed_secret", "sealed_before", "before_until", "secret_saved_at"])
        until = row.before_until.isoformat() if row.before_until else ""
        audit(actor, "changed the secret", "webhook", row.pk, after={"both_valid_until": until})
    return secret


def earlier_secrets(hook: Webhook, now: datetime) -> int:
    """How many sign beside its present one; none where no field key opens them."""
    try:
        return len(hook.secrets(now)) - 1
    except secrets.Unreadable:
        return 0


def reseal() -> Counter[str]:
    """Secrets that an older field key sealed, under the present one; as ``providers.keys.rotate``."""
    found: Counter[str] = Counter()
    for column in ("sealed_secret", "sealed_before"):
        rows = Webhook.objects.exclude(**{column: ""}).values_list("pk", column)
        found.update(_reseal(pk, column, sealed) for pk, sealed in rows)
    return found


def _reseal(pk: UUID, column: str, before: str) -> str:
    try:
        plain = secrets.unseal(before, str(pk))
    except secrets.Unreadable:
        return "unreadable"
    if secrets.sealed_with(before) != secrets.current_key_id():
        sealed = secrets.seal(plain, str(pk))
        # only if nobody changed it meanwhile
        Webhook.objects.filter(pk=pk, **{column: before}).update(**{column: sealed})
    return secrets.current_key_id()


def checked_url(url: str) -> str:
    """:raises BadWebhook: no https, or no address that the studio sends to."""
    url, allow = url.strip(), frozenset(settings.OUTBOUND_ALLOW)
    if len(url) > MOST_URL:
        raise BadWebhook("url", _("This address is too long."))
    try:
        refuse_unencrypted(url, allow)
        fetcher.refuse_address(url, allow)
    except FetchRefused as error:
        raise BadWebhook("url", refusal(error)) from error
    return url


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
    """For the audit log. The end of an address may be as good as a password: a digest tells two apart."""
    digest = hashlib.sha256(hook.url.encode()).hexdigest()[:12]
    place = f"{urlsplit(hook.url).scheme}://{urlsplit(hook.url).netloc}/… ({digest})"
    return {"name": hook.name, "url": place, "kinds": hook.kinds, "enabled": hook.enabled}


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
    row.attempts, row.next_try_at = 1, claimed_until()
    with transaction.atomic():
        row.save(force_insert=True)
        audit(actor, "sent a test", "webhook", hook.pk)
    send(row, hook)
    row.refresh_from_db()
    return row


def send_again(actor: Any, row: WebhookDelivery) -> None:
    """:raises WrongState: it is still being tried."""
    now = timezone.now()
    with transaction.atomic():
        mine = WebhookDelivery.objects.filter(pk=row.pk, next_try_at=None)
        again = {"attempts": 0, "tried_at": None, "delivered_at": None, "given_up_at": None}
        if not mine.update(next_try_at=now, wanted_at=now, **again):
            raise WrongState(_("It is still being tried."))
        audit(actor, "sent again", "webhook", row.webhook_id, after={"event": row.event_id})
        ring("deliver", row.webhook_id)
