"""FormerKey: the key that an account had before, while jobs that it made are still at the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from providers import secrets
from providers.ids import new_id

from .account import ProviderAccount

if TYPE_CHECKING:
    from uuid import UUID


class FormerKey(models.Model):
    """Sealed for its account, as the present key is, and for the host of ``base_url`` alone. A take knows by
    ``no`` which key made its job."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ProviderAccount, on_delete=models.CASCADE, related_name="former_keys")
    no = models.PositiveIntegerField()
    base_url = models.URLField(max_length=300)
    sealed_key = models.TextField()
    last4 = models.CharField(max_length=4)
    saved_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(auto_now_add=True)

    account_id: UUID

    class Meta:
        ordering = ["-no"]
        constraints = [models.UniqueConstraint(fields=["account", "no"], name="one_former_key_per_number")]

    def __str__(self) -> str:
        return f"…{self.last4}"

    def is_for(self, account: ProviderAccount) -> bool:
        """Whether that account is still where it was saved for."""
        return self.base_url == account.base_url

    def get_key(self) -> str:
        """:raises secrets.Unreadable: when no field key opens it."""
        return secrets.unseal(self.sealed_key, str(self.account_id))
