"""API tokens: shown once, stored as a hash, never above their owner's rights."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generations.tokens import hashed, new_token
from providers.ids import new_id

PREFIX = "vs_"
TOUCH_S = 60  # last_used_at is written at most this often

SCOPES = {
    "read": _("see projects, takes and files"),
    "write": _("upload, comment, tag and arrange"),
    "generate": _("make takes, which costs money"),
    "review": _("approve and reject"),
    "share": _("make links for guests"),
    "delete": _("put things into the trash"),
    "limits": _("make and change limits, as far as you may"),
}


def all_scopes() -> list[str]:
    return list(SCOPES)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        """Neither revoked nor over, and the owner still active."""
        alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(alive, revoked_at=None, user__is_active=True)

    def visible_to(self, user: Any) -> Self:
        return self.filter(user_id=user.pk) if getattr(user, "is_authenticated", False) else self.none()


class ApiToken(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(_("label"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    last_four = models.CharField(max_length=4, editable=False)
    scopes = models.JSONField(default=all_scopes)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.label} (…{self.last_four})"

    @classmethod
    def issue(
        cls, user: Any, label: str, days: int | None = None, scopes: Iterable[str] | None = None
    ) -> tuple[ApiToken, str]:
        """The saved row and the token itself, which is known only now. ``days`` None: it does not expire."""
        token = PREFIX + new_token()
        row = cls.objects.create(
            user=user,
            label=label,
            token_hash=hashed(token),
            last_four=token[-4:],
            scopes=list(SCOPES if scopes is None else scopes),
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        return row, token

    @classmethod
    def find(cls, token: str) -> ApiToken | None:
        """The usable row of a token as sent, its owner loaded; None when there is none."""
        if not token.startswith(PREFIX):
            return None
        return cls.objects.usable().select_related("user").filter(token_hash=hashed(token)).first()

    def touch(self) -> None:
        """Note the use, at most once a minute: a poller must not write at every call."""
        now = timezone.now()
        if self.last_used_at is None or (now - self.last_used_at).total_seconds() > TOUCH_S:
            ApiToken.objects.filter(pk=self.pk).update(last_used_at=now)

    def revoke(self) -> None:
        ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
