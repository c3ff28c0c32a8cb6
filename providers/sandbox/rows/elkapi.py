"""ElkAPI: the error bodies of new-api, its relay and its middleware (source of mid-2026), and the vendor's
own inside them (https://www.volcengine.com/docs/82379/1299023, read 2026-09)."""

import json
from typing import Any

from providers.sandbox.rows._row import Row, poll, submit

_SATURATED = "当前分组上游负载已饱和，请稍后再试"
_USED_UP = "该令牌额度已用尽"


def _middleware(message: str, kind: str = "new_api_error", code: str = "") -> dict[str, Any]:
    return {"error": {"message": f"{message} (request id: 20261001x)", "type": kind, "code": code}}


def _relay(code: str, message: str = "x") -> dict[str, Any]:
    return {"code": code, "message": message, "data": None}


def _vendor(code: str, message: str = "Refused.") -> dict[str, Any]:
    """The vendor's refusal as text, as the relay hands it on."""
    told = {"code": code, "message": f"{message} Request id: 0217abcdef0123", "param": ""}
    return _relay("fail_to_fetch_task", json.dumps({"error": told}))


def _refusals() -> list[Row]:
    """The vendor's codes that are answered at once, by its status."""
    codes = {
        400: [
            ("parameter", "InvalidParameter"),
            ("missing", "MissingParameter.content"),
            ("masked", "***.Foo"),
            ("task type", "InvalidParameter.TaskTypeConstraint"),
            ("text", "InputTextSensitiveContentDetected"),
            ("picture", "InputImageSensitiveContentDetected.PolicyViolation"),
            ("clip", "InputVideoSensitiveContentDetected"),
            ("sound", "InputAudioSensitiveContentDetected"),
            ("result", "OutputVideoSensitiveContentDetected"),
            ("result sound", "OutputAudioSensitiveContentDetected"),
            ("privacy", "InputImageSensitiveContentDetected.PrivacyInformation"),
            ("masked privacy", "***.PrivacyInformation"),
            ("text risk", "InputTextRiskDetection"),
            ("picture risk", "InputImageRiskDetection"),
            ("firewall", "ContentSecurityDetectionError"),
        ],
        401: [("vendor key", "AuthenticationError"), ("vendor account", "InvalidAccountStatus")],
        403: [
            ("overdue", "AccountOverdueError"),
            ("denied", "AccessDenied"),
            ("not open", "OperationDenied.ServiceNotOpen"),
            ("service overdue", "OperationDenied.ServiceOverdue"),
        ],
        404: [("vendor model", "ModelNotOpen"), ("endpoint", "InvalidEndpointOrModel.NotFound")],
    }
    return [
        submit(f"{status} {name}", f"the vendor says {code}", status, _vendor(code))
        for status, rows in codes.items()
        for name, code in rows
    ]


ROWS = (
    submit("400", "a wrong type", 400, _relay("invalid_request", "prompt is required")),
    submit("400 seconds", "a length out of range", 400, _relay("invalid_seconds")),
    submit("400 body", "a body that cannot be read", 400, _middleware("invalid JSON")),
    submit("400 price", "no price was set for the model", 400, _relay("model_price_error")),
    submit(
        "400 person", "a real person, masked", 400, _vendor("***", "The input image may contain real person.")
    ),
    submit("400 busy", "the vendor is overloaded, once", 400, _vendor("ServerOverloaded"), times=1),
    *_refusals(),
    submit("401", "wrong, expired or used up key", 401, _middleware("Invalid token")),
    submit("401 relay", "the vendor's answer is no JSON", 401, _relay("fail_to_fetch_task", "no JSON")),
    submit("403 quota", "balance below the pre-charge", 403, _relay("insufficient_user_quota")),
    submit("403 key quota", "the key's own quota", 403, _relay("pre_consume_token_quota_failed")),
    submit("403", "the key is not let in", 403, _middleware("Your IP is not in the list")),
    submit("404 path", "a wrong path", 404, _middleware("Invalid URL (POST /x)", "invalid_request_error")),
    submit("413", "too large", 413, _relay("read_request_body_failed")),
    submit("429", "the vendor's limit, once", 429, _relay("fail_to_fetch_task", _SATURATED), times=1),
    submit("500 setting", "a wrong type in metadata", 500, _relay("build_request_failed")),
    submit("500 request", "network; the job was made", 500, _relay("do_request_failed"), made=True),
    submit(
        "500 reply", "a bad reply; the job was made", 500, _relay("unmarshal_response_body_failed"), made=True
    ),
    submit("500 odd", "a bad reply; the job was made", 500, _relay("invalid_response"), made=True),
    submit("500 channel", "no channel; the job was made", 500, _relay("get_channel_failed"), made=True),
    submit(
        "500 vendor", "the vendor's fault; the job was made", 500, _vendor("InternalServiceError"), made=True
    ),
    submit("500 masked", "a fault, masked; the job was made", 500, _vendor("***"), made=True),
    submit("500 panic", "a crash; the job was made", 500, _middleware("panic", "new_api_panic"), made=True),
    submit("503", "no route to the model", 503, _middleware("No available channel", code="model_not_found")),
    submit("200 error", "a success that carries an error", 200, _relay("insufficient_user_quota")),
    submit("200 new", "a success with a new code; the job was made", 200, _relay("something_new"), made=True),
    submit("200 number", "an id that is no text; the job was made", 200, {"id": 7}, made=True),
    poll("401", "the key's quota is used up", 401, _middleware(_USED_UP)),
    poll("400 early", "no such job yet", 400, _relay("task_not_exist")),
    poll("200 early", "no such job yet, with 200", 200, _relay("task_not_exist")),
    poll("200 error", "a success that carries an error", 200, _relay("get_tasks_failed")),
    poll("200 nothing", "a success about nothing", 200, {"code": "success", "data": None}),
    poll("403", "the key is not let in", 403, _middleware("Your IP is not in the list")),
    poll("404", "an unknown 404", 404, {"error": "x"}),
    poll("429", "too many polls", 429, _middleware("Too many requests")),
    poll("500", "a fault", 500, _middleware("Please try again.")),
    poll("503", "overload", 503, _middleware("Please try again.")),
)
