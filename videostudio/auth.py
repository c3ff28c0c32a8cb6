"""Who calls the API: a bearer token, or the browser's session with its CSRF token.

Either way ``request.user`` and ``request.auth`` are the person; ``request.token`` is the ApiToken or None.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from .fresh import is_fresh
from .models import SCOPES, ApiToken, User

SAFE = ("GET", "HEAD", "OPTIONS")


class TokenAuth(HttpBearer):
    """``Authorization: Bearer vs_…``. Reading needs the scope *read*, everything else ``scope``."""

    def __init__(self, scope: str = "write") -> None:
        assert scope in SCOPES, scope
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        row = ApiToken.find(token.strip())
        if row is None:
            return None
        needed = "read" if request.method in SAFE else self.scope
        if needed not in row.scopes:
            raise HttpError(403, _("This API token lacks the scope “%s”.") % needed)
        row.touch()
        request.user, request.token = row.user, row  # type: ignore[attr-defined]
        return row.user


class SessionAuth(APIKeyCookie):
    """The signed-in browser. A request that carries an Authorization header is judged by that alone.

    ``fresh``: what changes anything needs a password that was given lately, as on the pages.
    """

    def __init__(self, fresh: bool = False) -> None:
        self.fresh = fresh
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=True)

    def __call__(self, request: HttpRequest) -> Any:
        if "Authorization" in request.headers or not request.user.is_authenticated:
            return None
        if check_csrf(request) is not None:
            raise HttpError(403, _("The CSRF token is missing or wrong."))
        if self.fresh and request.method not in SAFE and not is_fresh(request):
            raise HttpError(403, _("Give your password again first, on a page that asks for it."))
        request.token = None  # type: ignore[attr-defined]
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return None  # __call__ decides


def needs(scope: str) -> list[Any]:
    """``@router.post(…, auth=needs("generate"))``: a token with that scope, or a session."""
    return [TokenAuth(scope), SessionAuth(fresh=scope == "limits")]
