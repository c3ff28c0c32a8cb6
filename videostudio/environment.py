"""Reading the environment: every helper refuses a wrong value and names the variable.

All of them raise ``ImproperlyConfigured`` with one sentence for people.
"""

from __future__ import annotations

import ipaddress
import os
import zoneinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def listed(name: str, default: str = "") -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def flag(name: str, default: bool) -> bool:
    raw = text(name).lower()
    if raw in YES | NO:
        return raw in YES
    if raw:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {raw!r}.")
    return default


def number(name: str, default: float, least: float = 0) -> float:
    """A number not below ``least``; whole when the default is whole."""
    raw = text(name, str(default))
    try:
        value = Decimal(raw)
    except InvalidOperation:
        raise ImproperlyConfigured(f"{name} must be a number, not {raw!r}.") from None
    if not value.is_finite() or value < Decimal(str(least)):
        raise ImproperlyConfigured(f"{name} must be {least} or more, not {raw!r}.")
    return int(value) if isinstance(default, int) and value == int(value) else float(value)


def port(name: str, default: int) -> int:
    raw = text(name, str(default))
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 65535:
        raise ImproperlyConfigured(f"{name} must be a port from 1 to 65535, not {raw!r}.")
    return int(raw)


def address(name: str, default: str) -> str:
    """An IP address to listen on; ``localhost`` counts as 127.0.0.1."""
    raw = text(name, default)
    try:
        return str(ipaddress.ip_address("127.0.0.1" if raw == "localhost" else raw.strip("[]")))
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be an IP address, not {raw!r}.") from None


def is_loopback(host: str) -> bool:
    """True for this computer only: 127.0.0.0/8, ::1 or the name localhost."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def public_url(name: str, default: str) -> str:
    """``http(s)://host[:port]`` without path; the slash at the end is dropped."""
    raw = text(name, default).rstrip("/")
    try:
        parts = urlsplit(raw)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ImproperlyConfigured(f"{name} must look like https://studio.example.com, not {raw!r}.")
    return raw


def time_zone(name: str, default: str) -> str:
    raw = text(name, default)
    if raw in ("localtime", "Factory") or raw not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(f"{name} must be a time zone such as Europe/Berlin, not {raw!r}.")
    return raw


def networks(name: str, default: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for raw in listed(name, default):
        try:
            found.append(ipaddress.ip_network(raw, strict=False))
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} must list IP addresses or networks; {raw!r} is none."
            ) from None
    return found


def host_ports(name: str) -> frozenset[str]:
    """``host:port`` pairs, lower case; a bare host or a missing port is refused."""
    found = set()
    for raw in listed(name):
        host, _, tail = raw.rpartition(":")
        if not host or not tail.isdigit() or not 1 <= int(tail) <= 65535:
            raise ImproperlyConfigured(f"{name} must list host:port pairs; {raw!r} is none.")
        found.add(f"{host.lower()}:{int(tail)}")
    return frozenset(found)


def folder(name: str, default: Path) -> Path:
    """A folder that exists and can be written to; made when missing."""
    path = Path(text(name, str(default))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: cannot make the folder {path} ({error.strerror}).") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name}: the folder {path} cannot be written to.")
    return path
