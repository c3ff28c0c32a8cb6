"""A person asks those who look after limits for more than one has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id
from providers.models import Quota

if TYPE_CHECKING:
    from uuid import UUID


class LimitRequest(models.Model):
    """``amount``: how much more, in the limit's unit. ``about`` names the limit, which may be gone since."""

    class State(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        RAISED = "raised", _("raised")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    quota = models.ForeignKey(Quota, on_delete=models.SET_NULL, null=True, related_name="requests")
    about = models.CharField(max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="limit_requests"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    amount = models.DecimalField(_("how much more"), max_digits=14, decimal_places=2)
    words = models.CharField(_("what for"), max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    raised_to = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    quota_id: UUID | None
    asked_by_id: UUID

    class Meta:
        ordering = ["-id"]
        verbose_name = _("request for more")
        verbose_name_plural = _("requests for more")
        constraints = [
            models.UniqueConstraint(
                fields=["quota", "asked_by"], condition=Q(state="open"), name="one_open_request_per_limit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_by}: {self.about}"

    def get_absolute_url(self) -> str:
        return "/limits/"
