"""Something that needs an administrator: opened once, over by itself, never deleted while it is news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id
from providers.models import ProviderAccount

if TYPE_CHECKING:
    from uuid import UUID


class AlertKind(models.TextChoices):
    FAILING = "failing", _("many takes fail")
    KEY = "key", _("a key is rejected")
    EMPTY = "empty", _("a balance is used up")
    BALANCE = "balance", _("a balance is low")
    GATEWAY = "gateway", _("a gateway takes nothing")
    DISK = "disk", _("the disk is nearly full")
    SWEEP = "sweep", _("the sweep lags")
    CLUSTER = "cluster", _("a cluster is silent")
    EXPIRING = "expiring", _("results are about to expire")
    AUDIT = "audit", _("the audit log does not hold")


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> AlertQuerySet:
        return self.filter(closed_at=None)

    def urgent_first(self) -> AlertQuerySet:
        """What nobody has acknowledged first, then what is critical, then the newest."""
        unseen = models.Case(models.When(acknowledged_at=None, then=0), default=1)
        bad = models.Case(models.When(severity=Alert.Severity.CRITICAL, then=0), default=1)
        return self.order_by(unseen, bad, "-opened_at")


class Alert(models.Model):
    """``subject`` makes it unique among the open ones: an account's id, a cluster's name, or nothing.
    ``facts`` holds numbers and ids; the words are made of them when they are shown."""

    class Severity(models.TextChoices):
        WARNING = "warning", _("warning")
        CRITICAL = "critical", _("critical")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=AlertKind)
    subject = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(
        ProviderAccount, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("account")
    )
    severity = models.CharField(
        _("severity"), max_length=8, choices=Severity.choices, default=Severity.WARNING
    )
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField(_("since"))
    last_seen_at = models.DateTimeField(_("last seen"))
    closed_at = models.DateTimeField(_("over"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    # leases of who mails it; who was told stands on each person's notification
    opening_mailed_at = models.DateTimeField(null=True)
    end_mailed_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    account_id: UUID | None

    class Meta:
        ordering = ["-opened_at"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(closed_at=None), name="one_open_alert_of_a_kind"
            )
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="alerts_by_time"),
            models.Index(fields=["kind", "subject", "-closed_at"], name="alerts_of_a_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{f', {self.about}' if self.about else ''}"

    @property
    def about(self) -> str:
        """What it is about, by name; empty for the whole studio."""
        return str(self.account) if self.account else self.subject

    def facts_told(self) -> dict[str, Any]:
        """For programs outside; without ids of takes."""
        return {name: value for name, value in self.facts.items() if name != "takes_ids"}
