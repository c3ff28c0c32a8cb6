"""Addresses that are told of alerts and limits by signed POSTs, and each of those POSTs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from providers import secrets
from providers.ids import new_id

from .alert import AlertKind

if TYPE_CHECKING:
    from uuid import UUID

BOTH_VALID = timedelta(days=1)  # the secrets before it, after a change
MOST_BEFORE = 4  # of them: each makes the signature longer
MOST_NAME, MOST_URL = 80, 500


class EventKind(models.TextChoices):
    """What a webhook may be told of beside alerts."""

    LIMIT = "limit", _("a limit is nearly used up")
    MORE = "more", _("more of a limit is asked for")


WEBHOOK_KINDS = [*AlertKind.choices, *EventKind.choices]


class Webhook(models.Model):
    """The secret goes out once, when it is made; afterwards only signatures made with it do."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=MOST_NAME, unique=True)
    url = models.CharField(_("address"), max_length=MOST_URL)
    kinds = models.JSONField(_("told of"), default=list)
    enabled = models.BooleanField(_("enabled"), default=True)
    sealed_secret = models.TextField(editable=False)
    sealed_before = models.TextField(blank=True, editable=False)  # those that still sign, the newest first
    before_until = models.DateTimeField(null=True, editable=False)
    secret_saved_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    def set_secret(self, secret: str) -> None:
        """Seal ``secret`` into this row (unsaved); those that sign now do so for a day more. Whoever clicked
        twice, or was not alone, has ended no secret that a receiver may hold."""
        now, owner = timezone.now(), str(self.id)
        try:
            before = self.secrets(now) if self.sealed_secret else []
        except secrets.Unreadable:  # it can sign nothing any more
            before = []
        self.sealed_before = secrets.seal(" ".join(before), owner) if before else ""
        self.before_until = now + BOTH_VALID if before else None
        self.sealed_secret, self.secret_saved_at = secrets.seal(secret, owner), now

    def secrets(self, now: datetime) -> list[str]:
        """Those that are valid, the newest first.

        :raises secrets.Unreadable: when no field key opens one.
        """
        found = [secrets.unseal(self.sealed_secret, str(self.id))]
        if self.before_until and self.before_until > now:
            found += secrets.unseal(self.sealed_before, str(self.id)).split(" ")
        return found


class WebhookDelivery(models.Model):
    """One event for one webhook. ``next_try_at`` is also the lease: a worker that sends it has moved it on,
    and what a dead one held comes due again, under the same ``event_id``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.CharField(_("event"), max_length=60)
    type = models.CharField(_("type"), max_length=30)
    body = models.TextField()  # byte for byte what is signed, the same at each try
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    wanted_at = models.DateTimeField()  # when somebody wanted it sent last; given up a day later
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    tried_at = models.DateTimeField(_("last try"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    given_up_at = models.DateTimeField(_("given up"), null=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    answer = models.CharField(max_length=200, blank=True)  # how its body begins
    problem = models.CharField(_("what went wrong"), max_length=200, blank=True)

    webhook_id: UUID

    class Meta:
        ordering = ["-id"]
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="one_delivery_of_an_event")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="deliveries_due"
            ),
            models.Index(fields=["webhook", "-id"], name="deliveries_of_a_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
