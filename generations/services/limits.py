"""Limits as people see them: what each applies to, by name, which hold somebody, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as lazy

from generations.models import Client, Project
from providers import periods, quota_words, quotas
from providers.models import ProviderAccount, Quota, QuotaCounter, VideoModel

Scope = Quota.Scope


def rows_of(scope: str) -> QuerySet[Any]:
    """What limits of this scope may apply to."""
    return {
        Scope.ACCOUNT: ProviderAccount.objects.all(),
        Scope.MODEL: VideoModel.objects.select_related("account").defer("capabilities", "discovered"),
        Scope.PROJECT: Project.objects.all(),
        Scope.CLIENT: Client.objects.all(),
        Scope.PERSON: get_user_model().objects.all(),
    }[Scope(scope)]


def those_for(user: Any) -> QuerySet[Quota]:
    """The limits that can hold this person; all of them for who looks after limits."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Quota.objects.none()
    if user.is_producer:
        return _in_order()
    return holding(user)


def _in_order() -> QuerySet[Quota]:
    return Quota.objects.order_by("scope", "role", "scope_id", "measure", "period")


def holding(user: Any) -> QuerySet[Quota]:
    """Those that a take of this person's may come up against."""
    rows = _in_order()
    projects = Project.objects.visible_to(user).active()
    return rows.filter(
        Q(scope__in=[Scope.STUDIO, Scope.ACCOUNT, Scope.MODEL])
        | Q(scope=Scope.PERSON, scope_id=user.pk)
        | Q(scope=Scope.ROLE, role=user.role)
        | Q(scope=Scope.PROJECT, scope_id__in=projects.values("pk"))
        | Q(scope=Scope.CLIENT, scope_id__in=projects.exclude(client=None).values("client_id"))
    )


def holds(quota: Quota, user: Any) -> bool:
    """Whether a take of this person's can come up against it."""
    return holding(user).filter(pk=quota.pk).exists()


def names_of(rows: Iterable[Quota]) -> dict[UUID, str]:
    """By the limit's id: ``Project Harbour film``. A query for each scope among them."""
    rows = list(rows)
    found: dict[UUID, str] = {}
    for scope in {row.scope for row in rows}:
        ids = [row.scope_id for row in rows if row.scope == scope and row.scope_id]
        there = rows_of(scope).in_bulk(ids) if ids else {}
        for row in rows:
            if row.scope == scope:
                found[row.pk] = _name(row, there)
    return found


def _name(row: Quota, there: Any) -> str:
    one = there.get(row.scope_id)
    name = label_of(one) if one else str(row.scope_id)
    role = quota_words.role_label(row.role) if row.role else ""
    return _NAMES[Scope(row.scope)] % {"name": name, "role": role}


def label_of(row: Any) -> str:
    """What a limit applies to, as a list names it; models of one name are told apart by their accounts."""
    return f"{row} ({row.account})" if isinstance(row, VideoModel) else str(row)


_NAMES = {
    Scope.STUDIO: lazy("The whole studio"),
    Scope.ACCOUNT: lazy("Account %(name)s"),
    Scope.MODEL: lazy("Model %(name)s"),
    Scope.PROJECT: lazy("Project %(name)s"),
    Scope.CLIENT: lazy("Client %(name)s"),
    Scope.PERSON: lazy("Person %(name)s"),
    Scope.ROLE: lazy("Each %(role)s"),
}


def name_of(quota: Quota) -> str:
    return names_of([quota])[quota.pk]


def standings_for(user: Any, rows: Sequence[Quota]) -> list[quotas.Standing]:
    """How each stands now, in two questions. One of a role: this person's counter; of another role, or
    without a person, the fullest one."""
    of_roles = [row for row in rows if row.scope == Scope.ROLE]
    mine = [row for row in of_roles if user is not None and row.role == user.role]
    whose = _fullest([row for row in of_roles if row not in mine])
    whose |= {row.pk: UUID(str(user.pk)) for row in mine}
    return quotas.standings(quotas.Rule(row, whose.get(row.pk), True) for row in rows)


def _fullest(rows: Sequence[Quota]) -> dict[UUID, UUID | None]:
    """Who has used the most of each in its present period, by the limit's id."""
    if not rows:
        return {}
    now = Q(pk__in=[])
    for row in rows:
        now |= Q(quota=row, begins_at=periods.start_of(row))
    counters = QuotaCounter.objects.filter(now).order_by("used_micro")
    return dict(counters.values_list("quota_id", "person_id"))
