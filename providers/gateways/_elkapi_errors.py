"""What ElkAPI's errors mean: its own two error bodies, and Ark's inside them.

A middleware refuses with ``{"error": {"message", "type": "new_api_error", "code"}}``, the task relay with
``{"code", "message", "data": null}``; with ``fail_to_fetch_task`` the message is Ark's own error body.
Sources: new-api's source (mid-2026) and Ark's pages (https://www.volcengine.com/docs/82379/1299023, 2026-09).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import Ambiguous, Busy, GatewayError, LinkExpired, Lost, Refused, Unavailable
from .values import FailureClass
from .wire import Reply, as_mapping, as_text, people_text, raw_text, read_json, retry_after

_MODERATION, _INPUT = FailureClass.MODERATION, FailureClass.INVALID_INPUT
_DOWN, _INTERNAL = FailureClass.PROVIDER_DOWN, FailureClass.INTERNAL

_BUSY = "ElkAPI's upstream is at its limit for now; nothing was made."
_KEY = "ElkAPI rejects the key. It says so too when the key has expired or its own quota is used up."
_CRASHED = "ElkAPI crashed over this request, so nobody knows whether a job was made."
_NO_ROUTE = "ElkAPI has no route to this model at the moment; nothing was sent on."
_WRONG_PATH = "ElkAPI knows no such address; the account's base URL should end in /v1."
_NO_TOUCH = "ElkAPI lost touch with its upstream, so nobody knows whether a job was made."
_LOW = "The balance at ElkAPI is too low: for any clip it sets aside the price of 250,000 tokens."
# the relay's codes; no class means that a job may exist
_RELAY: Mapping[str, tuple[FailureClass | None, str]] = {
    "invalid_request": (_INPUT, ""),
    "invalid_seconds": (_INPUT, "ElkAPI takes lengths of 1 to 3,600 seconds."),
    "model_price_error": (_DOWN, "ElkAPI has set no price for this model, so it cannot be used there."),
    "insufficient_user_quota": (FailureClass.NO_BALANCE, _LOW),
    "pre_consume_token_quota_failed": (FailureClass.NO_BALANCE, _LOW),
    "read_request_body_failed": (_INPUT, "The request is too large for ElkAPI; use smaller or fewer files."),
    "build_request_failed": (_INTERNAL, "ElkAPI could not read a setting the studio sent; nothing was made."),
    "do_request_failed": (None, _NO_TOUCH),
    "unmarshal_response_body_failed": (None, _NO_TOUCH),
    "invalid_response": (None, _NO_TOUCH),
    "get_channel_failed": (None, _NO_TOUCH),
}
_UPSTREAM = "fail_to_fetch_task"
_DEAD_LINK = re.compile(r"\b(403|404|410)\b")
_REQUEST_ID = re.compile(r"(?i)[\s(\[,;]*\brequest[\s_-]?id\s*[:=]?\s*[\w-]{6,}[)\]]?")


@dataclass(frozen=True)
class Meaning:
    failure_class: FailureClass
    message: str
    hint: str = ""


_FACE = Meaning(
    _MODERATION,
    "A picture or clip seems to show a real person, which this model refuses.",
    "Use a drawn or stylised picture, or describe the person in words.",
)
_ACCOUNT = Meaning(_DOWN, "ElkAPI's own account upstream is not in order; the studio's key is not the cause.")
_CHECK = "was refused by the upstream's content check."
# read from the top; masked by ElkAPI, a code keeps only its last part (``***.PrivacyInformation``)
_ARK: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"PrivacyInformation|(?i:may contain real person)", _FACE),
        (
            r"OutputAudioSensitive",
            Meaning(
                _MODERATION,
                "The sound of the finished clip was withheld by the upstream's content check.",
                "Try again without sound: a generated sound track can be refused for harmless prompts.",
            ),
        ),
        (
            r"OutputVideoSensitive",
            Meaning(_MODERATION, "The finished clip was withheld by the upstream's content check."),
        ),
        (r"InputText(Sensitive|Risk)", Meaning(_MODERATION, f"The prompt {_CHECK}")),
        (r"InputImage(Sensitive|Risk)", Meaning(_MODERATION, f"A picture {_CHECK}")),
        (r"InputVideoSensitive", Meaning(_MODERATION, f"A reference clip {_CHECK}")),
        (r"InputAudioSensitive", Meaning(_MODERATION, f"A reference sound {_CHECK}")),
        (
            r"SensitiveContent|PolicyViolation|RiskDetection|ContentSecurity",
            Meaning(_MODERATION, f"The request {_CHECK}"),
        ),
        (
            r"AuthenticationError|InvalidAccountStatus|AccountOverdue|AccessDenied|OperationDenied"
            r"|ServiceNotOpen|ServiceOverdue",
            _ACCOUNT,
        ),
        (
            r"ModelNotOpen|InvalidEndpointOrModel|\bNotFound\b",
            Meaning(_DOWN, "This model is not available at ElkAPI at the moment."),
        ),
        (
            r"TaskType(Constraint|Mismatch)",
            Meaning(_INPUT, "The prompt asks for something that these inputs do not allow."),
        ),
        (
            r"RateLimit|Rpm\w*Exceeded|QuotaExceeded|Overloaded|BurstTooFast|LimitExceeded|InflightBatch",
            Meaning(FailureClass.RATE_LIMITED, _BUSY),
        ),
        (r"InternalServiceError", Meaning(_DOWN, "The upstream failed to make this clip.")),
    )
)


def meaning_of(code: str, message: str) -> Meaning:
    """What a code of Ark's and its sentence stand for, whether at the submit or later in a failed job."""
    for pattern, meaning in _ARK:
        if pattern.search(f"{code} {message}"):
            return meaning
    text = clean(message)
    if re.search(r"(Missing|Invalid)Parameter", code):
        return Meaning(_INPUT, text or "The upstream did not take one of the settings.")
    if not text or text.lower() == "task failed":  # a constant of builds before 2026-03-27
        text = "ElkAPI says that this job failed and names no reason."
    return Meaning(_DOWN, text)


