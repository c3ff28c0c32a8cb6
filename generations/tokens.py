"""Tokens that are shown once, for links and programs; the hash alone is kept."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """SHA-256 in hex: enough for a random token, which cannot be guessed from a list."""
    return hashlib.sha256(token.encode()).hexdigest()
