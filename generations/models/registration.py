"""Pictures that a gateway was given once and calls by a name of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .asset import Asset

if TYPE_CHECKING:
    from uuid import UUID


class Registration(models.Model):
    """One picture at one account, by its bytes. It is worked on under a lease, as takes are; ``due_at`` is
    when somebody has to act on it or look at it again.

    ``base_url`` and ``checked_at`` say for which host and which key the name is known to hold.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits to be sent")
        SENDING = "sending", _("being sent")
        UNSURE = "unsure", _("no answer came")
        PROCESSING = "processing", _("being looked at by the gateway")
        ACTIVE = "active", _("active")
        FAILED = "failed", _("failed")
        REJECTED = "rejected", _("rejected")
        INACTIVE = "inactive", _("inactive")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        "providers.ProviderAccount", on_delete=models.CASCADE, related_name="+", verbose_name=_("account")
    )
    sha256 = models.CharField(max_length=64)
    asset = models.ForeignKey(Asset, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(default=1)
    group_id = models.CharField(max_length=200, blank=True)
    remote_id = models.CharField(max_length=120, blank=True)
    base_url = models.CharField(max_length=300, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    raw = models.TextField(blank=True)  # the gateway's last *no*, for administrators
    checked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.UUIDField(null=True)

    account_id: UUID
    asset_id: UUID | None

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("registered picture")
        verbose_name_plural = _("registered pictures")
        constraints = [models.UniqueConstraint(fields=["account", "sha256"], name="one_registration_each")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="registrations_due"
            )
        ]

    def __str__(self) -> str:
        return self.remote_id or self.sha256[:12]
