"""Projects and their members."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from generations.models import Draft, Membership, Project, Role, Verb
from providers.models import audit

from .refusals import NotAllowed

SAMPLE_PROMPT = (
    "Long lens, a lone sailing boat crosses a still fjord at first light. Mist lifts off the water, "
    "gulls turn overhead, the camera drifts slowly to the right. Quiet, cold air, soft film grain."
)


class LastOwner(Exception):
    """A project keeps at least one owner."""


def require_create(user: Any) -> None:
    """:raises NotAllowed:"""
    if not user.can_create_projects:
        raise NotAllowed(_("You may not start projects in this studio; an administrator can allow it."))


def create_project(user: Any, name: str) -> Project:
    """A new project with its maker as owner.

    :raises NotAllowed:
    """
    require_create(user)
    base = slugify(name, allow_unicode=True)[:60] or "project"
    for number in range(1, 200):
        slug = base if number == 1 else f"{base}-{number}"
        try:
            with transaction.atomic():
                project = Project.objects.create(name=name.strip(), slug=slug, created_by=user)
                Membership.objects.create(project=project, user=user, role=Role.OWNER)
                return project
        except IntegrityError:
            continue  # the slug is taken
    raise ValueError(_("Choose another name; this one is used too often."))


def create_sample_project(user: Any) -> Project:
    """What a first run lands in: a project with a good prompt in its composer."""
    project = create_project(user, _("First light"))
    Draft.objects.create(user=user, project=project, body={"prompt": SAMPLE_PROMPT})
    return project


def rename(user: Any, project: Project, name: str) -> None:
    """The address stays: links that people have sent keep working.

    :raises NotAllowed:
    """
    _require_manage(user, project)
    Project.objects.filter(pk=project.pk).update(name=name.strip())


def set_archived(user: Any, project: Project, archived: bool) -> None:
    """:raises NotAllowed:"""
    _require_manage(user, project)
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now() if archived else None)
    audit(user, "archive" if archived else "unarchive", "project", project.pk)


def set_role(user: Any, project: Project, member: Any, role: str | None) -> None:
    """Give a person a role here, or take them out with None.

    :raises NotAllowed, LastOwner:
    """
    _require_manage(user, project)
    with transaction.atomic():
        rows = Membership.objects.select_for_update().filter(project=project)
        before = rows.filter(user=member).values_list("role", flat=True).first()
        if role is None:
            rows.filter(user=member).delete()
        else:
            Membership.objects.update_or_create(project=project, user=member, defaults={"role": role})
        if before == Role.OWNER and not rows.filter(role=Role.OWNER).exists():
            raise LastOwner(_("A project needs at least one owner."))
        audit(
            user,
            "set role",
            "membership",
            project.pk,
            before={"role": before},
            after={"role": role, "user": str(member)},
        )


def join(user: Any, project: Project, role: str) -> None:
    """A person who followed an invitation; a higher role that they have stays."""
    order = [Role.VIEWER, Role.REVIEWER, Role.EDITOR, Role.OWNER]
    row, made = Membership.objects.get_or_create(project=project, user=user, defaults={"role": role})
    if not made and order.index(Role(role)) > order.index(Role(row.role)):
        Membership.objects.filter(pk=row.pk).update(role=role)


def _require_manage(user: Any, project: Project) -> None:
    if not project.allows(user, Verb.MANAGE):
        raise NotAllowed(_("Only an owner may do that."))
