"""One call to Venice: its key, its headers, and refusals in Venice's words.

Source: https://docs.venice.ai (read 2026-09).
"""

import secrets
import time
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from providers.sandbox.faults import Voice
from providers.sandbox.keys import find_key, is_known, name_key
from providers.sandbox.limits import Limits
from providers.sandbox.sandbox import Sandbox
from providers.sandbox.spending import Spending
from providers.sandbox.wire import Json

NAME = "venice"
_MESSAGES = {
    429: "Rate limit exceeded",
    500: "Inference processing failed",
    503: "The model is at capacity, please try again later",
}
CONTENT_POLICY = {
    "message": "The provider's content policy rejected this video.",
    "type": "provider_content_policy",
    "credits_refunded": True,
}
_DISCOVERY = {
    "x402Version": 2,
    "error": "Payment required",
    "resource": {"url": "https://api.venice.ai/api/v1/video/queue", "mimeType": "application/json"},
    "accepts": [],
    "authOptions": {"bearer": {"header": "Authorization"}, "x402": {"header": "SIGN-IN-WITH-X"}},
}


class Teller(Protocol):
    """What all calls share."""

    sandbox: Sandbox
    limits: Limits
    spending: Spending


class Call:
    def __init__(self, teller: Teller, request: Request, bucket: str = "") -> None:
        self.sandbox, self.limits, self.spending = teller.sandbox, teller.limits, teller.spending
        self.request, self.bucket = request, bucket
        self.found_key = find_key(request)
        self.key = self.found_key or ""
        self.key_id = name_key(self.key)
        self.model = ""
        self.wants_deletion = False
        self.ray = f"{secrets.token_hex(8)}-SBX"
        self.headers = {"CF-RAY": self.ray, "x-venice-version": "20260930.000000"}

    @property
    def voice(self) -> Voice:
        return Voice(NAME, self.refuse_plainly, self.headers | self.balance)

    def find_refusal(self) -> Response | None:
        """No header at all is 402 with discovery, a wrong key 401; then the rate limits."""
        if self.found_key is None:
            return self.answer(_DISCOVERY, 402)
        if not is_known(self.found_key):
            return self.refuse(401, "Authentication failed")
        if not self.bucket:
            return None
        within, headers = self.limits.count(self.key_id, self.bucket)
        self.headers |= headers
        if within or not self.sandbox.settings.limits:
            return None
        return self.refuse(429, _MESSAGES[429])

    def find_budget_refusal(self) -> Response | None:
        """The failed-request budget: 50 failures in 30 s per key and model."""
        end = self.limits.find_budget_end(self.key_id, self.model)
        if end is None or end <= time.time() or not self.sandbox.settings.limits:
            return None
        more = {"x-ratelimit-remaining": "0", "x-ratelimit-resets": str(int(end * 1000))}
        return self.refuse(429, "Too many failed attempts (50) in 30 seconds", more)

    def note(self, answer: Response) -> Response:
        if self.sandbox.settings.limits and 400 <= answer.status_code < 500 and answer.status_code != 429:
            self.limits.note_failure(self.key_id, self.model)
        return answer

    def answer(self, body: Any, status: int = 200, more: dict[str, str] | None = None) -> Response:
        return Json(body, status, self.headers | self.balance | (more or {}))

    @property
    def balance(self) -> dict[str, str]:
        """As it stands when the answer goes out; told to known keys alone."""
        if not is_known(self.found_key):
            return {}
        return {"x-venice-balance-usd": f"{self.spending.left(self.key):.4f}", "x-venice-balance-diem": "0"}

    def refuse(self, status: int, message: str, more: dict[str, str] | None = None) -> Response:
        return self.answer({"error": message}, status, more)

    def refuse_plainly(self, status: int, headers: dict[str, str]) -> Response:
        return self.refuse(status, _MESSAGES[status], headers)
