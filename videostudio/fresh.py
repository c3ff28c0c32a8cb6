"""Sensitive pages ask for the password again after FRESH_PASSWORD_S."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.forms import MultipleChoiceField
from django.forms.forms import BaseForm
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


def keep_typed(request: HttpRequest, form: type[BaseForm]) -> None:
    """What was typed into a form waits in the session while the password is asked. Never for a form with a
    secret in it."""
    names = form.base_fields  # type: ignore[attr-defined]
    kept = {name: [text[:MOST_CHARS] for text in request.POST.getlist(name)[:MOST_VALUES]] for name in names}
    request.session[_waits(request.path, form)] = kept


def typed_before(request: HttpRequest, form: type[BaseForm], sent_to: str) -> dict[str, Any] | None:
    """What ``keep_typed`` kept of a form that is sent to this path, once; as values to begin with."""
    kept: dict[str, list[str]] | None = request.session.pop(_waits(unquote(sent_to), form), None)
    if kept is None:
        return None
    fields = form.base_fields  # type: ignore[attr-defined]
    many = {name for name, field in fields.items() if isinstance(field, MultipleChoiceField)}
    return {name: texts if name in many else next(iter(texts), "") for name, texts in kept.items()}


def _waits(path: str, form: type[BaseForm]) -> str:
    return f"typed:{form.__name__}:{path}"


def _page_of(request: HttpRequest) -> str:
    referrer = request.headers.get("Referer", "")
    own = f"{request.scheme}://{request.get_host()}"
    return referrer.removeprefix(own) if referrer.startswith(own + "/") else "/"


def fresh_password(view: Callable[..., Any], form: type[BaseForm] | None = None) -> Callable[..., Any]:
    """Decorator for views of keys, quotas, roles and tokens.

    :param form: what is sent to it, which waits while the password is asked.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if form and request.method == "POST":
            keep_typed(request, form)
        return ask_password(request)

    return guarded
