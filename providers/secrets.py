"""Keys at rest: Fernet under ``FIELD_KEYS``, which live apart from ``SECRET_KEY``.

A sealed text is ``v1:<key id>:<token>``; inside the token stands the id of the row it belongs to, so
that it opens in no other row. The first of FIELD_KEYS seals; every one of them opens.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_VERSION = "v1"


class Unreadable(Exception):
    """The sealed text does not open: its key is gone, or it was moved from another row."""


def key_id(field_key: str) -> str:
    return hashlib.sha256(field_key.encode()).hexdigest()[:8]


def current_key_id() -> str:
    return key_id(settings.FIELD_KEYS[0])


def seal(plain: str, owner: str) -> str:
    """``plain`` encrypted for the row whose id is ``owner``."""
    token = Fernet(settings.FIELD_KEYS[0]).encrypt(json.dumps({"o": owner, "p": plain}).encode())
    return f"{_VERSION}:{current_key_id()}:{token.decode()}"


def unseal(sealed: str, owner: str) -> str:
    """:raises Unreadable: never returns the sealed text itself."""
    version, _, rest = sealed.partition(":")
    token = rest.rpartition(":")[2]
    if version != _VERSION:
        raise Unreadable("unknown version")
    try:
        inner = json.loads(MultiFernet([Fernet(key) for key in settings.FIELD_KEYS]).decrypt(token.encode()))
    except (InvalidToken, ValueError) as error:
        raise Unreadable("no key opens it") from error
    if inner.get("o") != owner:
        raise Unreadable("it belongs to another row")
    return str(inner["p"])


def sealed_with(sealed: str) -> str:
    """The id of the field key that sealed it."""
    return sealed.split(":")[1] if sealed.count(":") >= 2 else ""


def mac(purpose: str, message: str) -> str:
    """``v1:<key id>:<hex>``: HMAC-SHA256 of ``message`` under a key that the first of FIELD_KEYS gives for
    this purpose alone."""
    return f"{_VERSION}:{current_key_id()}:{_mac(settings.FIELD_KEYS[0], purpose, message)}"


def mac_fits(purpose: str, message: str, made: str) -> bool | None:
    """Whether ``mac`` made it; None where the key that it names is not one of FIELD_KEYS any more."""
    version, _, rest = made.partition(":")
    named, _, digest = rest.partition(":")
    if version != _VERSION:
        return False
    key = next((key for key in settings.FIELD_KEYS if key_id(key) == named), None)
    return None if key is None else hmac.compare_digest(_mac(key, purpose, message).encode(), digest.encode())


def _mac(field_key: str, purpose: str, message: str) -> str:
    key = hmac.digest(field_key.encode(), f"video-studio {purpose}".encode(), "sha256")
    return hmac.new(key, message.encode(), "sha256").hexdigest()
