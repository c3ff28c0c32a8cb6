"""Brakes on guessing passwords: per account and address by axes, per address here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .models import Tries


def address_of(request: HttpRequest) -> str:
    """The caller's address; TrustedProxies has set it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def axes_address(request: HttpRequest) -> str:
    return address_of(request)


def axes_username(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The name as typed, lower case: *Mara* and *mara* are one account to the counter."""
    named = (credentials or {}).get("username") or (request.POST.get("username") if request else "")
    return (named or "").strip().lower()[:150]


def too_fast(kind: str, request: HttpRequest, most: int) -> bool:
    """Counts this call; True from the one after ``most`` in the same minute of the same address."""
    return not Tries.one_more(kind, address_of(request), most)


def locked_out(request: HttpRequest, original_response: Any = None, credentials: Any = None) -> HttpResponse:
    """The same words whether the name exists or not."""
    message = _("Too many tries. Wait 15 minutes, or ask an administrator for a reset link.")
    return render(request, "videostudio/wait.html", {"message": message}, status=429)


def slow_down(request: HttpRequest) -> HttpResponse:
    message = _("Too many tries from this address. Wait a minute.")
    response = render(request, "videostudio/wait.html", {"message": message}, status=429)
    response["Retry-After"] = "60"
    return response


def guard(request: HttpRequest) -> HttpResponse | None:
    """The answer that stops a sign-in, reset or confirmation, or None when it may go on."""
    return slow_down(request) if too_fast("sign-in", request, settings.SIGN_IN_PER_MINUTE) else None
