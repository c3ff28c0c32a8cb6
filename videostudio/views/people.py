"""People of the studio: roles, invitations, deactivation, reset links. Administrators only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.forms.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import people
from ..forms import InviteForm, RoleForm
from ..fresh import fresh_password, typed_before
from ..models import Invitation, StudioRole, User


def administrators_only(view: Callable[..., Any], form: type[BaseForm] | None = None) -> Callable[..., Any]:
    """To everybody else the page does not exist; the password must be fresh.

    :param form: what is sent to it, which waits while the password is asked.
    """
    asked = fresh_password(view, form)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not getattr(request.user, "is_administrator", False):
            raise Http404
        return asked(request, *args, **kwargs)

    return guarded


@administrators_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    kept = typed_before(request, InviteForm, reverse("people-invite"))
    if not kept:
        return _page(request)
    return _page(request, invite=InviteForm(user=request.user, initial=kept), kept=True)


@partial(administrators_only, form=InviteForm)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Answers with the link, this once."""
    form = InviteForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, invite=form)
    address = people.invite(request.user, **form.cleaned_data)  # type: ignore[arg-type]
    return _page(request, shown=address, shown_label=_("Invitation, works once within 7 days"))


@administrators_only
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Invitation.open_links(), pk=pk).use()
    messages.success(request, _("Invitation withdrawn."))
    return redirect("people")


@administrators_only
@require_POST
def role(request: HttpRequest, pk: Any) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, problem=_("No such role."))
    return _do(request, people.change_role, _person(pk), form.cleaned_data["role"])


@administrators_only
@require_POST
def allow_projects(request: HttpRequest, pk: Any) -> HttpResponse:
    """``allowed=1`` or ``0``."""
    if request.POST.get("allowed") not in ("0", "1"):
        return _page(request, problem=_("Say whether this person may start projects."))
    return _do(request, people.allow_projects, _person(pk), request.POST["allowed"] == "1")


@administrators_only
@require_POST
def deactivate(request: HttpRequest, pk: Any) -> HttpResponse:
    return _do(request, people.deactivate, _person(pk))


@administrators_only
@require_POST
def reactivate(request: HttpRequest, pk: Any) -> HttpResponse:
    return _do(request, people.reactivate, _person(pk))


@administrators_only
@require_POST
def reset_link(request: HttpRequest, pk: Any) -> HttpResponse:
    """Answers with the link, this once."""
    person = _person(pk)
    if not person.is_active:
        return _page(request, problem=_("Reactivate this person first."))
    address = people.reset_link(request.user, person)  # type: ignore[arg-type]
    label = _("New password for %s, works once within 24 hours") % person
    return _page(request, shown=address, shown_label=label)


def _person(pk: Any) -> User:
    return get_object_or_404(User, pk=pk)


def _do(request: HttpRequest, verb: Callable[..., None], *args: Any) -> HttpResponse:
    try:
        verb(request.user, *args)
    except people.PeopleError as error:
        return _page(request, problem=str(error))
    messages.success(request, _("Saved."))
    return redirect("people")


def _page(request: HttpRequest, **given: Any) -> HttpResponse:
    context = {
        "people": User.objects.all(),
        "roles": StudioRole.choices,
        "invitations": Invitation.open_links().select_related("made_by"),
        "invite": InviteForm(user=request.user),
        **given,
    }
    bad = "problem" in given or getattr(given.get("invite"), "errors", None)
    return render(request, "videostudio/people.html", context, status=422 if bad else 200)
