"""The person's own page: name, theme, what they hear of their takes, password, API tokens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from generations.services import watching as hearing
from generations.services.ring import ring
from providers.models import audit

from ..forms import ChangePasswordForm, ProfileForm, TokenForm, WatchingForm
from ..fresh import ask_password, fresh_password, is_fresh, keep_typed, typed_before
from ..models import ApiToken, Theme
from ..sign_in import guard
from .joining import enter

PROFILE = ("display_name", "email", "theme")


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    kept = typed_before(request, TokenForm, reverse("account-tokens"))
    return _page(request, token_form=TokenForm(initial=kept), kept=True) if kept else _page(request)


@require_POST
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, profile=form)
    renamed = form.cleaned_data["display_name"] != request.user.display_name
    for name in PROFILE:
        setattr(request.user, name, form.cleaned_data[name])
    with transaction.atomic():
        request.user.save(update_fields=PROFILE)
        if renamed:
            ring("reword", request.user.pk)  # their takes are found by their name
    messages.success(request, _("Saved."))
    return redirect("account")


@require_POST
def watching(request: HttpRequest) -> HttpResponse:
    form = _watching_form(request.user, request.POST)
    if not form.is_valid():
        return _page(request, watching_form=form)
    hearing.choose(request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('account')}#hearing")


def _watching_form(user: Any, data: Any = None) -> WatchingForm:
    choice = hearing.choice_of(user)
    initial = {name: getattr(choice, name) for name in WatchingForm.base_fields}
    return WatchingForm(data, user=user, mail=settings.MAIL, initial=initial)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The switch in the menu; the page has changed already."""
    if request.POST.get("theme") not in Theme.values:
        return HttpResponse(status=422)
    request.user.theme = request.POST["theme"]
    request.user.save(update_fields=["theme"])
    return HttpResponse(status=204)


@sensitive_post_parameters()
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """The current password counts as a try; this browser stays signed in, all others end."""
    user: Any = request.user
    form = ChangePasswordForm(request.POST, user=user)
    if stopped := guard(request):
        return stopped
    if form.is_valid():
        if authenticate(request, username=user.username, password=form.cleaned_data["current"]) == user:
            user.change_password(form.cleaned_data["password"])
            audit(user, "changed password", "person", user.pk)
            enter(request, user)
            messages.success(request, _("Password changed. Other browsers and API tokens are signed out."))
            return redirect("account")
        form.add_error("current", _("The password is wrong."))
    return _page(request, password=form)


@require_POST
def make_token(request: HttpRequest) -> HttpResponseBase:
    """Answers with the token itself, this once. Where the password is asked first, the form waits."""
    if not is_fresh(request):
        keep_typed(request, TokenForm)
        return ask_password(request, f"{reverse('account')}#tokens")
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form)
    row, token = ApiToken.issue(request.user, **form.cleaned_data)
    told = {"label": row.label, "ends in": row.last_four, "scopes": row.scopes}
    audit(request.user, "made token", "person", request.user.pk, after=told)
    return _page(request, shown=token, shown_label=row.label)


@fresh_password
@require_POST
def revoke_token(request: HttpRequest, pk: Any) -> HttpResponse:
    row = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    row.revoke()
    told = {"label": row.label, "ends in": row.last_four}
    audit(request.user, "revoked token", "person", row.user_id, before=told)
    messages.success(request, _("Token revoked."))
    return redirect("account")


def _page(request: HttpRequest, **given: Any) -> HttpResponse:
    """The page with whatever form came back; 422 when one has errors."""
    user: Any = request.user
    context = {
        "profile": ProfileForm(initial={name: getattr(user, name) for name in PROFILE}),
        "watching_form": _watching_form(user),
        "password": ChangePasswordForm(user=user),
        "token_form": TokenForm(),
        "tokens": ApiToken.objects.visible_to(user).filter(revoked_at=None),
        **given,
    }
    context["password"].fields["password"].widget.attrs.pop("autofocus", None)
    bad = any(getattr(form, "errors", None) for form in given.values())
    return render(request, "videostudio/me.html", context, status=422 if bad else 200)
