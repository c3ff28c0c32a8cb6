"""A person of the studio: role, name, theme, and what ends their sessions and tokens."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id


class StudioRole(models.TextChoices):
    ADMINISTRATOR = "administrator", _("administrator")
    PRODUCER = "producer", _("producer")
    MEMBER = "member", _("member")


class Theme(models.TextChoices):
    DARK = "dark", _("dark")
    LIGHT = "light", _("light")
    AUTO = "auto", _("like the computer")


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def administrators(self) -> Self:
        return self.active().filter(role=StudioRole.ADMINISTRATOR)

    def who_lift_limits(self) -> Self:
        """Administrators first, then producers, by name."""
        roles = (StudioRole.ADMINISTRATOR, StudioRole.PRODUCER)
        return self.active().filter(role__in=roles).order_by("role", "display_name", "username")

    def visible_to(self, user: Any) -> Self:
        """Everybody who shares a project; for administrators everyone."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        if user.is_administrator:
            return self
        shared = user.memberships.values("project_id")
        return self.filter(Q(pk=user.pk) | Q(memberships__project_id__in=shared)).distinct()


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Names are unique and found whatever their case."""

    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)

    def _create_user_object(
        self, username: str, email: str | None, password: str | None, **extra: Any
    ) -> User:
        """The role says everything: the flags that Django hands over are not columns here."""
        extra.pop("is_staff", None)
        if extra.pop("is_superuser", False):
            extra["role"] = StudioRole.ADMINISTRATOR
        user: User = super()._create_user_object(username, email, password, **extra)
        return user


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    display_name = models.CharField(_("name"), max_length=80, blank=True)
    role = models.CharField(
        _("role in the studio"), max_length=13, choices=StudioRole.choices, default=StudioRole.MEMBER
    )
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.AUTO)
    may_create_projects = models.BooleanField(_("may start projects"), default=False)
    keys = models.JSONField(_("own keys"), default=dict, blank=True, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    # the display name and the role stand for these columns of Django's
    first_name = None
    last_name = None
    is_staff = property(lambda self: self.is_administrator)
    is_superuser = property(lambda self: self.is_administrator)

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="username_unique_whatever_case",
                violation_error_message=_("This sign-in name is taken."),
            ),
            models.CheckConstraint(condition=Q(role__in=StudioRole.values), name="studio_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.display_name or self.username

    get_short_name = get_full_name

    @property
    def is_administrator(self) -> bool:
        return self.role == StudioRole.ADMINISTRATOR

    @property
    def is_producer(self) -> bool:
        """May see and limit money; an administrator may too."""
        return self.role in (StudioRole.ADMINISTRATOR, StudioRole.PRODUCER)

    @property
    def can_create_projects(self) -> bool:
        """Who starts a project owns it and spends in it; an administrator always may."""
        return self.is_administrator or self.may_create_projects

    @property
    def initials(self) -> str:
        """One or two letters for the avatar: of the first and last word of the name."""
        words = self.get_full_name().split() or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions hold this; a new password or a new epoch ends them."""
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("videostudio.session", value, secret=secret, algorithm="sha256").hexdigest()

    def change_password(self, password: str) -> None:
        """Save a new password; every session, token and reset link of the old one ends."""
        with transaction.atomic():
            self.set_password(password)
            self.save(update_fields=["password"])
            self.end_access()

    def deactivate(self) -> None:
        """No sign-in any more; what this person made stays."""
        with transaction.atomic():
            self.is_active = False
            self.save(update_fields=["is_active"])
            self.end_access()

    def end_access(self) -> None:
        """End every session, API token and reset link."""
        now = timezone.now()
        User.objects.filter(pk=self.pk).update(session_epoch=F("session_epoch") + 1)
        self.refresh_from_db(fields=["session_epoch"])
        self.tokens.filter(revoked_at=None).update(revoked_at=now)
        self.reset_links.filter(used_at=None).update(used_at=now)
