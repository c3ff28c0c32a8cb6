"""Sign-in, sign-out, the password once more, and a forgotten password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from .. import people
from ..forms import ConfirmForm, ForgotForm, NewPasswordForm, SignInForm
from ..fresh import mark_fresh
from ..models import ResetLink, User
from ..sign_in import guard
from .joining import enter


def next_of(request: HttpRequest) -> str:
    """Where to go on: the asked address if it is one of ours, else the home page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else settings.LOGIN_REDIRECT_URL


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(next_of(request))
    form = SignInForm(request.POST or None)
    if form.is_bound and (stopped := guard(request)):
        return stopped
    if form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            enter(request, user)
            return redirect(next_of(request))
        form.add_error(None, _("Name or password is wrong."))
    context = {"form": form, "next": next_of(request), "unclaimed": not User.objects.exists()}
    return render(request, "videostudio/login.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("login")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The password once more, before keys, people and tokens. It counts as a try like a sign-in."""
    form = ConfirmForm(request.POST or None)
    if form.is_bound and (stopped := guard(request)):
        return stopped
    if form.is_valid():
        name = request.user.get_username()
        if authenticate(request, username=name, password=form.cleaned_data["password"]) == request.user:
            mark_fresh(request)
            return redirect(next_of(request))
        form.add_error("password", _("The password is wrong."))
    context = {"form": form, "next": next_of(request)}
    return render(request, "videostudio/confirm.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Asks for a reset link by mail; without mail it says whom to ask."""
    form = ForgotForm(request.POST or None)
    if form.is_bound and (stopped := guard(request)):
        return stopped
    sent = settings.MAIL and form.is_valid()
    if sent:
        people.forgot_password(form.cleaned_data["email"])
    return render(request, "videostudio/forgot.html", {"form": form, "sent": sent})


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    link = ResetLink.find(token)
    if link is None or not link.user.is_active:
        raise Http404
    form = NewPasswordForm(request.POST or None, user=link.user)
    if form.is_bound and (stopped := guard(request)):
        return stopped
    if form.is_valid():
        try:
            enter(request, people.use_reset_link(link, form.cleaned_data["password"]))
            return redirect("/")
        except people.PeopleError as error:
            form.add_error(None, str(error))
    status = 422 if form.is_bound else 200
    return render(request, "videostudio/reset.html", {"form": form, "person": link.user}, status=status)
