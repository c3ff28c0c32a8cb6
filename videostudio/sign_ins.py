"""Sign-ins and what failed of them, in the audit log. A name that is nobody's is not kept: people type their
password there by mistake."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.utils.text import slugify

from providers import whence
from providers.models import audit

from .models import User

_ONCE_S = 60  # the log is for people: a hundred guesses in a minute are one line


def listen() -> None:
    """Once, when the app is ready."""
    user_logged_in.connect(_entered, dispatch_uid="audit sign-in")
    user_logged_out.connect(_left, dispatch_uid="audit sign-out")
    user_login_failed.connect(_failed, dispatch_uid="audit failed sign-in")
    user_locked_out.connect(_locked, dispatch_uid="audit lock-out")


def _entered(user: Any, **_more: Any) -> None:
    audit(user, "signed in", "person", user.pk)


def _left(user: Any, **_more: Any) -> None:
    if user is not None:
        audit(user, "signed out", "person", user.pk)


def _failed(credentials: dict[str, Any], **_more: Any) -> None:
    _of_nobody("failed to sign in", credentials.get("username"))


def _locked(username: str | None = None, **_more: Any) -> None:
    _of_nobody("was locked out", username)


def _of_nobody(verb: str, name: object) -> None:
    """Who it was is not known; whose account was tried is, where there is one."""
    found = User.objects.filter(username__iexact=str(name or "")[:150]).first()
    pk, named = (str(found.pk), found.username) if found else ("", "")
    if cache.add(f"audit:{slugify(verb)}:{pk}:{whence.address()}", 1, _ONCE_S):
        audit("somebody", verb, "person", pk, after={"as": named})
