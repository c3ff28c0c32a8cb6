"""How a person wants to hear of their takes, and up to when they were written to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Digest(models.TextChoices):
    NEVER = "never", _("Never")
    HOURLY = "hourly", _("At most once an hour")
    DAILY = "daily", _("At most once a day")


class Which(models.TextChoices):
    ALL = "all", _("Everything that ends or waits for me")
    TROUBLE = "trouble", _("Only failures and what waits for me")


class Watching(models.Model):
    """One row a person, made when they first choose; without one the defaults hold.

    ``mailed_until``: what became known up to then has been mailed, or was seen without.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="watching"
    )
    which = models.CharField(max_length=7, choices=Which.choices, default=Which.ALL)
    sound = models.BooleanField(default=False)
    notify = models.BooleanField(default=False)
    title = models.BooleanField(default=True)  # the browser tab's title says it
    toasts = models.BooleanField(default=True)
    digest = models.CharField(max_length=6, choices=Digest.choices, default=Digest.NEVER)
    mailed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"watching of {self.user_id}"
