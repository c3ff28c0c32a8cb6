"""What a person attested, to which words, for which bytes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .generation import Generation


class ConsentRecord(models.Model):
    """Saved before the submit that needs it; never changed but for its withdrawal."""

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

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("consent record")
        verbose_name_plural = _("consent records")

    def __str__(self) -> str:
        return f"{self.user} {self.flow} {self.version}"
