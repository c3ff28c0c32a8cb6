"""The audit log: who did what, when and from where, and the chain that shows whether a line is missing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from providers import whence


class AuditEvent(models.Model):
    """One line, written once: the database refuses to change or to delete it (migration 0010). ``before`` and
    ``after`` never hold a secret. ``address``: from where it was asked for; empty for what no request did."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    verb = models.CharField(_("act"), max_length=60)
    subject = models.CharField(_("subject"), max_length=60)
    subject_id = models.CharField(_("id"), max_length=60, blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    address = models.CharField(_("from where"), max_length=45, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("audit event")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["subject", "subject_id"], name="audit_of_a_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_of_a_person"),
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["verb", "-id"], name="audit_by_act"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.subject}"


class AuditLink(models.Model):
    """The place of a line in the chain: ``digest`` is of the line and of the ``previous`` one's digest,
    ``seal`` a MAC of it with the studio's key. Also written once. See providers.audit_chain."""

    number = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="link")
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=100)

    event_id: int

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.digest[:12]}"


class AuditCheck(models.Model):
    """One look through the chain: how far it is, and what it found. A worker that dies leaves it at its last
    portion; the next one goes on from there. ``running`` is None once it is over: there is one at a time."""

    running = models.BooleanField(null=True, unique=True, default=True)
    whole = models.BooleanField(default=False)
    actor_name = models.CharField(max_length=150, blank=True)  # empty: the daily one
    started_at = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    since = models.PositiveBigIntegerField(default=0)  # the line that it went on from
    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    lines = models.PositiveBigIntegerField(default=0)
    covered = models.PositiveBigIntegerField(default=0)
    unproven = models.PositiveBigIntegerField(default=0)
    faults = models.PositiveBigIntegerField(default=0)
    first = models.PositiveBigIntegerField(default=0)
    wrong = models.JSONField(default=list)
    notes = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("check of the audit log")
        verbose_name_plural = _("checks of the audit log")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.lines} lines, {self.faults} faults"


def audit_change(
    actor: Any, subject: str, subject_id: object, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """What differs between the two, as one change; where nothing does, there is no line.

    :param before: with the same names as ``after``.
    """
    other = [name for name in before if before[name] != after[name]]
    if other:
        was, now = ({name: values[name] for name in other} for values in (before, after))
        audit(actor, "change", subject, subject_id, before=was, after=now)


def audit(
    actor: Any,
    verb: str,
    subject: str,
    subject_id: object = "",
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Record one change, in the transaction that makes it.

    :param actor: a user; a word, as *schedule*, for what the studio does by itself; None for a command.
    """
    AuditEvent.objects.create(
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor or "command")[:150],
        verb=verb,
        subject=subject,
        subject_id=str(subject_id),
        before=before or {},
        after=after or {},
        address=whence.address(),
    )
