"""Clients, projects and who may do what in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID


class Role(models.TextChoices):
    """A person's role in one project."""

    OWNER = "owner", _("owner")
    EDITOR = "editor", _("editor")
    REVIEWER = "reviewer", _("reviewer")
    VIEWER = "viewer", _("viewer")


class Verb(models.TextChoices):
    """What can be done in a project; spending, sharing and deleting are verbs of their own."""

    SEE = "see"
    COMMENT = "comment"
    DECIDE = "decide"
    SHARE = "share"
    COMPOSE = "compose"
    SPEND = "spend"
    TRASH = "trash"
    MANAGE = "manage"


# the one table of role x verb
MAY: dict[str, frozenset[Verb]] = {
    Role.OWNER: frozenset(Verb),
    Role.EDITOR: frozenset(set(Verb) - {Verb.MANAGE}),
    Role.REVIEWER: frozenset({Verb.SEE, Verb.COMMENT, Verb.DECIDE}),
    Role.VIEWER: frozenset({Verb.SEE}),
}


def roles_with(verb: Verb) -> list[str]:
    """The roles that may do this."""
    return [role for role, verbs in MAY.items() if verb in verbs]


class Client(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: Any) -> Self:
        """Projects this person belongs to; an administrator sees every one."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        if user.is_administrator:
            return self
        return self.filter(memberships__user=user)

    def where(self, user: Any, verb: Verb) -> Self:
        """Projects in which this person may do ``verb``."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        if user.is_administrator:
            return self
        return self.filter(memberships__user=user, memberships__role__in=roles_with(verb))

    def active(self) -> Self:
        return self.filter(archived_at=None)


class Project(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    client = models.ForeignKey(Client, on_delete=models.SET_NULL, null=True, blank=True)
    frame_rate = models.DecimalField(_("frame rate"), max_digits=6, decimal_places=3, default=24)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/p/{self.slug}/"

    def role_of(self, user: Any) -> str | None:
        """The person's role here; an administrator counts as an owner. Memberships that were read along
        (of this person, or all) are not asked for again."""
        if user.is_administrator:
            return Role.OWNER
        known = "memberships" in getattr(self, "_prefetched_objects_cache", {})
        rows = self.memberships.all() if known else self.memberships.filter(user=user)
        return next((row.role for row in rows if row.user_id == user.pk), None)

    def allows(self, user: Any, verb: Verb) -> bool:
        return verb in self.verbs_of(user)

    def verbs_of(self, user: Any) -> frozenset[Verb]:
        """All that this person's role allows here; nothing for strangers."""
        return MAY.get(self.role_of(user) or "", frozenset())

    def members_who(self, verb: Verb) -> models.QuerySet[Any]:
        """Its active members whose role allows this, by name."""
        people = get_user_model().objects.filter(
            is_active=True, memberships__project=self, memberships__role__in=roles_with(verb)
        )
        return people.order_by("display_name", "username")


class Membership(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    project_id: UUID

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_role_per_person_and_project"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"
