"""Doors that open once: the set-up link and invitations."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from generations.models import Role

from .. import people, welcome
from ..forms import NewPersonForm
from ..fresh import mark_fresh
from ..models import Invitation, SetupLink, User
from ..sign_in import guard

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """The first administrator. An unknown, used or needless link is a page that does not exist."""
    link = SetupLink.find(token)
    if link is None or User.objects.administrators().exists():
        raise Http404
    form = NewPersonForm(request.POST or None)
    words = {"title": _("Create the administrator"), "action": _("Create and start")}
    if refused := _refused(request, form):
        return refused
    if not form.is_valid():
        return _page(request, form, words)
    try:
        user = people.create_administrator(link, **form.cleaned_data)
    except people.PeopleError as error:
        return _again(request, form, words, error)
    enter(request, user)
    return redirect(welcome.prepare(user))


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    link = Invitation.find(token)
    if link is None:
        if Invitation.was(token):
            return render(request, "videostudio/join_over.html", status=410)
        raise Http404
    form = NewPersonForm(request.POST or None, initial={"email": link.email})
    words = {"title": _("Join the studio"), "action": _("Join"), "invited": _invited(link)}
    if refused := _refused(request, form):
        return refused
    if not form.is_valid():
        return _page(request, form, words)
    try:
        user = people.accept_invitation(link, **form.cleaned_data)
    except people.PeopleError as error:
        return _again(request, form, words, error)
    enter(request, user)
    return redirect(people.joined(user, link) or "/")


def enter(request: HttpRequest, user: User) -> None:
    """Sign in somebody who has just given a password."""
    login(request, user, backend=BACKEND)
    mark_fresh(request)


def _invited(link: Invitation) -> str:
    """Who invites, and to what."""
    names = {"who": str(link.made_by), "role": link.get_role_display()}
    project = people.project_of(link)
    if project is None:
        return _("%(who)s invites you to the studio as %(role)s.") % names
    names |= {"project": project.name, "role": Role(link.project_role).label if link.project_role else ""}
    return _("%(who)s invites you to the project “%(project)s” as %(role)s.") % names


def _refused(request: HttpRequest, form: NewPersonForm) -> HttpResponse | None:
    return guard(request) if form.is_bound else None


def _page(request: HttpRequest, form: NewPersonForm, words: dict[str, str]) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "videostudio/join.html", {"form": form, **words}, status=status)


def _again(
    request: HttpRequest, form: NewPersonForm, words: dict[str, str], error: people.PeopleError
) -> HttpResponse:
    form.add_error(None, str(error))
    return _page(request, form, words)
