"""The token of a link: 256 random bits that are shown once; the hash alone is kept."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.http import HttpRequest


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """SHA-256 in hex: enough for a random token, which cannot be guessed from a list."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(request: HttpRequest, token: str) -> str:
    """What is sent to guests: under PUBLIC_URL where one is set, else as the studio is seen from here."""
    path = f"/s/{token}"
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL_IS_SET else request.build_absolute_uri(path)


def reaches_others() -> bool:
    """Whether such an address opens on another computer."""
    return not settings.PUBLIC_URL_IS_LOOPBACK
