"""Signatures by the Standard Webhooks convention (https://www.standardwebhooks.com): HMAC-SHA256 of
``<webhook-id>.<webhook-timestamp>.<body>`` under the bytes that follow ``whsec_`` in the secret."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(keys: Iterable[str], event_id: str, timestamp: int, body: str) -> dict[str, str]:
    """:param keys: the secrets that are valid; each signs, so that a receiver may know either."""
    signed = f"{event_id}.{timestamp}.{body}".encode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(key: str, signed: bytes) -> str:
    digest = hmac.digest(base64.b64decode(key.removeprefix(PREFIX)), signed, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"
