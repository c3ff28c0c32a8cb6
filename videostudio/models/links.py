"""Links that work once: set-up, invitation, password reset. The token itself is never stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generations.tokens import hashed, new_token

from .user import StudioRole


def in_a_week() -> datetime:
    return timezone.now() + timedelta(days=7)


def in_a_day() -> datetime:
    return timezone.now() + timedelta(days=1)


class OneTimeLink(models.Model):
    """``use()`` succeeds for exactly one caller, by conditional update."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, editable=False)

    path: ClassVar[str]

    class Meta:
        abstract = True

    @classmethod
    def issue(cls, **fields: Any) -> tuple[Self, str]:
        """The saved row and the path with its token, which is known only now."""
        token = new_token()
        link = cls.objects.create(token_hash=hashed(token), **fields)  # type: ignore[attr-defined]
        return link, f"/{cls.path}/{token}"

    @classmethod
    def find(cls, token: str) -> Self | None:
        """The open link of this token; None when it is unknown, used or over."""
        return cls.open_links().filter(token_hash=hashed(token)).first()

    @classmethod
    def was(cls, token: str) -> bool:
        """Whether this token once was a link, whatever became of it."""
        return cls.objects.filter(token_hash=hashed(token)).exists()  # type: ignore[attr-defined,no-any-return]

    @classmethod
    def open_links(cls) -> models.QuerySet[Self]:
        return cls.objects.filter(used_at=None)  # type: ignore[attr-defined,no-any-return]

    def use(self) -> bool:
        """Claim the link; False when somebody else was faster. Call it inside the transaction it pays for."""
        now = timezone.now()
        claimed = type(self).open_links().filter(pk=self.pk).update(used_at=now)
        self.used_at = now if claimed else self.used_at
        return bool(claimed)


class ExpiringLink(OneTimeLink):
    expires_at: models.DateTimeField

    class Meta:
        abstract = True

    @classmethod
    def open_links(cls) -> models.QuerySet[Self]:
        return super().open_links().filter(expires_at__gt=timezone.now())


class SetupLink(OneTimeLink):
    """Creates the first administrator. A new one is printed at each start until there is one."""

    path = "setup"

    def __str__(self) -> str:
        return f"set-up link of {self.created_at:%Y-%m-%d %H:%M}"

    @classmethod
    def renew(cls) -> str:
        """The path of a fresh link; earlier unused ones end."""
        cls.open_links().delete()
        return cls.issue()[1]


class Invitation(ExpiringLink):
    """Lets one person in, with a role in the studio and, if named, one in a project."""

    path = "invite"

    role = models.CharField(
        _("role in the studio"), max_length=13, choices=StudioRole.choices, default=StudioRole.MEMBER
    )
    may_create_projects = models.BooleanField(_("may start projects"), default=False)
    email = models.EmailField(_("e-mail"), blank=True)
    project_id = models.UUIDField(null=True, blank=True)
    project_role = models.CharField(_("role in the project"), max_length=10, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(default=in_a_week)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=StudioRole.values), name="invitation_role_is_known")
        ]

    def __str__(self) -> str:
        return f"invitation as {self.role} until {self.expires_at:%Y-%m-%d}"


class ResetLink(ExpiringLink):
    """Sets a new password: mailed, or handed over by an administrator."""

    path = "reset"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reset_links")
    expires_at = models.DateTimeField(default=in_a_day)

    def __str__(self) -> str:
        return f"reset link for {self.user}"
