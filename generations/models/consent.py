"""What a person attested, to which words, for which bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .generation import Generation

if TYPE_CHECKING:
    from uuid import UUID


class ConsentQuerySet(models.QuerySet["ConsentRecord"]):
    def visible_to(self, user: Any) -> Self:
        """A record is between a person and the studio: colleagues do not see it."""
        return self.filter(user=user)

    def readable_by(self, user: Any) -> Self:
        """Their own; an administrator, who answers for the studio, reads every one."""
        return self.all() if getattr(user, "is_administrator", False) else self.visible_to(user)

    def live(self) -> Self:
        return self.filter(withdrawn_at=None)


class ConsentRecord(models.Model):
    """Saved before the submit that needs it; never changed but for its withdrawal.

    ``inputs`` is what the person saw, kept with the record; ``files`` are the same hashes, to be found by.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consents")
    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="consents")
    account = models.ForeignKey("providers.ProviderAccount", on_delete=models.PROTECT, related_name="+")
    flow = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    policy_text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    statements = models.JSONField()
    inputs = models.JSONField()
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)
    # empty for records from before it was kept: those were withdrawn by their own person
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawal_reason = models.CharField(max_length=300, blank=True)

    objects = ConsentQuerySet.as_manager()

    user_id: UUID
    generation_id: UUID
    withdrawn_by_id: UUID | None

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("consent record")
        verbose_name_plural = _("consent records")

    def __str__(self) -> str:
        return f"{self.user} {self.flow} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("consent-record", args=[self.pk])

    @property
    def withdrawn_by_another(self) -> bool:
        return self.withdrawn_by_id not in (None, self.user_id)


class ConsentedFile(models.Model):
    """The bytes that a record covers, one line a hash: who attested to a file is one look at an index."""

    record = models.ForeignKey(ConsentRecord, on_delete=models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "sha256"], name="one_line_per_consented_file")
        ]

    def __str__(self) -> str:
        return self.sha256
