"""The studio's secrets: from the environment, else from files made once with mode 0600.

``FIELD_KEYS`` (they open the gateways' keys) lie apart from ``SECRET_KEY`` (it signs).
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

SHORTEST = 40
KNOWN = ("django-insecure", "changeme", "change-me", "secret-key", "your-secret", "example", "insecure")


def secret_key(folder: Path) -> str:
    """The signing key. Raises ImproperlyConfigured when it is short or a known one."""
    key = os.environ.get("SECRET_KEY", "").strip() or kept(folder / "secret_key", get_random_secret_key)
    if len(key) < SHORTEST or len(set(key)) < 8 or any(word in key.lower() for word in KNOWN):
        raise ImproperlyConfigured(f"SECRET_KEY must be {SHORTEST} or more random characters.")
    return key


def field_keys(folder: Path) -> list[str]:
    """Fernet keys, the one that encrypts first. Raises ImproperlyConfigured when one is malformed."""
    raw = os.environ.get("FIELD_KEYS", "").strip() or kept(folder / "field_keys", new_field_key)
    keys = raw.replace(",", "\n").split()
    if not keys or not all(is_field_key(key) for key in keys):
        raise ImproperlyConfigured("FIELD_KEYS must be Fernet keys (32 bytes, base64), separated by commas.")
    return keys


def new_field_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def is_field_key(key: str) -> bool:
    """32 bytes in URL-safe base64, and not one of a guessable pattern."""
    try:
        plain = base64.urlsafe_b64decode(key)
    except (binascii.Error, ValueError):
        return False
    return len(plain) == 32 and len(set(plain)) > 8


def kept(path: Path, make) -> str:  # type: ignore[no-untyped-def]
    """The file's text; made first when missing. Of two that start at once both read the same secret."""
    try:
        if not path.exists():
            publish(path, make())
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR: cannot read or make {path} ({error.strerror}).") from None


def publish(path: Path, secret: str) -> None:
    """Write the whole secret aside, then link it into place: the link fails if another was faster."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as aside:  # made with 0600, O_EXCL
        aside.write(secret + "\n")
        aside.flush()
        os.fsync(aside.fileno())
        try:
            os.link(aside.name, path)
        except FileExistsError:
            return
