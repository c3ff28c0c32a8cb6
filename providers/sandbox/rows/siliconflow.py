"""SiliconFlow: the bodies of its submit page (https://docs.siliconflow.cn/docs/api/video-submit-post, read
2026-09); codes 20015, 30001, 30003, 30014 and 50603 are what clients met (2026-07)."""

import json
from typing import Any

from providers.sandbox.rows._row import poll, submit

_LIMITED = (
    "Request was rejected due to rate limiting. If you want more, please contact contact@siliconflow.cn. "
    "Details:{} limit reached."
)
_OVERLOADED = {
    "code": 50505,
    "message": "Model service overloaded. Please try again later.",
    "data": "string",
}
_BUSY = {"code": 50603, "message": "System is really busy. Please try again later.", "data": None}
_NO_MODEL = {"code": 20012, "message": "Model does not exist. Please check it carefully.", "data": None}
_BAD_FIELD = {"code": 20015, "message": "The parameter is invalid. Please check again.", "data": None}
_NO_MONEY = {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None}
_DISABLED = {"code": 30003, "message": "Model disabled.", "data": None}
_BAD_KEY = {"code": 30014, "message": "Token is invalid.", "data": None}
_UNKNOWN = {"code": 20015, "message": "no such request", "data": None}


def _limit(which: str) -> dict[str, Any]:
    return {"message": _LIMITED.format(which), "data": "string"}


def _text(body: str) -> str:
    """A bare JSON string, quotes included."""
    return json.dumps(body)


def _finished(**results: Any) -> dict[str, Any]:
    return {"status": "Succeed", "reason": "", **results}


ROWS = (
    submit("400 model", "wrong model id, every time", 400, _NO_MODEL),
    submit("400 model once", "wrong model id, once", 400, _NO_MODEL, times=1),
    submit("400", "a bad field", 400, _BAD_FIELD),
    submit("401", "wrong key, as a text", 401, _text("Invalid token")),
    submit("401 code", "wrong key, as an object", 401, _BAD_KEY),
    submit("401 key", "wrong key, without a code", 401, {"message": "The API key is invalid."}),
    submit("402", "no money", 402, _NO_MONEY),
    submit("403 money", "no money", 403, _NO_MONEY),
    submit("403", "no rights, as a text", 403, _text("Forbidden")),
    submit("403 model", "the model is off", 403, _DISABLED),
    submit("404", "a wrong base address", 404, _text("404 page not found")),
    submit("404 plain", "the same without quotes", 404, "404 page not found"),
    submit("429", "the limit of a minute, once", 429, _limit("TPM"), times=1),
    submit("429 hour", "the limit of an hour, once", 429, _limit("RPH"), times=1),
    submit("429 day", "the limit of a day, once", 429, _limit("IPD"), times=1),
    submit("429 code", "the limit with a code, once", 429, _BUSY, times=1),
    submit("500", "a fault; the job was made", 500, _BUSY, made=True),
    submit("503", "overload, once", 503, _OVERLOADED, times=1),
    submit("503 code", "overload in other words, once", 503, _BUSY, times=1),
    submit("503 text", "a text; the job was made", 503, _text("upstream"), made=True),
    submit("504", "a time-out as a text; the job was made", 504, _text("string"), made=True),
    submit("504 plain", "the same without quotes; the job was made", 504, "gateway time-out", made=True),
    submit(
        "200 long id", "an id that is too long; the job was made", 200, {"requestId": "x" * 1025}, made=True
    ),
    submit("200 error", "a success that carries an error; the job was made", 200, _BAD_FIELD, made=True),
    submit("200 text", "a success that is a text; the job was made", 200, _text("abc123def456"), made=True),
    poll("400", "no such job, every time", 400, _BAD_FIELD, times=0),
    poll("404", "no such job, every time", 404, _UNKNOWN, times=0),
    poll("404 page", "a wrong base address", 404, _text("404 page not found")),
    poll("400 model", "a wrong model id, which says nothing", 400, _NO_MODEL),
    poll("401", "wrong key, as a text", 401, _text("Invalid token")),
    poll("403 money", "no money", 403, _NO_MONEY),
    poll("429", "the limit of a minute", 429, _limit("TPM")),
    poll("429 day", "the limit of a day", 429, _limit("IPD")),
    poll("500", "a fault", 500, _BUSY),
    poll("503", "overload", 503, _OVERLOADED),
    poll("504", "a time-out as a text", 504, _text("string")),
    poll("no clip", "finished without a clip, every time", 200, _finished(results={"videos": []}), times=0),
    poll("no results", "finished without results, every time", 200, _finished(), times=0),
    poll("text", "a success that is a text", 200, _text("InQueue")),
)
