"""Members of a project: everybody of it sees them, an owner changes them.

It lives on this side of the house because invitations do: generations never imports videostudio.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from generations.models import Membership, Role, Verb
from generations.services import projects
from generations.views.frame import page_of
from generations.views.opening import may, open_project

from .. import people
from ..forms import AddMemberForm, InviteMemberForm
from ..fresh import fresh_password, typed_before
from ..models import Invitation, StudioRole

ROLE_WORDS = {
    Role.OWNER: gettext_lazy("manages people and settings, and all below"),
    Role.EDITOR: gettext_lazy("generates and spends, reviews"),
    Role.REVIEWER: gettext_lazy("comments and decides"),
    Role.VIEWER: gettext_lazy("looks"),
}


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    project = open_project(request.user, slug)
    add = typed_before(request, AddMemberForm, reverse("member-add", args=[slug]))
    invite = typed_before(request, InviteMemberForm, reverse("member-invite", args=[slug]))
    if not add and not invite:
        return _page(request, project)
    forms = {"add": AddMemberForm(auto_id="add_%s", initial=add), "invite": InviteMemberForm(initial=invite)}
    return _page(request, project, kept=True, **forms)


def owners_only(view: Callable[..., Any], form: type[BaseForm] | None = None) -> Callable[..., Any]:
    """Hands the project to the view; the password must be fresh. Strangers get 404, other members 403.

    :param form: what is sent to it, which waits while the password is asked.
    """

    def checked(request: HttpRequest, slug: str, **kwargs: Any) -> Any:
        project = open_project(request.user, slug)
        if not may(project, Verb.MANAGE):
            raise PermissionDenied
        return fresh_password(partial(_with, view, project, kwargs), form)(request)

    return wraps(view)(require_POST(checked))


def _with(view: Callable[..., Any], project: Any, given: dict[str, Any], request: HttpRequest) -> Any:
    return view(request, project, **given)


@partial(owners_only, form=AddMemberForm)
def add(request: HttpRequest, project: Any) -> HttpResponse:
    form = AddMemberForm(request.POST, auto_id="add_%s")
    if not form.is_valid():
        return _page(request, project, add=form)
    projects.set_role(request.user, project, form.cleaned_data["username"], form.cleaned_data["role"])
    return _done(request, project, _("Added."))


@partial(owners_only, form=InviteMemberForm)
def invite(request: HttpRequest, project: Any) -> HttpResponse:
    """Answers with the link, this once."""
    form = InviteMemberForm(request.POST)
    if not form.is_valid():
        return _page(request, project, invite=form)
    address = people.invite(
        request.user,  # type: ignore[arg-type]
        StudioRole.MEMBER,
        form.cleaned_data["email"],
        project,
        form.cleaned_data["role"],
    )
    return _page(request, project, shown=address, shown_label=_("Invitation, works once within 7 days"))


@owners_only
def withdraw(request: HttpRequest, project: Any, pk: int) -> HttpResponse:
    get_object_or_404(Invitation.open_links().filter(project_id=project.pk), pk=pk).use()
    return _done(request, project, _("Invitation withdrawn."))


@owners_only
def role(request: HttpRequest, project: Any, pk: Any) -> HttpResponse:
    if request.POST.get("role") not in Role.values:
        return _page(request, project, problem=_("No such role."))
    return _set(request, project, pk, request.POST["role"], _("Saved."))


@owners_only
def remove(request: HttpRequest, project: Any, pk: Any) -> HttpResponse:
    return _set(request, project, pk, None, _("Taken out of the project."))


def _set(request: HttpRequest, project: Any, pk: Any, role: str | None, said: str) -> HttpResponse:
    member = get_object_or_404(Membership.objects.select_related("user"), project=project, user=pk).user
    try:
        projects.set_role(request.user, project, member, role)
    except projects.LastOwner as error:
        return _page(request, project, problem=str(error))
    # who took themselves out, or down, may not see this page any more
    if member == request.user and role is None and not request.user.is_administrator:
        messages.success(request, _("You left “%s”.") % project.name)
        return redirect("projects")
    return _done(request, project, said)


def _done(request: HttpRequest, project: Any, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("members", project.slug)


def _page(request: HttpRequest, project: Any, **given: Any) -> HttpResponse:
    manages = may(project, Verb.MANAGE)
    context: dict[str, Any] = {
        **page_of(request, project, "members"),
        "members": project.memberships.select_related("user").order_by("created_at"),
        "roles": [(value, label, ROLE_WORDS[value]) for value, label in Role.choices],
        "may_manage": manages,
    }
    if manages:
        open_links = Invitation.open_links().filter(project_id=project.pk).select_related("made_by")
        context |= {
            "invitations": open_links,
            "add": AddMemberForm(auto_id="add_%s"),
            "invite": InviteMemberForm(),
        }
    context |= given
    bad = "problem" in given or any(getattr(given.get(name), "errors", None) for name in ("add", "invite"))
    return render(request, "generations/members.html", context, status=422 if bad else 200)
