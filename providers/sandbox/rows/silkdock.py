"""SilkDock: the errors of its page (https://silkdock.ai/docs/api/video, read 2026-11) with the bodies of the
proxy behind it (LiteLLM 1.83 to 1.109)."""

from dataclasses import replace
from typing import Any

from providers.sandbox.rows._row import Row, poll, submit

_NO_MODEL = "/videos: Invalid model name passed in model=x. Call `/v1/models` to view available models"
_SPENT = "Budget has been exceeded! Current cost: 10.02, Max budget: 10.0"
_BUSY = "Rate limit exceeded for api_key. Limit type: requests."
_NONE_FREE = "No deployments available for selected model, Try again in 5 seconds."
_DENIED = "key not allowed to access model"
_UPSTREAM = 'litellm.BadRequestError: OpenAIException - {"error": {"message": "%s"}}'


def _error(message: str, kind: str | None = "invalid_request_error", param: str | None = None) -> Any:
    return {"error": {"message": message, "type": kind, "param": param}}


def _inner(message: str, kind: str | None = None) -> Any:
    """A vendor's error inside the proxy's."""
    return _error(_UPSTREAM % message, kind)


def _coded(row: Row) -> Row:
    """The proxy repeats the status as a text."""
    if "error" not in row.body:
        return row
    return replace(row, body={"error": {**row.body["error"], "code": str(row.status)}})


_TOLD = (
    submit(
        "400 mode",
        "the model takes other inputs",
        400,
        _error("litellm.BadRequestError: needs input_reference"),
    ),
    submit("400 model", "unknown model", 400, _error(_NO_MODEL)),
    submit("400 prompt", "no prompt", 400, _error("Missing prompt", param="prompt")),
    submit("400 body", "bad JSON", 400, _error("Invalid JSON payload", param="request_body")),
    submit("400 content", "the vendor's content check", 400, _error("Content policy violation: no.")),
    submit("400 budget", "a spent budget (1.83)", 400, _error(_SPENT, "budget_exceeded")),
    submit("400 budget text", "a spent budget, told by its text", 400, _error(_SPENT)),
    submit("400 expired key", "an expired key (1.83)", 400, _error("Key expired", "expired_key")),
    submit("422 budget", "a spent budget (1.109)", 422, _error("ExceededBudget: over", None)),
    submit("429 budget", "a spent budget (1.89)", 429, _error(_SPENT, "budget_exceeded")),
    submit("401 no key", "no key", 401, _error("No api key passed in.", "auth_error")),
    submit(
        "401 unknown key", "an unknown key", 401, _error("Token not found", "token_not_found_in_db", "key")
    ),
    submit("401 expired key", "an expired key", 401, _error("Key expired", "expired_key")),
    submit("401 model", "no access to the model (1.83)", 401, _error(_DENIED, "team_model_access_denied")),
    submit("402", "payment required", 402, _error("Payment required: top up.", None)),
    submit("403 key", "no access to the model", 403, _error(_DENIED, "key_model_access_denied", "model")),
    submit("403 team", "no access to the model", 403, _error(_DENIED, "team_model_access_denied")),
    submit("403 user", "no access to the model", 403, _error(_DENIED, "user_model_access_denied")),
    submit("403", "the vendor forbids it", 403, _inner("upstream says no")),
    submit("404 route", "a wrong base address", 404, {"detail": "Not Found"}),
    submit("405 route", "a wrong base address", 405, {"detail": "Method Not Allowed"}),
    submit("408", "a time-out; the job was made", 408, _inner("timed out"), made=True),
    submit("409", "a conflict", 409, _inner("conflict with a running job")),
    submit("409 retry", "a conflict that says to retry, once", 409, _inner("busy, please retry"), times=1),
    submit(
        "422 list",
        "a validation list",
        422,
        {"detail": [{"loc": ["body", "seconds"], "msg": "Input should be a valid integer"}]},
    ),
    submit("422", "the vendor refuses it", 422, _inner("seconds out of range")),
    submit("429", "the gateway's own limit, once", 429, _error(_BUSY, "throttling_error"), times=1),
    submit("429 rate", "the vendor's limit, once", 429, _inner("slow down", "rate_limit_error"), times=1),
    submit("429 none", "no deployment is free, once", 429, _error(_NONE_FREE, None), times=1),
    submit(
        "429 wait",
        "a limit with retry-after: 7, once",
        429,
        _error(_BUSY, "throttling_error"),
        times=1,
        headers={"retry-after": "7"},
    ),
    submit(
        "429 vendor wait",
        "the vendor's own header of 7 s, once",
        429,
        _inner("slow down", "rate_limit_error"),
        times=1,
        headers={"llm_provider-retry-after": "7"},
    ),
    submit(
        "500", "a fault; the job was made", 500, _error("Server error", "internal_server_error"), made=True
    ),
    submit(
        "503", "no database; the job was made", 503, _error("No connection", "no_db_connection"), made=True
    ),
    submit("200 no id", "a success with an empty id; the job was made", 200, {"id": ""}, made=True),
    submit("200 long id", "an id that is too long; the job was made", 200, {"id": "x" * 1025}, made=True),
    poll("401", "an unknown key", 401, _error("Token not found", "token_not_found_in_db", "key")),
    poll("402", "payment required", 402, _error("Payment required: top up.", None)),
    poll("403", "the vendor forbids it", 403, _inner("upstream says no")),
    poll("404", "no such job, every time", 404, _inner("Video not found"), times=0),
    poll("404 early", "no such job, twice", 404, _inner("Video not found"), times=2),
    poll("404 route", "a wrong base address", 404, {"detail": "Not Found"}),
    poll("405 route", "a wrong base address", 405, {"detail": "Method Not Allowed"}),
    poll("408", "a time-out", 408, _inner("timed out")),
    poll("422 budget", "a spent budget", 422, _error(_SPENT, "budget_exceeded")),
    poll("429", "the gateway's own limit", 429, _error(_BUSY, "throttling_error")),
    poll("500", "a fault", 500, _error("Server error", "internal_server_error")),
    poll("503", "no database", 503, _error("No connection", "no_db_connection")),
)
ROWS = tuple(map(_coded, _TOLD))
