"""What is held and spent, and the limits that hold it: ledger lines, quotas and their counters."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id


class LedgerEntry(models.Model):
    """One append-only line. A take's open hold is a ``hold`` without ``settle`` or ``release``; a ``correct``
    adds to what was settled, or takes from it.

    Takes, projects and people are plain ids: this side of the house does not know them. ``counters`` names
    where a hold counts, and grows when a limit is made while it is open.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("held")
        SETTLE = "settle", _("settled")
        RELEASE = "release", _("released")
        CORRECT = "correct", _("corrected")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    take_id = models.UUIDField()
    attempt = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    amount_usd = models.DecimalField(max_digits=14, decimal_places=6)
    currency = models.CharField(max_length=3, default="USD")
    basis = models.CharField(max_length=20)
    account = models.ForeignKey("providers.ProviderAccount", on_delete=models.PROTECT)
    model = models.CharField(max_length=120)
    project_id = models.UUIDField()
    person_id = models.UUIDField()
    counters = models.JSONField(default=list, editable=False)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("ledger line")
        verbose_name_plural = _("ledger lines")
        constraints = [
            models.UniqueConstraint(
                fields=["take_id", "attempt", "kind"], name="one_ledger_line_per_kind_and_attempt"
            )
        ]
        indexes = [models.Index(fields=["project_id", "created_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_usd} {self.currency}"


class Quota(models.Model):
    """A limit on what one scope may use in one period."""

    class Scope(models.TextChoices):
        STUDIO = "studio", _("the whole studio")
        ACCOUNT = "account", _("one account")
        PROJECT = "project", _("one project")
        PERSON = "person", _("one person")

    class Measure(models.TextChoices):
        MONEY = "money", _("US dollars")
        COUNT = "count", _("takes")
        IN_FLIGHT = "in_flight", _("takes in flight")

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        MONTH = "month", _("a month")
        LIFETIME = "lifetime", _("in all")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    scope_id = models.UUIDField(_("id of the scope"), null=True, blank=True)
    measure = models.CharField(_("measure"), max_length=10, choices=Measure.choices)
    period = models.CharField(_("period"), max_length=10, choices=Period.choices)
    limit = models.DecimalField(_("limit"), max_digits=14, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "measure", "period"], name="one_quota_per_scope_and_period"
            ),
            # to a database no NULL is like another: the whole studio's limits need a rule of their own
            models.UniqueConstraint(
                fields=["scope", "measure", "period"],
                condition=models.Q(scope_id__isnull=True),
                name="one_quota_of_the_studio_per_period",
            ),
        ]

    def __str__(self) -> str:
        what = f"{self.limit} {self.get_measure_display()}, {self.get_period_display()}"
        return f"{self.get_scope_display()}: {what}"


class QuotaCounter(models.Model):
    """What one quota has used in one period, in millionths of its unit (whole numbers: both databases
    then compare and add exactly)."""

    quota = models.ForeignKey(Quota, on_delete=models.CASCADE, related_name="counters")
    period_start = models.DateField()
    used_micro = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quota", "period_start"], name="one_counter_per_period")
        ]

    def __str__(self) -> str:
        return f"{self.quota_id} from {self.period_start}: {self.used_micro}"
