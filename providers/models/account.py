"""ProviderAccount: one key for one gateway."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from providers import secrets
from providers.gateways.base import Gateway
from providers.gateways.registry import all_gateways
from providers.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID


LONGEST_REST = timedelta(hours=1, minutes=1)  # a gateway that asks to wait is believed for an hour


class AccountQuerySet(models.QuerySet["ProviderAccount"]):
    def usable(self, now: datetime | None = None) -> Self:
        """Accounts that may be sent to: switched on, with a key, not paused."""
        now = now or timezone.now()
        return (
            self.filter(enabled=True, stopped="")
            .exclude(sealed_key="")
            .filter(Q(paused_until=None) | Q(paused_until__lte=now))
        )

    def closed(self, now: datetime | None = None) -> Self:
        """Those of which ``why_closed`` has something to say."""
        rests = Q(paused_until__gt=now or timezone.now()) & ~Q(pause_cause=PauseCause.GATEWAY)
        return self.filter(Q(enabled=False) | Q(sealed_key="") | ~Q(stopped="") | rests)

    def lock(self, pk: UUID) -> None:
        """Until the transaction ends, nobody else writes this account or fills it with models. Takes that
        name it go on (a lock of the key would stop them)."""
        list(self.filter(pk=pk).select_for_update(no_key=True).values_list("pk"))


class BadKey(ValueError):
    """A key that no request header can carry: a broken line or a letter too many was copied with it."""


def refuse_bad_key(key: str) -> None:
    """:raises BadKey: the sentence does not quote the key."""
    if not (key.isascii() and key.isprintable()):
        raise BadKey(_("The key holds a character that no key has (a line break or a special letter)."))


class PauseCause(models.TextChoices):
    """Whose a pause is; its ``pause_reason`` is only a sentence for people."""

    PERSON = "person", _("a person")
    GATEWAY = "gateway", _("the gateway asked to wait")
    KEY = "key", _("the key")
    BALANCE = "balance", _("the balance")


class ProviderAccount(models.Model):
    """A gateway account. The key is write-only: it goes in by ``set_key`` and out only to the gateway."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    gateway = models.CharField(_("gateway"), max_length=40)
    name = models.CharField(_("name"), max_length=80, unique=True)
    base_url = models.URLField(_("base address"), max_length=300)
    sealed_key = models.TextField(blank=True, editable=False)
    key_last4 = models.CharField(max_length=4, blank=True, editable=False)
    key_saved_at = models.DateTimeField(null=True, editable=False)
    key_no = models.PositiveIntegerField(default=1, editable=False)  # jobs know by it which key made them
    keys_saved = models.PositiveIntegerField(default=1, editable=False)  # the highest number that was given
    sandbox = models.BooleanField(_("sandbox"), default=False)
    enabled = models.BooleanField(_("enabled"), default=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    pause_reason = models.CharField(_("reason of the pause"), max_length=300, blank=True)
    pause_cause = models.CharField(max_length=10, choices=PauseCause, blank=True, editable=False)
    stopped = models.CharField(max_length=300, blank=True, editable=False)  # why, while everything is
    max_in_flight = models.PositiveIntegerField(_("takes in flight at most"), default=10)
    submits_per_min = models.PositiveIntegerField(_("submits a minute at most"), default=60)
    polls_per_min = models.PositiveIntegerField(_("polls a minute at most (0: no limit)"), default=0)
    low_balance_usd = models.DecimalField(
        _("tell of a balance under (US dollars)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: under two days of what was spent a day in the last week. 0: never."),
    )
    health = models.JSONField(default=dict, editable=False)
    standing = models.JSONField(default=dict, editable=False)  # what the gateway told of money and limits
    standing_at = models.DateTimeField(null=True, editable=False)
    discovery = models.JSONField(default=dict, editable=False)  # what the last look at its models found
    discovery_rung_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("gateway account")
        verbose_name_plural = _("gateway accounts")

    def __str__(self) -> str:
        return self.name

    @property
    def adapter(self) -> Gateway:
        return all_gateways()[self.gateway]

    @property
    def masked_key(self) -> str:
        return f"…{self.key_last4}" if self.sealed_key else ""

    def set_key(self, key: str) -> None:
        """Seal ``key`` into this row (unsaved); an empty one clears it. What was told of the old one goes.

        :raises BadKey: no request could carry it; nothing changes.
        """
        key = key.strip()
        refuse_bad_key(key)
        self.sealed_key = secrets.seal(key, str(self.id)) if key else ""
        self.key_last4 = key[-4:] if len(key) >= 12 else ("••••" if key else "")
        self.key_saved_at = timezone.now() if key else None
        self.standing, self.standing_at = {}, None

    def get_key(self) -> str:
        """:raises secrets.Unreadable: when no field key opens it."""
        return secrets.unseal(self.sealed_key, str(self.id)) if self.sealed_key else ""

    def is_paused(self, now: datetime | None = None) -> bool:
        return bool(self.paused_until and self.paused_until > (now or timezone.now()))

    def rests(self, now: datetime) -> bool:
        """Whether not even polls go out. A long pause (a person's, an unreadable key's) stops what is new; a
        job that is paid is still asked about, for its result does not wait at the gateway: never longer
        than four fifths of the time that the gateway keeps results."""
        longest = min(LONGEST_REST, timedelta(seconds=0.8 * self.adapter.keeps_results_s))
        return self.paused_until is not None and now < self.paused_until < now + longest

    def state_words(self, now: datetime | None = None) -> str:
        """Why it may not be used; else what the last look at its key found wrong; else *ready*."""
        if why := self.why_unusable(now):
            return why
        if self.health.get("ok") is False:
            return str(_("The last check failed: %(why)s")) % {"why": self.health.get("message", "")}
        return str(_("ready"))

    def last_check(self) -> str:
        """When its key was last tried, and what the gateway said; empty where it never was."""
        at = str(self.health.get("checked_at", ""))[:16].replace("T", " ")
        return f"{at} UTC: {self.health.get('message', '')}" if at else ""

    def why_unusable(self, now: datetime | None = None) -> str:
        """One sentence, or an empty string when the account may be used."""
        if not self.enabled:
            return str(_("This account is switched off."))
        if not self.sealed_key:
            return str(_("This account has no key."))
        if self.stopped:
            return self.stopped
        if self.is_paused(now):
            return self.pause_reason or str(_("This account is paused."))
        return ""

    def why_closed(self, now: datetime | None = None) -> str:
        """Why nobody may generate with it now: as ``why_unusable``, but a rest that the gateway asked for
        closes nothing, since takes wait in line for its end."""
        waits = self.is_paused(now) and self.pause_cause == PauseCause.GATEWAY and not self.stopped
        return "" if waits and self.enabled and self.sealed_key else self.why_unusable(now)


class VideoModelQuerySet(models.QuerySet["VideoModel"]):
    def offered(self) -> Self:
        """Models that people may choose now; each row of it knows that it ``is_offered``."""
        rows = self.filter(allowed=True, retired_at=None, account__enabled=True)
        return rows.annotate(is_offered=models.Value(True))


class VideoModel(models.Model):
    """A model that an account offers, with what it takes and what it costs, both as data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ProviderAccount, on_delete=models.CASCADE, related_name="models")
    wire_id = models.CharField(_("id at the gateway"), max_length=120)
    label = models.CharField(_("name"), max_length=120)
    family = models.CharField(_("family"), max_length=80, blank=True)
    capabilities = models.JSONField(_("capabilities"), default=dict)
    discovered = models.JSONField(default=dict, blank=True)  # the gateway's word, laid over the catalogue's
    price_rule = models.JSONField(_("price rule"), default=dict, blank=True)
    source = models.CharField(_("source"), max_length=20, default="catalogue")
    listed = models.BooleanField(_("listed by the gateway"), default=True)
    allowed = models.BooleanField(_("allowed"), default=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    deprecation = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VideoModelQuerySet.as_manager()

    class Meta:
        ordering = ["account__name", "family", "label"]
        verbose_name = _("video model")
        verbose_name_plural = _("video models")
        constraints = [
            models.UniqueConstraint(fields=["account", "wire_id"], name="one_row_per_model_of_an_account")
        ]

    account_id: UUID

    def __str__(self) -> str:
        return self.label

    @property
    def ends_on(self) -> str:
        """The day the gateway takes this model away, as it told it; or an empty string."""
        told = self.deprecation.get("removesAt") or self.deprecation.get("date") or ""
        return str(told)[:10]
