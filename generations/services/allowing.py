"""Allow-lists as they concern a person in a project: which hold, what they leave, what they refuse.

All that hold somebody have to agree: the project's, that of their role in the studio, and that of their role
in the project. Nobody stands above them, as nobody stands above limits; an administrator, who counts as an
owner everywhere, changes a list instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from generations.models import Generation, Project
from generations.models.project import Role
from providers import allowing
from providers.gateways.problem import Problem
from providers.gateways.values import VideoRequest
from providers.models import AllowList, VideoModel

from . import offers, seconds

Scope = AllowList.Scope
Lists = Sequence[AllowList]


def lists_for(user: Any, project: Project | None) -> list[AllowList]:
    """Those that hold this person there; without a project that of their role in the studio. One query, so
    that what is read is what stood at one moment."""
    mine = Q(scope=Scope.ROLE, role=user.role)
    if project is not None:
        mine |= Q(scope=Scope.PROJECT, project_id=project.pk)
        if user.is_administrator:
            mine |= Q(scope=Scope.ROLE, role=Role.OWNER)
        else:
            roles = project.memberships.filter(user=user)
            mine |= Q(scope=Scope.ROLE, role__in=roles.values("role"))
    return list(AllowList.objects.filter(mine))


def holding(user: Any) -> QuerySet[AllowList]:
    """Those that a take of this person's may come up against, in any project."""
    roles = {user.role, Role.OWNER} if user.is_administrator else {user.role}
    mine = Q(role__in=roles) | Q(role__in=user.memberships.values("role"))
    projects = Project.objects.visible_to(user).active()
    return AllowList.objects.filter(
        (Q(scope=Scope.ROLE) & mine) | Q(scope=Scope.PROJECT, project_id__in=projects.values("pk"))
    )


def in_project(project: Project) -> QuerySet[AllowList]:
    """Those that hold anybody there."""
    people = project.memberships.values("role"), project.memberships.values("user__role")
    roles = Q(role__in=people[0]) | Q(role__in=people[1])
    return AllowList.objects.filter(Q(project_id=project.pk) | (Q(scope=Scope.ROLE) & roles))


def visible_to(user: Any) -> QuerySet[AllowList]:
    """All of them for who looks after limits."""
    return AllowList.objects.all() if user.is_producer else holding(user)


def offers_for(user: Any, project: Project | None) -> list[offers.Offer]:
    """Every offer, with what the lists leave of it; one that they leave nothing of stays there, barred, so
    that who had chosen it can be told why."""
    return narrowed(lists_for(user, project), offers.list_offers())


def narrowed(lists: Lists, listed: list[offers.Offer]) -> list[offers.Offer]:
    return [_narrowed(lists, offer) for offer in listed] if lists else listed


def _narrowed(lists: Lists, offer: offers.Offer) -> offers.Offer:
    left = allowing.left_of(lists, offer.model, offer.plain)
    if left.why_not:
        return replace(offer, why_not=left.why_not, barred=True, cut=left.cut)
    return replace(offer, left=left.capabilities, cut=left.cut) if left.cut else offer


def problems_with(lists: Lists, model: VideoModel, request: VideoRequest) -> list[Problem]:
    return allowing.problems(lists, model, request.resolution, seconds.asked_by(model, request))


def problems_with_take(lists: Lists, take: Generation) -> list[Problem]:
    """The same of a take that is there."""
    if not lists:
        return []
    return allowing.problems(lists, take.model, take.request.get("resolution"), seconds.asked_by_take(take))


def words_of(problems: Iterable[Problem]) -> str:
    return " ".join(dict.fromkeys(problem.message for problem in problems))


def not_here(listed: Sequence[offers.Offer]) -> str:
    """How many models are left out of a list to choose from, and by which allow-lists; empty: none."""
    barred = [offer for offer in listed if offer.barred]
    if not barred:
        return ""
    names = list(dict.fromkeys(allowing.words.whose(rule) for offer in barred for rule in offer.cut))
    told = {"n": len(offers.under_one_name(barred)), "lists": "; ".join(names)}
    return _("%(n)d more not allowed here. %(lists)s.") % told
