"""What every request below /s/ passes: is the link good, whose session is it, did their own page send the
form; and the headers of every answer.

A link that is unknown, revoked, used up or over answers the same plain page; only who was in before hears
that its time is over.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt

from generations.guest_page import Visit
from generations.models import Guest, ShareLink
from generations.services import guests

COOKIE = "__Secure-guest" if settings.HTTPS else f"vs{settings.PORT}-guest"
View = Callable[..., HttpResponseBase]


class GuestCsrf(CsrfViewMiddleware):
    """Django's double submit. Pages with *no-referrer* send their forms with the origin "null": the token in
    the form and the one in the cookie have to do there, and the guest's own cookie is SameSite."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        return request.META["HTTP_ORIGIN"] == "null" or super()._origin_verified(request)

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return render(request, "guests/stale.html", status=403)


def for_guests(view: View) -> View:
    """A view of a guest: open to everybody who has the link, and noted nowhere."""
    checked = decorator_from_middleware(GuestCsrf)(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = checked(request, *args, **kwargs)
        except Http404:
            response = closed(request)
        return discreet(response)

    return login_not_required(csrf_exempt(guarded))


def discreet(response: HttpResponseBase) -> HttpResponseBase:
    """Kept nowhere, told to nobody; without the time at which a file was made."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    del response["Last-Modified"]
    return response


def closed(request: HttpRequest, *, was_in: bool = False) -> HttpResponse:
    """The one answer of all links that do not open."""
    return render(request, "guests/closed.html", {"was_in": was_in}, status=404)


def key_of(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")[:200]


def visit_of(request: HttpRequest, token: str) -> Visit:
    """The session that goes on here.

    :raises Http404: the link does not hold, or nobody is in.
    """
    share = guests.link_of(token)
    guest = guests.guest_of(share, key_of(request)) if share else None
    if share is None or guest is None:
        raise Http404
    guests.saw(guest)
    guest.share = share
    return Visit(share, guest, reverse("guest", args=[token]))


def was_in(request: HttpRequest, token: str) -> bool:
    """Whether they had a session of this link, whose time is over."""
    share = guests.over(token)
    return share is not None and guests.guest_of(share, key_of(request)) is not None


def let_in(response: HttpResponse, token: str, key: str) -> HttpResponse:
    """The session's cookie: for this link's addresses alone."""
    response.set_cookie(
        COOKIE,
        key,
        max_age=guests.ABSOLUTE,
        path=reverse("guest", args=[token]),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def hint_for(request: HttpRequest, share: ShareLink) -> str:
    """Where a member finds the same in the studio; empty for everybody else."""
    if not request.user.is_authenticated:
        return ""
    if ShareLink.objects.visible_to(request.user).filter(pk=share.pk).exists():
        return reverse("share", args=[share.pk])
    return ""


def guest_in(visit: Visit) -> Guest:
    """Of a visit from ``visit_of``."""
    if visit.guest is None:
        raise Http404
    return visit.guest
