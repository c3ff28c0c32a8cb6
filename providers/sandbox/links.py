"""Signed links that expire, as storage services issue them: nothing to look up, nothing to store."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from math import inf

from providers.sandbox.settings import Settings


@dataclass(frozen=True, slots=True)
class Link:
    job_id: str
    what: str  # mp4 or png
    expires_at: float
    issued_at: float


class Links:
    def __init__(self, secret: bytes, settings: Settings) -> None:
        self._secret, self._settings = secret, settings

    def issue(self, job_id: str, what: str, now: float, most_s: float = inf) -> str:
        ends = now + min(self._settings.link_s, most_s)
        facts = f"{job_id} {what} {ends:.3f} {now:.3f} {secrets.token_hex(4)}"
        token = base64.urlsafe_b64encode(facts.encode() + self._sign(facts)).decode().rstrip("=")
        return f"{self._settings.origin}/store/{token}.{what}"

    def read(self, token: str) -> Link | None:
        """The link behind a token, expired or not; None if it is none of ours."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            facts = raw[:-16].decode()
        except ValueError:
            return None
        if not hmac.compare_digest(raw[-16:], self._sign(facts)):
            return None
        job_id, what, expires_at, issued_at, _ = facts.split(" ")
        return Link(job_id, what, float(expires_at), float(issued_at))

    def _sign(self, facts: str) -> bytes:
        return hmac.new(self._secret, facts.encode(), hashlib.sha256).digest()[:16]
