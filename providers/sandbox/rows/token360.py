"""Token360: section *Error handling* of its API reference (https://token360.ai/en-US/docs/api-reference,
read 2026-09); the rows about inactive models are what clients met (2026-08)."""

from typing import Any

from providers.sandbox.rows._row import poll, submit

_INACTIVE = "Model 'seedance-2.0' not found or not active for requested provider"


def _error(message: str, kind: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _asked(message: str, param: str | None = None) -> dict[str, Any]:
    return _error(message, "invalid_request_error", param, "400")


ROWS = (
    submit("400", "a setting is refused", 400, _asked("duration must be an integer", "duration")),
    submit("400 vendor", "the vendor refuses a setting", 400, _asked("InvalidParameter: ratio")),
    submit("400 asset", "a reference asset is refused", 400, _asked("Asset validation failed: ta_1")),
    submit("400 content", "the vendor's content check", 400, _asked("InputTextSensitiveContentDetected: no")),
    submit(
        "400 balance",
        "the balance, with another status",
        400,
        _error("Balance too low", "insufficient_balance"),
    ),
    submit("401", "wrong key", 401, _error("Incorrect API key provided", "invalid_api_key", code="401")),
    submit("402", "balance used up", 402, _error("Insufficient balance", "insufficient_balance", code="402")),
    submit("403 frozen", "the key is frozen", 403, _error("This API key is frozen", "api_key_frozen")),
    submit(
        "403 model",
        "the key may not use this model",
        403,
        _error("No access to this model", "model_access_denied", "model"),
    ),
    submit("404 model", "unknown model", 404, _error("Model not found", "model_not_found", "model")),
    submit("404", "nothing of this name", 404, _error("Not found", "not_found_error")),
    submit("413", "the body is too large", 413, _asked("Request body is too large")),
    submit("429", "rate or quota, once", 429, _error("Rate limit reached", "rate_limit_error"), times=1),
    submit("500", "a fault; the job was made", 500, _error("Internal error", "api_error"), made=True),
    submit("500 model", "an inactive model", 500, _error(_INACTIVE, "api_error")),
    submit(
        "502", "the upstream is down; the job was made", 502, _error("Upstream down", "api_error"), made=True
    ),
    submit("503", "overload; the job was made", 503, _error("Server is overloaded", "api_error"), made=True),
    submit(
        "503 model", "a model that nobody serves", 503, _error("No available provider for it", "api_error")
    ),
    submit("200 error", "a success that carries an error", 200, _error("Upstream down", "api_error")),
    submit(
        "200 null",
        "a success without id and error; the job was made",
        200,
        {"id": None, "error": None},
        made=True,
    ),
    poll("400", "an odd refusal", 400, _asked("odd")),
    poll("401", "wrong key", 401, _error("Incorrect API key provided", "invalid_api_key", code="401")),
    poll("403 frozen", "the key is frozen", 403, _error("This API key is frozen", "api_key_frozen")),
    poll("404", "no such job, every time", 404, _error("Video not found", "not_found_error"), times=0),
    poll("404 early", "no such job, twice", 404, _error("Video not found", "not_found_error"), times=2),
    poll("429", "rate or quota", 429, _error("Rate limit reached", "rate_limit_error")),
    poll("500", "a fault", 500, _error("Internal error", "api_error")),
    poll("502", "the upstream is down", 502, _error("Upstream down", "api_error")),
    poll("503", "overload", 503, _error("Server is overloaded", "api_error")),
)
