"""Sensitive pages ask for the password again after FRESH_PASSWORD_S."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

MOST_CHARS, MOST_VALUES = 200, 20  # of a form that waits


def mark_fresh(request: HttpRequest) -> None:
    """The password was given just now."""
    request.session["password_at"] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    return time.time() - request.session.get("password_at", 0) < settings.FRESH_PASSWORD_S


def ask_password(request: HttpRequest, back: str = "") -> HttpResponseBase:
    """To the password page and back; a form that was sent comes back as its page, not sent again."""
    if not back:
        back = request.get_full_path() if request.method in ("GET", "HEAD") else _page_of(request)
    address = f"{reverse('confirm')}?{urlencode({'next': back})}"
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def keep_typed(request: HttpRequest, form: str, names: Iterable[str]) -> None:
    """What was typed waits in the session while the password is asked. Never name a secret here."""
    kept = {name: [text[:MOST_CHARS] for text in request.POST.getlist(name)[:MOST_VALUES]] for name in names}
    request.session[f"typed:{form}"] = kept


def typed_before(request: HttpRequest, form: str) -> dict[str, list[str]] | None:
    """What ``keep_typed`` kept, once."""
    kept: dict[str, list[str]] | None = request.session.pop(f"typed:{form}", None)
    return kept


def _page_of(request: HttpRequest) -> str:
    referrer = request.headers.get("Referer", "")
    own = f"{request.scheme}://{request.get_host()}"
    return referrer.removeprefix(own) if referrer.startswith(own + "/") else "/"


def fresh_password(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for views of keys, quotas, roles and tokens."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs) if is_fresh(request) else ask_password(request)

    return guarded
