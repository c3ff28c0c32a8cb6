"""Make, change and remove limits, as an administrator does; each leaves a line in the audit log."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from providers import limits as making
from providers import quota_words
from providers.models import Quota, audit, audit_change

from . import limits
from .refusals import BadField, NotAllowed, WrongState

Scope = Quota.Scope
THERE_IS_ONE = lazy("There is such a limit already; change that one.")


def require_administrator(user: Any) -> None:
    """:raises NotAllowed:"""
    if not (user.is_active and user.is_administrator):
        raise NotAllowed(_("Administrators make and change limits."))


def make(user: Any, quota: Quota) -> Quota:
    """:raises NotAllowed, BadField, WrongState: there is such a limit already."""
    require_administrator(user)
    _require_subject(quota.scope, quota.scope_id, quota.role)
    _require(quota)
    try:
        write_new(user, quota)
    except IntegrityError:
        raise WrongState(THERE_IS_ONE) from None
    return quota


def change(user: Any, quota: Quota, sums: dict[str, Decimal | None]) -> Quota:
    """:param sums: ``limit``, ``soft_limit`` or both; what is not named stays.
    :raises NotAllowed, BadField, WrongState: it is gone."""
    require_administrator(user)
    with transaction.atomic():
        row = Quota.objects.select_for_update(no_key=True).filter(pk=quota.pk).first()
        if row is None:
            raise WrongState(_("The limit is gone."))
        limit = sums.get("limit")
        row.limit = row.limit if limit is None else limit
        row.soft_limit = sums.get("soft_limit", row.soft_limit)
        _require(row)
        write_sums(user, row, row.limit, row.soft_limit)
    return row


def remove(user: Any, quota: Quota) -> None:
    """What takes have used stays in the ledger: a limit made anew counts it.

    :raises NotAllowed:"""
    require_administrator(user)
    with transaction.atomic():
        audit(user, "delete", "quota", quota.pk, before={**_sums(quota), "is": str(quota)})
        quota.delete()


def write_new(user: Any, quota: Quota) -> None:
    """:raises django.db.IntegrityError: there is such a limit already."""
    with transaction.atomic():
        making.make(quota)
        audit(user, "create", "quota", quota.pk, after={**_sums(quota), "is": str(quota)})


def write_sums(user: Any, quota: Quota, limit: Decimal, soft_limit: Decimal | None) -> None:
    """The line in the audit log names what differs; where nothing does, there is none."""
    with transaction.atomic():
        before = _sums(Quota.objects.select_for_update(no_key=True).get(pk=quota.pk))
        making.change(quota, limit, soft_limit)
        audit_change(user, "quota", quota.pk, before, _sums(quota))


def _sums(quota: Quota) -> dict[str, str | None]:
    soft = quota.soft_limit
    return {"limit": str(quota.limit), "soft_limit": None if soft is None else str(soft)}


def _require(quota: Quota) -> None:
    """:raises BadField:"""
    for field, words in making.faults_of(quota).items():
        raise BadField(field, words)


def _require_subject(scope: str, scope_id: UUID | None, role: str) -> None:
    """:raises BadField: it names nothing that is there, or more than it needs."""
    if (scope == Scope.ROLE) != bool(role) or (role and role not in quota_words.roles()):
        raise BadField("role", _("Name a role of the studio with this scope, and with no other."))
    wanted = scope not in (Scope.STUDIO, Scope.ROLE)
    if wanted != bool(scope_id):
        raise BadField("scope_id", _("Name what the limit applies to, unless it is the studio or a role."))
    if wanted and not limits.rows_of(scope).filter(pk=scope_id).exists():
        raise BadField("scope_id", _("There is nothing of this id."))
