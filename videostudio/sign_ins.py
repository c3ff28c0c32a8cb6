"""Sign-ins and what failed of them, in the audit log. A name that is nobody's is not kept: people type their
password there by mistake."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from providers.models import audit

from .models import User


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
    audit(
        "somebody", verb, "person", found.pk if found else "", after={"as": found.username if found else ""}
    )