def is_time_out(reason: str) -> bool:
    """ElkAPI's own end of a job that ran for a day: always in Chinese."""
    return reason.startswith("任务超时")


def clean(text: str) -> str:
    return people_text(_REQUEST_ID.sub("", text))


def text_of(reply: Reply) -> str:
    """The sentence in whichever error body this is; an inner one of Ark's goes before."""
    data = reply.json_or_empty()
    inner = _inner(data)
    told = as_text(inner.get("message")) or as_text(data.get("message"))
    return clean(told or as_text(as_mapping(data.get("error")).get("message")))


def is_unknown_job(reply: Reply) -> bool:
    """An id that is unknown, or another user's, is a 400 and no 404."""
    return reply.json_or_empty().get("code") == "task_not_exist"


def is_wrong_path(reply: Reply) -> bool:
    return reply.status == 404 and text_of(reply).startswith("Invalid URL")


def submit_error(reply: Reply) -> GatewayError | None:
    """The error that a submit's reply stands for; None leaves it to HTTP."""
    if reply.status == 429:
        return _busy(reply)
    data = reply.json_or_empty()
    code = as_text(data.get("code"))
    if code == _UPSTREAM:
        return _upstream_error(reply, _inner(data))
    if code in _RELAY:
        failure_class, text = _RELAY[code]
        return _told(reply, failure_class, text)
    return _middleware_error(reply, as_mapping(data.get("error")))


def look_up_error(reply: Reply) -> GatewayError | None:
    """A poll or a key check: none of these says anything about a job."""
    if reply.status == 429:
        return _busy(reply)
    if reply.status == 401:
        return _told(reply, FailureClass.KEY_REJECTED, _KEY)
    return None


def result_error(reply: Reply) -> GatewayError | None:
    """``/content``: 502 names what the link behind it answered, and that link lives for a day."""
    raw, text = raw_text(reply.body), text_of(reply)
    if is_unknown_job(reply) or (reply.status == 404 and not is_wrong_path(reply)):
        return Lost("ElkAPI does not know this job.", status=reply.status, raw=raw)
    if is_wrong_path(reply) or (reply.status == 502 and _DEAD_LINK.search(text)):
        return LinkExpired("The result has expired at ElkAPI.", status=reply.status, raw=raw)
    if reply.status == 403 and as_mapping(reply.json_or_empty().get("error")).get("type") != "new_api_error":
        return Unavailable("ElkAPI does not let its own result through.", status=403, raw=raw)
    return look_up_error(reply)


def _upstream_error(reply: Reply, inner: Mapping[str, Any]) -> GatewayError:
    """Ark's refusal, with Ark's own status: a 401 here speaks of ElkAPI's account, not of our key."""
    code = as_text(inner.get("code"))
    message = as_text(inner.get("message")) or text_of(reply)
    found = meaning_of(code, message)
    if found.failure_class == FailureClass.RATE_LIMITED:
        return _busy(reply)
    if reply.status >= 500 and found.failure_class == _DOWN:
        return _told(reply, None, _NO_TOUCH)
    if found.failure_class == _DOWN and reply.status in (401, 403):
        found = _ACCOUNT
    elif found.failure_class == _DOWN and reply.status == 400:
        found = Meaning(_INPUT, clean(message) or "The upstream did not take these settings.")
    return _told(reply, found.failure_class, found.message, hint=found.hint)


def _middleware_error(reply: Reply, error: Mapping[str, Any]) -> GatewayError | None:
    if error.get("code") == "model_not_found":
        return _told(reply, _DOWN, _NO_ROUTE)
    if error.get("type") == "new_api_panic":
        return _told(reply, None, _CRASHED)
    if is_wrong_path(reply):
        return _told(reply, _INTERNAL, _WRONG_PATH)
    if reply.status == 401:
        return _told(reply, FailureClass.KEY_REJECTED, _KEY)
    if reply.status == 403 and error:
        text = f"ElkAPI does not let this key in: {text_of(reply)}"
        return _told(reply, FailureClass.KEY_REJECTED, people_text(text))
    return None


def _told(reply: Reply, failure_class: FailureClass | None, text: str, *, hint: str = "") -> GatewayError:
    raw = raw_text(reply.body)
    text = text or text_of(reply) or f"ElkAPI answered {reply.status}."
    if failure_class is None:
        return Ambiguous(text, status=reply.status, raw=raw)
    return Refused(text, failure_class, hint=hint, status=reply.status, raw=raw)


def _busy(reply: Reply) -> Busy:
    """The relay replaces Ark's words by one fixed sentence, so which limit it was is not known."""
    return Busy(_BUSY, retry_after_s=retry_after(reply), status=reply.status, raw=raw_text(reply.body))


def _inner(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ark's error out of the relay's message; an empty one where the message is no JSON."""
    text = as_text(data.get("message"))
    try:
        found = read_json(text[text.index("{") :])
    except ValueError:
        return {}
    return as_mapping(as_mapping(found).get("error"))
