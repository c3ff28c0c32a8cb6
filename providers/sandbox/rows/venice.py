"""Venice: its page of error codes (https://docs.venice.ai/api-reference/error-codes, read 2026-09); reports
of validation as clients captured them (2026-08)."""

from typing import Any

from providers.sandbox.rows._row import poll, submit

_MISSING = {
    "code": "invalid_type",
    "expected": "'16:9' | '9:16'",
    "received": "undefined",
    "path": ["aspect_ratio"],
    "message": "Required",
}
_REPORT = {
    "error": "Invalid request parameters",
    "details": {"_errors": [], "aspect_ratio": {"_errors": ["Required"]}},
    "issues": [_MISSING],
}
_X402 = {"x402Version": 2, "error": "Payment required", "resource": {}, "accepts": [], "authOptions": {}}
_CONSENT: dict[str, Any] = {
    "error": {"code": "needs_consent", "message": "Faces were found."},
    "consent_flow": "seedance",
    "face_media_roles": ["image"],
    "consent": {"consent_version": "v2.0", "policy_text": "line 1\nline 2"},
    "docs_url": "https://docs.venice.ai/guides/media/seedance-face-consent",
}
_RATIO = "IMAGE_ASPECT_RATIO_OUT_OF_BOUNDS"
_REGION = {"error": "This model is not available in your region"}
_CLOSED = {"error": "API access is disabled for this account"}
_PRIVACY = {"error": "This key may only use private models"}
_FAILED = {"error": "Inference processing failed"}
_POLICY = {
    "message": "The provider's content policy rejected this video.",
    "type": "provider_content_policy",
    "credits_refunded": False,
    "recommended_model": "wan-3-0-text-to-video",
}


def _says(text: str, **more: Any) -> dict[str, Any]:
    return {"error": text, **more}


ROWS = (
    submit("400", "a report about fields", 400, _REPORT),
    submit("400 input", "an input is refused", 400, _says("Image is corrupt", request_id="r-1")),
    submit("401", "wrong key", 401, _says("Authentication failed")),
    submit("402", "balance used up", 402, _says("Insufficient USD or Diem balance to complete request.")),
    submit("402 limit", "the key's own limit", 402, _says("API key spend limit reached")),
    submit("402 x402", "no key was sent", 402, _X402),
    submit("403 region", "closed to this region", 403, _REGION),
    submit("403 privacy", "closed to this key's privacy class", 403, _PRIVACY),
    submit("403 access", "API access is disabled", 403, _CLOSED),
    submit("404", "unknown model", 404, _says("Specified model not found: x. Did you mean y?")),
    submit("404 missing", "no model was named", 404, _says("Model is required")),
    submit("409", "a conflict that asks nothing", 409, _says("conflict")),
    submit("409 flow", "a question of another kind", 409, {**_CONSENT, "consent_flow": "another"}),
    submit(
        "409 no words", "a question without words", 409, {**_CONSENT, "consent": {"consent_version": "v2.0"}}
    ),
    submit("409 odd", "a question that is none", 409, {**_CONSENT, "consent": "yes"}),
    submit("410", "a retired model", 410, _says("This model has been retired")),
    submit("413", "too large", 413, {"code": "PAYLOAD_TOO_LARGE", "error": "Request body is too large"}),
    submit("422 policy", "refused by content policy", 422, _says("Violates the content policy")),
    submit(
        "422 suggestion",
        "refused, with another prompt",
        422,
        _says("Cannot be made", suggested_prompt="A calm pond"),
    ),
    submit("422 code", "refused, by its code", 422, _says("Refused", code="CONTENT_POLICY_VIOLATION")),
    submit(
        "422 object",
        "refused, by its code in an object",
        422,
        {"error": {"code": "CONTENT_POLICY_VIOLATION", "message": "Refused"}},
    ),
    submit("422 ratio", "a picture's ratio", 422, _says("Ratio out of bounds", code=_RATIO)),
    submit("422 ratio object", "the same in an object", 422, {"error": {"code": _RATIO, "message": "No"}}),
    submit("429", "rate limit, once", 429, _says("Rate limit exceeded"), times=1),
    submit(
        "429 wait",
        "overload with Retry-After: 7, once",
        429,
        _says("Overloaded"),
        times=1,
        headers={"Retry-After": "7"},
    ),
    submit(
        "429 failures",
        "too many failed requests, once",
        429,
        _says("Too many failed attempts (50) in 30 seconds"),
        times=1,
    ),
    submit("500", "a fault; the job was made", 500, _FAILED, made=True),
    submit("500 unknown", "a fault; the job was made", 500, _says("An unknown error occurred"), made=True),
    submit("503", "offline or at capacity", 503, _says("The model is offline")),
    submit("504", "a time-out; the job was made", 504, _says("Gateway timeout"), made=True),
    poll("400 lost", "no such job, every time", 400, _says("Request ID is invalid."), times=0),
    poll("400 model", "no model was named", 400, _says("model is required")),
    poll("401", "wrong key", 401, _says("Authentication failed")),
    poll("403 region", "closed to this region, every time", 403, _REGION, times=0),
    poll("403 access", "API access is disabled", 403, _CLOSED),
    poll("404 model", "no model was named", 404, _says("Model is required")),
    poll("404 unknown", "unknown model", 404, _says("Specified model not found: x")),
    poll("404 lost", "expired or deleted, every time", 404, _says("Media not found"), times=0),
    poll("410", "gone, every time", 410, _says("Gone"), times=0),
    poll("422 policy", "refused by the provider, charged", 422, {"error": _POLICY}, times=0),
    poll("422", "failed, refunded", 422, _says("It failed", credits_refunded=True, hint="Try less"), times=0),
    poll("422 page", "a proxy's page", 422, "<html>422</html>"),
    poll("429", "rate limit", 429, _says("Rate limit exceeded")),
    poll("500", "a fault, every time", 500, _FAILED, times=0),
    poll("500 once", "a fault", 500, _FAILED),
    poll("502", "finished, but not fetched", 502, _says("Failed to fetch the finished video")),
    poll("503", "at capacity", 503, _says("At capacity")),
    poll("504", "a time-out", 504, _says("Gateway timeout")),
)
