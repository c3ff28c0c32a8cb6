"""Make, change and remove allow-lists, as an administrator does; each leaves a line in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from generations.models import Project, Verb
from generations.models.project import roles_with
from providers import allow_words, allowing, quota_words
from providers.gateways.plain import keepable_text
from providers.models import AllowList, ProviderAccount, audit, audit_change

from .refusals import BadField, NotAllowed, WrongState

Scope = AllowList.Scope
FIELDS = ("names", "accounts", "resolutions", "longest_s")
THERE_IS_ONE = lazy("There is such an allow-list already; change that one.")
MOST_NAMES = 200
MOST_CHARS = 120


class Fault(BadField):
    """``allowed``: what could stand there, where that can be listed."""

    def __init__(self, field: str, message: str, allowed: tuple[Any, ...] = ()) -> None:
        self.allowed = allowed
        super().__init__(field, message)


def roles() -> dict[str, str]:
    """Those that a list may be for: of the studio, and those who may spend in a project."""
    return {**quota_words.roles(), **{role: allow_words.role_label(role) for role in roles_with(Verb.SPEND)}}


def require_administrator(user: Any) -> None:
    """:raises NotAllowed:"""
    if not (user.is_active and user.is_administrator):
        raise NotAllowed(_("Administrators make and change allow-lists."))


def make(user: Any, row: AllowList) -> AllowList:
    """:raises NotAllowed, BadField, WrongState: there is one already."""
    require_administrator(user)
    _require_subject(row)
    require_sound(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit(user, "create", "allow-list", row.pk, after={**row.as_told(), "for": name_of(row)})
    except IntegrityError:
        raise WrongState(THERE_IS_ONE) from None
    return row


def change(user: Any, pk: UUID, told: Mapping[str, Any]) -> AllowList:
    """:param told: by the names of ``FIELDS``; what is not named stays.
    :raises NotAllowed, BadField, WrongState: it is gone."""
    require_administrator(user)
    with transaction.atomic():
        row = AllowList.objects.select_for_update(no_key=True).filter(pk=pk).first()
        if row is None:
            raise WrongState(_("The allow-list is gone."))
        before = row.as_told()
        for name in FIELDS:
            setattr(row, name, told.get(name, getattr(row, name)))
        require_sound(row)
        row.save()
        audit_change(user, "allow-list", row.pk, before, row.as_told())
    return row


def remove(user: Any, row: AllowList) -> None:
    """:raises NotAllowed:"""
    require_administrator(user)
    with transaction.atomic():
        if AllowList.objects.filter(pk=row.pk).delete()[0]:
            audit(user, "delete", "allow-list", row.pk, before={**row.as_told(), "for": name_of(row)})


def _require_subject(row: AllowList) -> None:
    """:raises BadField:"""
    is_role = row.scope == Scope.ROLE
    if is_role != bool(row.role) or (row.role and row.role not in roles()):
        raise Fault("role", _("Name a role with this scope, and with no other."), tuple(roles()))
    if is_role == bool(row.project_id):
        raise Fault("project", _("Name the project that it is for, or a role."))
    if row.project_id and not Project.objects.active().filter(pk=row.project_id).exists():
        raise Fault("project", _("There is no such project, or it is archived."))


def require_sound(row: AllowList) -> None:
    """What was typed, tidied.

    :raises Fault:
    """
    row.names, row.resolutions = _tidy("names", row.names), _tidy("resolutions", row.resolutions)
    row.accounts = _accounts(row.accounts)
    for problem in allowing.faults_of(row):
        raise Fault(problem.field, problem.message, problem.allowed)


def _tidy(field: str, told: Iterable[str]) -> list[str]:
    names = list(dict.fromkeys(filter(None, (" ".join(keepable_text(one).split()) for one in told))))
    if len(names) > MOST_NAMES or any(len(name) > MOST_CHARS for name in names):
        words = _("At most %(n)d names, each of %(chars)d letters at most.")
        raise Fault(field, words % {"n": MOST_NAMES, "chars": MOST_CHARS})
    return names


def _accounts(told: Iterable[Any]) -> list[str]:
    ids = list(dict.fromkeys(str(one) for one in told))
    known = {str(pk) for pk in ProviderAccount.objects.values_list("pk", flat=True)}
    if any(pk not in known for pk in ids):
        raise Fault("accounts", _("There is no account of this id."))
    return ids


def names_of(rows: Iterable[AllowList]) -> dict[UUID, str]:
    """By the list's id, whom each is for. One query."""
    rows = list(rows)
    projects = Project.objects.in_bulk([row.project_id for row in rows if row.project_id])
    found = {}
    for row in rows:
        if row.scope == Scope.ROLE:
            words = (
                _("Each %(role)s of a project") if row.role in allow_words.IN_PROJECTS else _("Each %(role)s")
            )
            found[row.pk] = words % {"role": allow_words.role_label(row.role)}
        else:
            project = projects.get(row.project_id) if row.project_id else None
            words = (
                _("Project %(name)s (archived)") if project and project.archived_at else _("Project %(name)s")
            )
            found[row.pk] = words % {"name": project or row.project_id}
    return found


def name_of(row: AllowList) -> str:
    return names_of([row])[row.pk]
