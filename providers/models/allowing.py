"""AllowList: which models, resolutions and lengths may be used in a project, or by those of a role."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from providers.ids import new_id

from .account import ProviderAccount


class AllowList(models.Model):
    """What takes of one project, or of everybody in one role, may ask for. An empty list, or no length,
    leaves that open; what is listed is all that is allowed.

    ``role`` is one of the studio (as of a ``Quota``) or one in projects. ``names``: of models, as a name, a
    family or an id at the gateway, at every account; ``*`` stands for any letters. ``accounts``: ids.
    """

    class Scope(models.TextChoices):
        PROJECT = "project", _("one project")
        ROLE = "role", _("everybody of a role")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    project_id = models.UUIDField(null=True, blank=True)
    role = models.CharField(_("role"), max_length=13, blank=True)
    names = models.JSONField(_("models"), default=list, blank=True)
    accounts = models.JSONField(_("accounts"), default=list, blank=True)
    resolutions = models.JSONField(_("resolutions"), default=list, blank=True)
    longest_s = models.DecimalField(
        _("longest clip, in seconds"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("allow-list")
        verbose_name_plural = _("allow-lists")
        ordering = ["scope", "role", "project_id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope="project", project_id__isnull=False, role="")
                | models.Q(scope="role", project_id__isnull=True) & ~models.Q(role=""),
                name="allow_list_is_of_a_project_or_a_role",
            ),
            models.UniqueConstraint(
                fields=["project_id"], condition=models.Q(scope="project"), name="one_allow_list_per_project"
            ),
            models.UniqueConstraint(
                fields=["role"], condition=models.Q(scope="role"), name="one_allow_list_per_role"
            ),
        ]

    shown = ""  # its name, where somebody has looked up whom it is for

    def __str__(self) -> str:
        return self.shown or f"{self.get_scope_display()}: {self.role or self.project_id}"

    @cached_property
    def account_names(self) -> list[str]:
        """One question for as long as the row is at hand; none where accounts do not matter."""
        if not self.accounts:
            return []
        return list(
            ProviderAccount.objects.filter(pk__in=self.accounts)
            .order_by("name")
            .values_list("name", flat=True)
        )

    def as_told(self) -> dict[str, Any]:
        """What it allows, as the audit log keeps it."""
        longest = None if self.longest_s is None else f"{self.longest_s.normalize():f}"
        lists = {name: list(getattr(self, name)) for name in ("names", "accounts", "resolutions")}
        return {**lists, "longest_s": longest}
