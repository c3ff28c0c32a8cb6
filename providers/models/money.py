"""What is held and spent, and the limits that hold it: ledger lines, quotas and their counters."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

MICRO = Decimal(1_000_000)  # counters and sums are whole millionths of a dollar, a take, a second


class LedgerEntry(models.Model):
    """One append-only line. A take's open hold is a ``hold`` without ``settle`` or ``release``; a ``correct``
    adds to what was settled, or takes from it; a ``waive`` takes all of it back, on a person's word, and a
    ``recharge`` charges it again, since it was made all the same.

    Takes, projects, clients and people are plain ids: this side of the house does not know them. Whom a line
    counts against is what was true when it was held: the project's client then, the person's role then.
    ``seconds`` of clip were asked for; None where the length was not known. ``counters`` names where a hold
    counts, and grows when a limit is made while it is open. ``end`` and ``charged_micro`` of a hold are what
    the lines of its attempt come to, kept by ``providers.outcomes`` so that sums need not look for them.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("held")
        SETTLE = "settle", _("settled")
        RELEASE = "release", _("released")
        CORRECT = "correct", _("corrected")
        WAIVE = "waive", _("not billed after all")
        RECHARGE = "recharge", _("charged after all")

    class End(models.TextChoices):
        """What became of a hold. ``LATE``: charged after the money had been given back. ``MOVED``: the
        attempt went on at another account, with another hold, as if this one had never been asked for."""

        OPEN = "", _("held")
        CHARGED = "charged", _("charged")
        LATE = "late", _("charged late")
        BACK = "back", _("given back")
        MOVED = "moved", _("moved")

    # their sum is what an attempt costs
    CHARGES = (Kind.SETTLE, Kind.CORRECT, Kind.WAIVE, Kind.RECHARGE)
    PAID = (End.CHARGED, End.LATE)

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
    video_model_id = models.UUIDField(null=True)  # None: of an earlier version, and the model is gone
    client_id = models.UUIDField(null=True)  # None: the project had no client
    role = models.CharField(max_length=13, blank=True)  # of the person in the studio
    seconds = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    counters = models.JSONField(default=list, editable=False)
    end = models.CharField(max_length=7, choices=End, blank=True, default=End.OPEN, editable=False)
    charged_micro = models.BigIntegerField(null=True, editable=False)  # None: not charged, or no hold
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


def studio_zone() -> str:
    return settings.TIME_ZONE


class Quota(models.Model):
    """A limit on what one scope may use in one period of the clock in ``time_zone``.

    One of a role holds each person who has it, every one by a counter of their own, but for those who have a
    limit of their own of the same measure and period. At ``soft_limit`` people are told.
    """

    class Scope(models.TextChoices):
        STUDIO = "studio", _("the whole studio")
        ACCOUNT = "account", _("one account")
        MODEL = "model", _("one model")
        PROJECT = "project", _("one project")
        CLIENT = "client", _("one client")
        PERSON = "person", _("one person")
        ROLE = "role", _("each person of a role")

    class Measure(models.TextChoices):
        MONEY = "money", _("US dollars")
        COUNT = "count", _("takes")
        SECONDS = "seconds", _("seconds of clip")
        IN_FLIGHT = "in_flight", _("takes in flight")

    class Period(models.TextChoices):
        HOUR = "hour", _("an hour")
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")
        LIFETIME = "lifetime", _("in all")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    scope_id = models.UUIDField(_("id of the scope"), null=True, blank=True)
    role = models.CharField(_("role"), max_length=13, blank=True)
    measure = models.CharField(_("measure"), max_length=10, choices=Measure.choices)
    period = models.CharField(_("period"), max_length=10, choices=Period.choices)
    limit = models.DecimalField(_("limit"), max_digits=14, decimal_places=2)
    soft_limit = models.DecimalField(_("warn at"), max_digits=14, decimal_places=2, null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default=studio_zone)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "measure", "period"], name="one_quota_per_scope_and_period"
            ),
            # to a database no NULL is like another: the limits of the whole studio and of its roles need a
            # rule of their own
            models.UniqueConstraint(
                fields=["scope", "role", "measure", "period"],
                condition=models.Q(scope_id__isnull=True),
                name="one_quota_of_the_studio_or_a_role_per_period",
            ),
        ]

    shown = ""  # its name, where somebody has looked up what it applies to

    def __str__(self) -> str:
        if self.shown:
            return self.shown
        what = f"{self.limit} {self.get_measure_display()}, {self.get_period_display()}"
        return f"{self.get_scope_display()}: {what}"


class QuotaCounter(models.Model):
    """What one quota has used in one period, in millionths of its unit (whole numbers: both databases
    then compare and add exactly). ``person_id``: whose it is, where the limit is one of a role."""

    quota = models.ForeignKey(Quota, on_delete=models.CASCADE, related_name="counters")
    person_id = models.UUIDField(null=True)
    begins_at = models.DateTimeField()
    used_micro = models.BigIntegerField(default=0)
    warned_at = models.DateTimeField(null=True)  # when the soft limit was reached

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quota", "begins_at"],
                condition=models.Q(person_id__isnull=True),
                name="one_counter_per_quota_and_period",
            ),
            models.UniqueConstraint(
                fields=["quota", "person_id", "begins_at"], name="one_counter_per_person_and_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quota_id} from {self.begins_at:%Y-%m-%d %H:%M}: {self.used_micro}"
