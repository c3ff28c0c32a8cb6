"""Where the address of a link leads, which is shown once."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest, token: str) -> str:
    """What is sent to guests: under PUBLIC_URL where one is set, else as the studio is seen from here."""
    path = f"/s/{token}"
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL_IS_SET else request.build_absolute_uri(path)


def reaches_others() -> bool:
    """Whether such an address opens on another computer."""
    return not settings.PUBLIC_URL_IS_LOOPBACK
